// What is a bot's own as a desk: what it is told of the conversation, what it says at once, and chats that Baton
// carries to it, whose words come with the answers.
import type { ChatState } from '../../../domain/chat';
import type { TransferContext } from '../../../domain/plan';
import type { Desk, TransferAnswer, TransferRequest } from '../../../platforms/desk';
import { einsteinBots } from '../../../platforms/einstein-bots';
import { PRESET_BOTS, PRESET_ORGS } from '../../../platforms/einstein-bots/simulator';
import { aLog, call, CONTEXT, openStage } from './builders';
import type { Stage } from './builders';

let stage: Stage;
let desk: Desk;
beforeEach(async () => {
  stage = await openStage();
  desk = stage.openDesk();
});
afterEach(() => stage.close());

const requestOf = (botId: string, context?: TransferContext): TransferRequest => ({
  conversationId: 'c1',
  transferId: 'c1/r1/0',
  target: { kind: 'bot', id: botId },
  ...(context && { context }),
});
type Connected = TransferAnswer & { readonly kind: 'connected' };
const connectedTo = async (botId: string, context?: TransferContext): Promise<Connected> => {
  const answer = await desk.requestTransfer(requestOf(botId, context), call());
  if (answer.kind !== 'connected') throw new Error(JSON.stringify(answer));
  return answer;
};

describe('a transfer', () => {
  test('is answered with what the bot says at once', async () => {
    const answer = await connectedTo(PRESET_BOTS.support);

    expect(answer).toMatchObject({
      agentId: PRESET_BOTS.support,
      said: expect.arrayContaining([
        expect.objectContaining({ text: 'Hi, I am the Support Bot.', delayMs: 1200 }),
      ]),
    });
    expect(answer.chat).not.toHaveProperty('said');
  });

  test('tells the bot what the other one knew, where it comes from, and what the user wants', async () => {
    await connectedTo(PRESET_BOTS.receiver, {
      intent: 'Contact',
      userMessage: 'Acme',
      typedVariables: [{ name: 'name', type: 'text', value: 'Astro' }],
      variables: { name: 'not this' },
      origin: { botId: PRESET_BOTS.variables, sessionId: 's0' },
    });

    const [start] = await stage.asked('start');
    expect(start?.body).toMatchObject({
      externalSessionKey: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/),
      message: { text: 'Acme' },
      referrers: [
        { type: 'Salesforce:Core:Bot:Id', value: PRESET_BOTS.variables },
        { type: 'Salesforce:BotRuntime:Session:Id', value: 's0' },
      ],
      variables: expect.arrayContaining([
        { name: 'Baton_Intent', type: 'text', value: 'Contact' },
        { name: 'name', type: 'text', value: 'Astro' },
      ]),
    });
  });

  test('leaves the intent out, names itself and the time zone as the connector says', async () => {
    desk = stage.openDesk({
      options: {
        runtimeUrl: stage.simulator.url,
        loginUrl: stage.simulator.url,
        endpoint: stage.simulator.url,
        integrationName: 'Help desk',
        intentVariable: false,
        timeZone: 'Europe/Berlin',
      },
    });

    await connectedTo(PRESET_BOTS.receiver, { intent: 'Contact', variables: { OrderQty: 10 } });

    expect((await stage.asked('start'))[0]?.body).toMatchObject({
      tz: 'Europe/Berlin',
      variables: [
        { name: '$Context.IntegrationType', type: 'text', value: 'API' },
        { name: '$Context.IntegrationName', type: 'text', value: 'Help desk' },
        { name: 'OrderQty', type: 'number', value: 10 },
      ],
    });
  });

  test('has the same key whoever tries again', async () => {
    await stage.control.fault({ kind: 'lostAnswer', on: 'start' });
    await desk.requestTransfer(requestOf(PRESET_BOTS.support), call()).catch(() => undefined);
    await stage.openDesk().requestTransfer(requestOf(PRESET_BOTS.support), call());

    const keys = (await stage.control.state()).sessions.map(({ externalSessionKey }) => externalSessionKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test('to a bot that hands on at once tells where to', async () => {
    const answer = await desk.requestTransfer(requestOf(PRESET_BOTS.ping), call());

    expect(answer).toMatchObject({
      kind: 'connected',
      handsOn: { escalates: { targets: [{ kind: 'bot', id: PRESET_BOTS.pong }] } },
    });
  });

  test('that is taken back ends the session', async () => {
    const { chat } = await connectedTo(PRESET_BOTS.support);

    await desk.withdraw({ ...requestOf(PRESET_BOTS.support), chat: chat! }, call());

    expect((await stage.control.state()).sessions).toMatchObject([
      { ended: { by: 'client', reason: 'Other' } },
    ]);
  });
});

describe('a check', () => {
  const target = { kind: 'bot', id: PRESET_BOTS.support } as const;

  test('knows no more than that the runtime is up', async () => {
    expect(await desk.check(target, call())).toEqual({ exists: 'unknown', available: 'unknown' });
  });

  test('says no while the runtime says that it is down', async () => {
    await stage.control.settings({ status: 'DOWN' });

    expect(await desk.check(target, call())).toEqual({ exists: 'unknown', available: 'no' });
  });

  test('stops nothing by failing', async () => {
    await stage.control.fault({ kind: 'status', status: 500, on: 'status' });

    expect(await desk.check(target, call())).toEqual({ exists: 'unknown', available: 'unknown' });
  });
});

test.each([
  ['0Xx5e000000TglaCAC', true],
  ['0Xx5e000000Tgla', true],
  ['00G5e000001CSupEAG', false],
  ['', false],
])('knows whether %j is the id of a bot', (id, isOne) => {
  expect(einsteinBots.desk!.isValidTargetId('bot', id)).toBe(isOne);
  expect(einsteinBots.desk!.isValidTargetId('queue', id)).toBe(false);
});

describe('a chat', () => {
  const refTo = (botId: string, chat: ChatState | undefined) => ({
    ...requestOf(botId),
    ...(chat && { chat }),
  });
  const messages = (...texts: string[]) => texts.map((text, index) => ({ id: `u${index}`, text }));

  test('has what the bot says with the answers, each with an id of its own', async () => {
    const { chat } = await connectedTo(PRESET_BOTS.variables);
    const ref = refTo(PRESET_BOTS.variables, chat);

    const receipt = await desk.chat!.send(
      ref,
      { first: 1, messages: messages('Astro', 'a@x.example') },
      call(),
    );

    expect(receipt.taken).toBe(2);
    expect(
      receipt.words?.map(({ word }) => (word.kind === 'message' ? word.message.text : word.kind)),
    ).toEqual(['What is your email address?', 'Which company do you work for?']);
    expect(new Set(receipt.words?.map(({ id }) => id)).size).toBe(2);
    expect(receipt.chat!.generation).toBeGreaterThan(chat!.generation);
  });

  test('gives the same words with the same ids when a batch is sent again by who knows nothing of it', async () => {
    const { chat } = await connectedTo(PRESET_BOTS.variables);
    const ref = refTo(PRESET_BOTS.variables, chat);
    const batch = { first: 1, messages: messages('Astro') };

    const once = await desk.chat!.send(ref, batch, call());
    const again = await stage.openDesk().chat!.send(ref, batch, call());

    expect(again.words).toEqual(once.words);
  });

  test('tells a bot that hands off that it failed, passes its last words on, and is over', async () => {
    const { chat } = await connectedTo(PRESET_BOTS.agent);
    const ref = refTo(PRESET_BOTS.agent, chat);

    const receipt = await desk.chat!.send(ref, { first: 1, messages: messages('help', 'hello?') }, call());

    expect(receipt.taken).toBe(1);
    expect(receipt.words?.map(({ word }) => (word.kind === 'message' ? word.message.text : word))).toEqual([
      'One moment, please.',
      'Nobody is available right now. I am still here.',
      { kind: 'ended', by: 'agent' },
    ]);
    expect((await stage.asked('transferFailed'))[0]?.body).toMatchObject({
      message: { reason: 'Error', sequenceId: 2 },
    });
    expect((await stage.control.state()).sessions).toMatchObject([{ ended: { reason: 'Error' } }]);
    expect(
      await desk.chat!.send({ ...ref, chat: receipt.chat! }, { first: 2, messages: messages('x') }, call()),
    ).toEqual({ taken: 0, gone: true });
  });

  test('keeps what a bot said before it handed off where telling it no fails', async () => {
    const log = aLog();
    desk = stage.openDesk({}, { ...CONTEXT, log });
    const { chat } = await connectedTo(PRESET_BOTS.agent);
    await stage.control.fault({ kind: 'status', status: 503, on: 'transferFailed' });

    const receipt = await desk.chat!.send(
      refTo(PRESET_BOTS.agent, chat),
      { first: 1, messages: messages('help') },
      call(),
    );

    expect(receipt.words).toHaveLength(2);
    expect(log.warnings).toMatchObject([{ event: 'einstein_bots.refusal_lost', code: 'ESC_PLATFORM_ERROR' }]);
  });

  test('is over when the bot ends it', async () => {
    const { chat } = await connectedTo(PRESET_BOTS.fragile);

    const receipt = await desk.chat!.send(
      refTo(PRESET_BOTS.fragile, chat),
      { first: 1, messages: messages('boo') },
      call(),
    );

    expect(receipt.words?.at(-1)?.word).toEqual({ kind: 'ended', by: 'agent' });
    expect(receipt.words).toHaveLength(2);
  });

  test('says how far it got, with the words so far, and fails only if the first was not sent', async () => {
    const { chat } = await connectedTo(PRESET_BOTS.variables);
    const ref = refTo(PRESET_BOTS.variables, chat);
    await stage.control.fault({ kind: 'status', status: 503, on: 'message', skip: 1 });

    const receipt = await desk.chat!.send(
      ref,
      { first: 1, messages: messages('Astro', 'a@x.example') },
      call(),
    );
    await stage.control.fault({ kind: 'status', status: 400, on: 'message' });
    const refused = await desk.chat!.send(
      { ...ref, chat: receipt.chat! },
      { first: 2, messages: messages('a@x.example') },
      call(),
    );

    expect(receipt).toMatchObject({ taken: 1, words: [{ word: { kind: 'message' } }] });
    expect(refused).toMatchObject({ taken: 0, refused: 'rejected' });
  });

  test('is ended for the user', async () => {
    const { chat } = await connectedTo(PRESET_BOTS.support);

    await desk.chat!.close(refTo(PRESET_BOTS.support, chat), call());

    expect((await stage.control.state()).sessions).toMatchObject([{ ended: { reason: 'UserRequest' } }]);
  });

  test('of two organisations is kept apart by their accounts', async () => {
    const globex = stage.openDesk({}, CONTEXT, PRESET_ORGS.globex);

    const answer = await globex.requestTransfer(requestOf(PRESET_BOTS.order), call());

    expect(answer.kind).toBe('connected');
    expect(await desk.requestTransfer(requestOf(PRESET_BOTS.order), call())).toMatchObject({
      kind: 'declined',
      reason: 'invalid_target',
    });
  });
});
