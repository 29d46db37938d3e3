// What a client hands over: verified as the vendor's schema has it, with a pointer to each fault.
import type { BotConfiguration } from '../../../domain/configuration';
import { einsteinBots } from '../../../platforms/einstein-bots';
import { PRESET_BOTS } from '../../../platforms/einstein-bots/simulator';
import { call, openStage } from './builders';
import type { Stage } from './builders';

const BOT: BotConfiguration = {
  platform: 'einstein-bots',
  connector: 'bots',
  options: { botId: PRESET_BOTS.support, integration: 'support', url: 'https://x.example', secret: 's' },
  notices: { kind: 'platform' },
  retryWindowMs: 60_000,
  allowPrivateNetwork: false,
};
const { readTrigger } = einsteinBots.botSide!.sessions!;

const RESPONSE = {
  sessionId: '85bce2f1-0000-4000-8000-000000000001',
  botVersion: '0X9SB00000006wf0AA',
  processedSequenceIds: [3, 7, 5],
  messages: [
    { type: 'text', id: 'm1', text: 'One moment', schedule: { responseDelayMilliseconds: 600 } },
    {
      type: 'escalate',
      id: 'm2',
      targets: [{ type: 'Salesforce:Core:Queue:Id', value: '00G5e000001CSupEAG' }],
    },
  ],
  variables: [
    { name: 'Total', type: 'money', value: 'USD 10.40' },
    { name: 'Items', type: 'list', value: [{ type: 'ref', value: '01t5e000005ItEmAAK' }] },
  ],
  intents: [{ label: 'Agent', confidenceScore: 0.9, intentSource: 'EINSTEIN_NLP' }],
  _links: { self: { href: 'https://runtime.example/x' } },
};
const { sessionId, ...CONTINUED } = RESPONSE;

test('turns a response that asks to escalate into a turn of its session', () => {
  expect(readTrigger(BOT, { response: RESPONSE, runtimeCrc: 'crc', reason: 'user_request' })).toEqual({
    kind: 'turn',
    botId: PRESET_BOTS.support,
    sequence: 7,
    reason: 'user_request',
    turn: {
      session: { generation: 1, session: sessionId, bot: PRESET_BOTS.support, last: 7, crc: 'crc' },
      sessionId,
      said: [{ id: 'm1', text: 'One moment', delayMs: 600 }],
      escalates: { messageId: 'm2', targets: [{ kind: 'queue', id: '00G5e000001CSupEAG' }] },
      variables: RESPONSE.variables,
      intents: [{ label: 'Agent', confidence: 0.9 }],
    },
  });
});

test('takes the session, the bot and the last number from the client where the response has none', () => {
  const handed = {
    response: CONTINUED,
    sessionId,
    lastSequenceId: 1_649_209_595_399,
    botId: PRESET_BOTS.shop,
  };

  expect(readTrigger(BOT, handed)).toMatchObject({
    kind: 'turn',
    botId: PRESET_BOTS.shop,
    sequence: 1_649_209_595_399,
    turn: { session: { session: sessionId, bot: PRESET_BOTS.shop } },
  });
});

test('takes the answer to a start, which processed no numbered message', () => {
  expect(readTrigger(BOT, { response: { ...RESPONSE, processedSequenceIds: [] } })).toMatchObject({
    sequence: 0,
  });
});

test.each<[string, Record<string, unknown>, string]>([
  ['no response', {}, '/response'],
  ['a session that nobody names', { response: CONTINUED }, '/sessionId'],
  ['two sessions', { response: RESPONSE, sessionId: 'another' }, '/sessionId'],
  ['a member that it does not know', { response: RESPONSE, password: 'x' }, ''],
  ['a last number that is too small', { response: RESPONSE, lastSequenceId: 6 }, '/lastSequenceId'],
  ['an id that is no bot', { response: RESPONSE, botId: '00G5e000001CSupEAG' }, '/botId'],
  ['a reason that is none', { response: RESPONSE, reason: 'bored' }, '/reason'],
  [
    'a message without its text',
    { response: { ...RESPONSE, messages: [{ type: 'text', id: 'a' }] } },
    '/response/messages/0/text',
  ],
  [
    'a target without a value',
    { response: { ...RESPONSE, messages: [{ type: 'escalate', id: 'a', targets: [{ type: 't' }] }] } },
    '/response/messages/0/targets/0/value',
  ],
  [
    'a variable that is not of its type',
    { response: { ...RESPONSE, variables: [{ name: 'n', type: 'number', value: 'ten' }] } },
    '/response/variables/0/value',
  ],
  [
    'a sequence number that is none',
    { response: { ...RESPONSE, processedSequenceIds: ['7'] } },
    '/response/processedSequenceIds/0',
  ],
])('points at the fault: %s', (_name, handed, pointer) => {
  const result = readTrigger(BOT, handed);

  if (result.kind !== 'invalid') throw new Error('it was taken');
  expect(result.faults.map((fault) => fault.pointer)).toContain(pointer);
  expect(JSON.stringify(result.faults)).not.toContain('One moment');
});

describe('with a bot', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.close());

  test('makes a turn with which the session goes on', async () => {
    const { sessions } = stage.openDesk();
    const begun = await sessions!.begin({ botId: PRESET_BOTS.support, key: crypto.randomUUID() }, call());
    const response = {
      ...CONTINUED,
      messages: [{ type: 'escalate', id: 'unknown', targets: [] }],
      processedSequenceIds: [],
    };

    const handed = readTrigger(BOT, { sessionId: begun.sessionId, response });
    if (handed.kind !== 'turn') throw new Error(JSON.stringify(handed));
    const turn = await sessions!.say(
      handed.turn.session,
      { sequence: handed.sequence + 1, message: { kind: 'text', text: 'a person please' } },
      call(),
    );

    expect(turn.escalates?.targets).toHaveLength(1);
  });
});
