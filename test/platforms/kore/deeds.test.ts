// What each event makes Baton do.
import { checkRequest } from '../../../domain/guards';
import type { BotDeed } from '../../../platforms/platform';
import {
  aKoreBot,
  aRequest,
  BASE,
  BOT_ID,
  context,
  CONVERSATION,
  messagePayload,
  NOW,
  opened,
  read,
  SECRET,
  transferPayload,
  USER,
} from './builders';
import { readBot } from '../../../platforms/kore/options';
import { readPassed } from '../../../platforms/kore/pass-on';

const deedsOf = (event: string, payload: unknown, options = {}): readonly BotDeed[] =>
  read(aRequest(event, payload), aKoreBot(options)).deeds;
const only = <K extends BotDeed['kind']>(
  deeds: readonly BotDeed[],
  kind: K,
): Extract<BotDeed, { kind: K }> => {
  expect(deeds.map((deed) => deed.kind)).toEqual([kind]);
  return deeds[0] as Extract<BotDeed, { kind: K }>;
};
const handover = (payload: unknown, options = {}) =>
  only(deedsOf('on_agent_transfer', payload, options), 'escalate');

describe('on_agent_transfer', () => {
  it('asks for an escalation of the user with this bot', () => {
    const { conversationId, request } = handover(transferPayload());

    expect(conversationId).toBe(CONVERSATION);
    expect(request).toMatchObject({
      requestId: '1501244156289',
      integration: 'to-human',
      intent: 'Agent',
      userMessage: '1234',
    });
  });

  it('is the same request when it comes twice', () => {
    const again = read(aRequest('on_agent_transfer', transferPayload())).deeds;

    expect(again).toEqual(read(aRequest('on_agent_transfer', transferPayload())).deeds);
    expect(deedsOf('on_agent_transfer', transferPayload({ requestId: undefined }))).toEqual(
      deedsOf('on_agent_transfer', transferPayload({ requestId: undefined })),
    );
  });

  it('brings simple values of the dialog, the nearer first, and nothing of the enterprise', () => {
    const entities = { orderNumber: 'A-17', seats: 2, gift: false, note: null, list: [1], 'odd name': 'x' };

    expect(handover(transferPayload({ context: context({ entities }) })).request.variables).toEqual({
      orderNumber: 'A-17',
      seats: 2,
      gift: false,
      note: null,
      language: 'en',
      firstName: 'Help',
      lastName: 'Docs',
      emailId: 'x@y.z',
      skillId: '4711',
    });
  });

  it('brings a hundred variables and no more, and none that is long', () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`v${index}`, index]));
    const { variables } = handover(
      transferPayload({ context: context({ entities: { long: 'x'.repeat(1_001), ...many } }) }),
    ).request;

    expect(Object.keys(variables ?? {})).toHaveLength(100);
    expect(variables).not.toHaveProperty('long');
  });

  it('is a request that can be taken, however much the dialog keeps', () => {
    const much = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`v${index}`, '"'.repeat(1_000)]),
    );
    const { request } = handover(transferPayload({ context: context({ entities: much }) }));

    expect(checkRequest(request)).toMatchObject({ ok: true });
    expect(request.variables).toHaveProperty('v0');
  });

  it.each([
    ['the node', { agenttransfer: 'by-node', Agent: 'by-intent' }, 'by-node'],
    ['the intent', { Agent: 'by-intent', 'dg-1': 'by-dialog' }, 'by-intent'],
    ['the dialog', { 'dg-1': 'by-dialog' }, 'by-dialog'],
    ['nothing', { toString: 'x', Other: 'y' }, 'to-human'],
  ])('goes to the integration of %s', (_, integrations, integration) => {
    expect(handover(transferPayload(), { integrations }).request.integration).toBe(integration);
  });

  it.each([
    ['flat', { type: 'rtm', from: 'u-flat', requestId: 'ms-1', body: 'flat words' }],
    ['nested', { type: 'rtm', channelInfos: { from: 'u-flat', requestId: 'ms-1', body: 'flat words' } }],
  ])('reads the %s shape of a channel where the context names nobody', (_, channel) => {
    const { conversationId, request } = handover(transferPayload({ channel, context: {} }));

    expect(conversationId).toBe(`u-flat@${BOT_ID}`);
    expect(request.userMessage).toBe('flat words');
  });

  it('keeps what calls back need and nothing that somebody wrote', () => {
    const words = 'what the user wrote';
    const payload = transferPayload({
      message: words,
      messageObject: { words },
      metaInfo: { words },
      channel: { from: USER, type: 'rtm', channelInfos: { from: USER, requestId: 'ms-1', body: words } },
      context: context({ entities: { words }, history: [{ words }] }),
    });

    const { botState } = handover(payload).request;

    expect(JSON.stringify(botState)).not.toContain(words);
    expect(JSON.stringify(botState)).not.toContain('enterprise-credential');
    expect(Buffer.byteLength(JSON.stringify(botState))).toBeLessThan(16_384);
    expect(botState).toMatchObject({
      generation: NOW,
      payload: {
        __payloadClass: 'OnAgentTransferPayload',
        requestId: '1501244156289',
        baseUrl: BASE,
        sendUserMessageUrl: `${BASE}/sendUserMessage/1501244156289`,
        context: { session: { UserContext: { _id: USER } } },
        channel: { channelInfos: { requestId: 'ms-1', from: USER } },
      },
    });
  });

  it('keeps no more than 16 KB, whatever comes', () => {
    const long = 'x'.repeat(50_000);
    const url = `${BASE}/${'y'.repeat(900)}`;
    const { botState } = handover(
      transferPayload({
        ...Object.fromEntries(
          Object.keys(transferPayload()).map((name) => [name, name.endsWith('Url') ? url : long]),
        ),
        baseUrl: url,
        requestId: 'r'.repeat(200),
        context: context({ taskid: long, bot: long }),
        channel: { from: USER, client: long },
      }),
    ).request;

    expect(Buffer.byteLength(JSON.stringify(botState))).toBeLessThan(16_384);
  });

  it('cuts long words to what every desk takes, between characters', () => {
    const channel = { from: USER, channelInfos: { body: 'ä'.repeat(9_000) } };
    const { userMessage } = handover(transferPayload({ channel, context: { session: {} } })).request;

    expect(userMessage).toBe('ä'.repeat(4_096));
  });
});

describe('on_user_message', () => {
  const messageOf = (with_: Readonly<Record<string, unknown>> = {}) =>
    only(deedsOf('on_user_message', messagePayload(with_)), 'userMessage');
  const calls = (items: readonly unknown[] | undefined): readonly unknown[] =>
    (items ?? []).map((item) => (item as { call: string }).call);

  it('is for the agent who has the conversation, and for the bot if nobody has', () => {
    const deed = messageOf();

    expect(deed).toMatchObject({
      conversationId: CONVERSATION,
      message: { id: expect.stringMatching(/^message-[\w-]{32}$/), text: 'I want a human' },
      state: { generation: NOW, payload: { requestId: '1501244156290' } },
    });
    expect(opened(deed.otherwise?.items)).toEqual([
      {
        call: 'sendBotMessage',
        url: `${BASE}/sendBotMessage/1501244156290`,
        payload: JSON.parse(read(aRequest('on_user_message', messagePayload())).answer.body ?? ''),
      },
    ]);
  });

  it('starts the session of the agent anew where the platform has forgotten it', () => {
    expect(messageOf().ifTaken?.items).toMatchObject([
      { call: 'startAgentSession', url: `${BASE}/startAgentSession/1501244156290` },
    ]);
    expect(messageOf({ agent_transfer: true }).ifTaken).toBeUndefined();
  });

  it('calls back below the stream of the bot, whatever the id of its request has in it', () => {
    const [item] = messageOf({ requestId: '../..%2f/x?y#z' }).ifTaken?.items ?? [];

    expect(new URL(String(item?.['url'])).pathname).toBe(
      `${new URL(BASE).pathname}/startAgentSession/..%2F..%252f%2Fx%3Fy%23z`,
    );
  });

  it('is given to the bot after the session is cleared where only the platform believes in an agent', () => {
    const { otherwise } = messageOf({ agent_transfer: true });

    expect(calls(otherwise?.items)).toEqual(['clearAgentSession', 'sendBotMessage']);
    expect(otherwise?.items[0]).toMatchObject({ url: `${BASE}/clearAgentSession/1501244156290` });
    expect(JSON.stringify(otherwise?.items[0])).not.toContain('I want a human');
  });

  it('is the same message when it comes twice', () => {
    const again = messageOf();

    expect({ ...again, otherwise: undefined }).toEqual({ ...messageOf(), otherwise: undefined });
    expect(again.otherwise?.id).toBe(messageOf().otherwise?.id);
  });

  it.each([
    ['other words', { message: 'Hello?' }],
    ['another request', { requestId: '1501244156291' }],
    ['another id in its channel', { channel: { from: USER, channelInfos: { requestId: 'ms-cccc' } } }],
    ['another id in a flat channel', { channel: { from: USER, requestId: 'ms-flat' } }],
    ['no id in its channel', { channel: { from: USER } }],
  ])('is another message with %s, whatever else stays', (_, with_) => {
    const ids = [messageOf(), messageOf(with_)].flatMap(({ message, otherwise, ifTaken }) => [
      message.id,
      otherwise?.id,
      ifTaken?.id,
    ]);

    expect(new Set(ids).size).toBe(6);
    expect(ids.join()).not.toContain('Hello');
  });

  it('without words of its own is known by its event too', () => {
    const passed = (with_: Readonly<Record<string, unknown>>) =>
      only(deedsOf('on_user_message', messagePayload({ message: '', ...with_ })), 'passOn').id;

    expect(passed({})).toBe(passed({}));
    expect(passed({})).not.toBe(passed({ requestId: '1501244156291' }));
  });

  it('without words goes to the bot, unless an agent has the conversation', () => {
    const bare = { message: '' };

    expect(deedsOf('on_user_message', messagePayload(bare))).toMatchObject([{ kind: 'passOn' }]);
    expect(deedsOf('on_user_message', messagePayload({ ...bare, agent_transfer: true }))).toEqual([]);
  });

  it('that is large is passed on without the context that nobody needs', () => {
    const large = context({ history: Array.from({ length: 2_000 }, () => ({ nodeId: 'x'.repeat(50) })) });
    const { otherwise } = messageOf({ context: large });

    expect(Buffer.byteLength(JSON.stringify(otherwise?.items[0]))).toBeLessThan(65_536);
    expect(opened(otherwise?.items)[0]).toMatchObject({
      payload: { message: 'I want a human', context: { botid: BOT_ID }, metaTags: {} },
    });
  });

  it('that an item can hold is in one of less than 64 KB, whatever its length', () => {
    const { otherwise } = messageOf({ message: 'x'.repeat(45_000) });

    expect(Buffer.byteLength(JSON.stringify(otherwise?.items[0]))).toBeLessThan(65_536);
    expect(opened(otherwise?.items)[0]?.payload.message).toHaveLength(45_000);
  });

  it('that no item can hold is refused', () => {
    const { answer, deeds } = read(
      aRequest('on_user_message', messagePayload({ message: 'x'.repeat(47_000) })),
    );

    expect([answer.status, deeds]).toEqual([400, []]);
  });

  it('goes on its way so that nobody reads it in a history, nor the context of the dialog', () => {
    const { otherwise } = messageOf({ context: context({ entities: { card: '4111 1111 1111 1111' } }) });
    const [item] = otherwise?.items ?? [];

    for (const word of ['I want a human', '4111', 'Docs', 'x@y.z', 'enterprise-credential'])
      expect(JSON.stringify(otherwise)).not.toContain(word);
    expect(JSON.stringify(opened([item!]))).toContain('4111 1111 1111 1111');
  });

  it('is read by no other conversation, and with no other secret', () => {
    const [item] = messageOf().otherwise?.items ?? [];
    const reading = (options: Readonly<Record<string, unknown>>, conversationId: string) => () =>
      readPassed(readBot(aKoreBot(options)), conversationId, item!);

    expect(reading({ clientSecret: 'new', previousClientSecret: SECRET }, CONVERSATION)()).toMatchObject({
      payload: { message: 'I want a human' },
    });
    expect(reading({}, 'somebody-else')).toThrow('A sealed session cannot be read');
    expect(reading({ clientSecret: 'new' }, CONVERSATION)).toThrow(
      'The key of a sealed session is not known here',
    );
  });
});

describe('other events', () => {
  it('of the bot are shown to the user, each once', () => {
    const payload = messagePayload({ message: 'Hello' });
    const deed = only(deedsOf('on_bot_message', payload), 'passOn');

    expect(deed.conversationId).toBe(CONVERSATION);
    expect(opened(deed.items)).toMatchObject([
      {
        call: 'sendUserMessage',
        url: `${BASE}/sendUserMessage/1501244156290`,
        payload: { message: 'Hello' },
      },
    ]);
    expect(only(deedsOf('on_bot_message', payload), 'passOn').id).toBe(deed.id);
    expect(only(deedsOf('on_bot_message', messagePayload({ message: 'Two' })), 'passOn').id).not.toBe(
      deed.id,
    );
    expect(deed.id).not.toContain('Hello');
  });

  it('of the bot without words are not shown', () => {
    expect(deedsOf('on_bot_message', messagePayload({ message: '' }))).toEqual([]);
  });

  it('that are alerts are shown by their own URL', () => {
    const sendAlertMessageUrl = `${BASE}/sendAlertMessage/1`;

    const { items } = only(deedsOf('on_alert', messagePayload({ sendAlertMessageUrl })), 'passOn');
    expect(opened(items)).toMatchObject([
      { call: 'sendAlertMessage', url: sendAlertMessageUrl, payload: { __payloadClass: 'OnAlertPayload' } },
    ]);
  });

  it.each(['sessionClosure', 'conversation_terminated'])(
    'that end the chat (%s) mean that the user left',
    (eventType) => {
      expect(deedsOf('on_event', messagePayload({ event: { eventType } }))).toEqual([
        { kind: 'userLeft', conversationId: CONVERSATION },
      ]);
    },
  );

  it.each(['endDialog', 'endFAQ', 'agent_accepted'])('such as %s mean nothing', (eventType) => {
    expect(deedsOf('on_event', messagePayload({ event: { eventType } }))).toEqual([]);
  });

  it.each(['on_webhook', 'on_variable_update'])('%s means nothing', (event) => {
    expect(deedsOf(event, messagePayload())).toEqual([]);
  });
});
