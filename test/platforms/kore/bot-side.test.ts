// What Baton calls at the platform: the URLs of the newest event, the payloads, the credential, and what it makes of the
// answers.
import type { BotSide } from '../../../platforms/bot-side';
import type { Notice, NoticeType } from '../../../domain/notice';
import { makeState } from '../../../platforms/kore/bot-state';
import { verifyJwt } from '../../../platforms/kore/json-web-token';
import { answer, serve, type SimulatorRequest } from '../../../platforms/simulation/server';
import {
  aKoreBot,
  APP_ID,
  aRequest,
  BOT_ID,
  botSide,
  read,
  SECRET,
  transferPayload,
  urls,
  USER,
} from './builders';
import { openKoreStage, type KoreStage } from './stage';

const ADA = 'u-ada';

function aNotice(type: NoticeType, with_: Partial<Notice> = {}): Notice {
  const conversationId = `${ADA}@${BOT_ID}`;
  return {
    id: `n/${type}`,
    type,
    sequence: 1,
    conversationId,
    requestId: 'r',
    attempt: 1,
    epoch: 1,
    at: 1,
    ...with_,
  };
}

describe('on the simulated platform', () => {
  let stage: KoreStage;
  let side: BotSide;

  async function handOver(options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    stage = await openKoreStage();
    side = stage.open(options);
    await stage.control.write(ADA, 'I want a human');
    await stage.control.settled();
  }
  const operations = async (): Promise<readonly string[]> =>
    (await stage.control.state()).calls.map(({ operation }) => operation);

  afterEach(() => stage.close());

  it.each(['escalation.position', 'escalation.connected', 'escalation.queued'] as const)(
    'an agent who is there or soon will be changes nothing: %s',
    async (type) => {
      await handOver();
      const before = await operations();

      await side.deliverNotice!(aNotice(type, { progress: true, relayed: true }), stage.call(ADA));

      expect(await operations()).toEqual(before);
    },
  );

  it.each([
    ['a queue of which nothing will be heard', aNotice('escalation.queued')],
    ['an agent whose words Baton does not carry', aNotice('escalation.connected')],
    ['a handover that failed', aNotice('escalation.failed')],
    ['a human who is done', aNotice('escalation.returned')],
  ])('gives the conversation back after %s', async (_, notice) => {
    await handOver();
    await side.deliverNotice!(aNotice('escalation.accepted'), stage.call(ADA));
    await side.deliverNotice!(notice, stage.call(ADA));

    expect(await stage.sessions()).toEqual(['startAgentSession', 'clearAgentSession']);
  });

  it('tries a clear again that met an error, and says when the platform asks to wait', async () => {
    await handOver();
    await stage.control.fault({ kind: 'status', status: 503, on: 'clearAgentSession' });
    await stage.control.fault({ kind: 'status', status: 429, retryAfter: '7', on: 'clearAgentSession' });
    const give = () => side.deliverNotice!(aNotice('escalation.ended'), stage.call(ADA));

    await expect(give()).rejects.toMatchObject({ code: 'ESC_PLATFORM_ERROR', retry: 'retryable' });
    await expect(give()).rejects.toMatchObject({ code: 'ESC_PLATFORM_RATE_LIMITED', retryAfterMs: 7_000 });
    await give();

    expect(await stage.sessions()).toEqual(['clearAgentSession']);
  });

  it('tells the bot that nobody came, once it has the conversation again', async () => {
    await handOver({ noAgentsMessage: 'nobody is there' });
    await side.deliverNotice!(aNotice('escalation.accepted'), stage.call(ADA));
    await side.deliverNotice!(aNotice('escalation.failed'), stage.call(ADA));
    await stage.control.settled();

    expect((await operations()).slice(-3)).toEqual([
      'clearAgentSession',
      'sendBotMessage',
      'sendUserMessage',
    ]);
    expect((await stage.userReads(ADA)).at(-1)).toBe('You said: nobody is there');
  });

  it('or tells the user', async () => {
    await handOver({ noAgentsMessage: 'Nobody is there.', noAgentsMessageTo: 'user' });
    await side.deliverNotice!(aNotice('escalation.failed'), stage.call(ADA));

    expect((await stage.userReads(ADA)).at(-1)).toBe('Nobody is there.');
  });

  it('shows who writes only by the template', async () => {
    await handOver();
    const attachment = {
      url: 'https://files.example.com/a.pdf',
      name: 'a.pdf',
      mediaType: 'application/pdf',
    };
    await side.postFromAgent!(
      stage.conversationId(ADA),
      { id: 'a1', text: 'Look:', attachment, agentName: 'Ann' },
      stage.call(ADA),
    );

    expect((await stage.control.screen(ADA)).at(-1)).toMatchObject({
      text: 'Look:\na.pdf: https://files.example.com/a.pdf',
    });
    expect((await stage.control.screen(ADA)).at(-1)).not.toHaveProperty('agentName');
  });

  it.each(['nested', 'flat'] as const)(
    'reads the conversation oldest first, with a %s channel',
    async (channel) => {
      stage = await openKoreStage({ channel });
      side = stage.open({ transcriptLines: 3 });
      await stage.control.write(ADA, 'Hello');
      await stage.control.settled();
      await stage.control.write(ADA, 'I want a human');
      await stage.control.settled();

      expect(await side.readTranscript!(stage.conversationId(ADA), stage.call(ADA))).toEqual([
        { from: 'bot', text: 'You said: Hello' },
        { from: 'user', text: 'I want a human' },
        { from: 'bot', text: 'One moment.' },
      ]);
      const none = stage.open({ transcriptLines: 0 });
      expect(await none.readTranscript!(stage.conversationId(ADA), stage.call(ADA))).toEqual([]);
    },
  );

  it('does not show again what the platform has taken, and shows what it has not', async () => {
    await handOver();
    const say = (id: string) => side.postToUser(stage.conversationId(ADA), { id, text: id }, stage.call(ADA));
    await stage.control.fault({ kind: 'status', status: 500, on: 'sendUserMessage', skip: 1 });

    await say('one');
    await expect(say('two')).rejects.toMatchObject({ retry: 'retryable', resultUnknown: true });
    await say('one');
    await say('two');

    expect((await stage.userReads(ADA)).slice(-2)).toEqual(['one', 'two']);
  });

  it('drops what is passed on too late, and says so', async () => {
    await handOver();
    const { deeds } = read(
      aRequest('on_agent_transfer', transferPayload(), { path: `/sdk/bots/${BOT_ID}/on_bot_message` }),
      aKoreBot(),
    );
    const [deed] = deeds;
    if (deed?.kind !== 'passOn') throw new Error('nothing is passed on');
    const [item] = deed.items;
    const url = `${stage.url}/api/botsdk/stream/${BOT_ID}/sendUserMessage/unknown`;

    await side.passOn!(deed.conversationId, { ...item, url }, { signal: AbortSignal.timeout(30_000) });

    expect(JSON.stringify(stage.logged)).toContain('"call":"sendUserMessage"');
  });

  it('calls nobody for a conversation of which no event came', async () => {
    await handOver();
    const call = { signal: AbortSignal.timeout(30_000) };
    const before = await operations();

    await expect(side.postToUser('x@y', { id: 'm', text: 'Hi' }, call)).rejects.toMatchObject({
      code: 'ESC_PLATFORM_REJECTED',
    });
    await side.deliverNotice!(aNotice('escalation.failed'), call);
    expect(await operations()).toEqual(before);
  });
});

describe('a call', () => {
  it('has the credential and payload of a BotKit server', async () => {
    const requests: SimulatorRequest[] = [];
    const server = await serve({}, async (request) => {
      requests.push(request);
      return answer(204);
    });
    const base = `${server.url}/api/botsdk/stream/${BOT_ID}`;
    const bot = aKoreBot({ host: server.url }, { allowPrivateNetwork: true });
    const side = openSide(bot);
    const payload = transferPayload({
      ...urls('150', base),
      callbackUrl: `${base}/serviceCallback/150`,
      requestId: '150',
    });
    const [deed] = read(aRequest('on_agent_transfer', payload), bot).deeds;
    const state = deed?.kind === 'escalate' ? deed.request.botState! : makeState({}, 0);
    const before = Date.now() / 1000;

    await side.deliverNotice!(aNotice('escalation.failed'), { state, signal: AbortSignal.timeout(30_000) });
    await side.extend!('c', { state, signal: AbortSignal.timeout(30_000) });
    await side.close();
    await server.close();

    expect(requests.map(({ method, path }) => [method, path])).toEqual([
      ['POST', `/api/botsdk/stream/${BOT_ID}/clearAgentSession/150`],
      ['POST', `/api/botsdk/stream/${BOT_ID}/extendcallid/150`],
    ]);
    const { headers, body } = requests[0]!;
    expect(headers).toMatchObject({ 'content-type': 'application/json' });
    expect(headers).not.toHaveProperty('token');
    expect(headers).not.toHaveProperty('authorization');
    const claims = verifyJwt(headers.auth ?? '', [SECRET], Date.now())!;
    expect(claims.appId).toBe(APP_ID);
    expect(claims.exp).toBeGreaterThanOrEqual(before + 60);
    expect(claims.exp).toBeLessThanOrEqual(Date.now() / 1000 + 60);
    expect(Object.keys(JSON.parse(body.toString()))).toEqual([
      '__payloadClass',
      'requestId',
      'botId',
      'callbackUrl',
      'context',
      'channel',
      'baseUrl',
      'sendUserMessageUrl',
      'sendBotMessageUrl',
      'skipUserMessageUrl',
      'skipBotMessageUrl',
      'getBotVariableUrl',
    ]);
    expect(JSON.parse(body.toString())).toMatchObject({
      __payloadClass: 'OnAgentTransferPayload',
      requestId: '150',
      context: { session: { UserContext: { _id: USER } } },
    });
  });

  it('goes nowhere but to the platform, whatever a state or an item says', async () => {
    const side = openSide(aKoreBot());
    const signal = AbortSignal.timeout(30_000);
    const stray = {
      __payloadClass: 'OnAgentTransferPayload',
      ...urls('1', 'https://evil.example/x'),
      requestId: '1',
    };

    await expect(
      side.postToUser('c', { id: 'm', text: 'Hi' }, { state: makeState(stray, 1), signal }),
    ).rejects.toMatchObject({ code: 'ESC_EGRESS_BLOCKED' });
    await expect(
      side.passOn!('c', { call: 'sendBotMessage', url: 'https://evil.example/x', payload: {} }, { signal }),
    ).rejects.toMatchObject({ code: 'ESC_EGRESS_BLOCKED' });
    await side.close();
  });

  it('can be made with HS512', async () => {
    const seen: (string | undefined)[] = [];
    const server = await serve({}, async ({ headers }) => {
      seen.push(headers.auth);
      return answer(200, {});
    });
    const side = openSide(
      aKoreBot({ host: server.url, jwtAlgorithm: 'HS512' }, { allowPrivateNetwork: true }),
    );
    const item = { call: 'sendBotMessage', url: `${server.url}/x`, payload: { message: 'Hi' } };
    await side.passOn!('c', item, { signal: AbortSignal.timeout(30_000) });
    await side.close();
    await server.close();

    const [header = ''] = seen[0]?.split('.') ?? [];
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ typ: 'JWT', alg: 'HS512' });
    expect(verifyJwt(seen[0] ?? '', [SECRET], Date.now())).toMatchObject({ appId: APP_ID });
  });
});

function openSide(bot: ReturnType<typeof aKoreBot>): BotSide {
  const nothing = (): void => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing };
  return botSide.createBotSide(bot, undefined, { tenant: 'acme', name: 'bot', log });
}
