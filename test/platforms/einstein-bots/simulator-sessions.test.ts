// What a session of the simulated runtime takes and answers: bodies to the letter of the schema, numbers that only rise,
// variables by their types, choices, and what was asked for besides.
import { dialogIdOf, PRESET_BOTS, PRESET_ORGS } from '../../../platforms/einstein-bots/simulator';
import type { BotSpec } from '../../../platforms/einstein-bots/simulator';
import { openStage, withBot, wordsOf } from './simulator-builders';
import type { Answer, Stage } from './simulator-builders';

const FORM: BotSpec = {
  id: '0Xx5e000000TfOmCAK',
  name: 'Form Bot',
  version: '0X95e00000000fOCAQ',
  variables: [
    { name: 'isMember', type: 'boolean', value: null },
    { name: 'born', type: 'date', value: null },
    { name: 'callAt', type: 'dateTime', value: null },
    { name: 'budget', type: 'money', value: null },
    { name: 'seats', type: 'number', value: null },
    { name: 'note', type: 'text', value: null },
    { name: 'contact', type: 'object', value: null },
    { name: 'account', type: 'ref', value: null },
    { name: 'items', type: 'list', value: null },
    { name: 'size', type: 'text', value: null },
  ],
  dialogs: {
    welcome: [
      { kind: 'ask', text: 'How many seats?', into: 'seats' },
      { kind: 'ask', text: 'Which size?', into: 'size', choices: ['Small', 'Large'] },
      { kind: 'say', text: '{!seats} seats, {!size}.', delayMs: 50 },
    ],
  },
  noAgent: null,
};

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ organisations: withBot(FORM) });
});
afterEach(() => stage.control.settings({ repeats: 'drop', wrongCrc: 'refuse', unknownVariables: 'ignore' }));
afterAll(() => stage.close());

const text = (sequenceId: number, written = 'hi') => ({ type: 'text', sequenceId, text: written });
const aSession = async (botId: string = PRESET_BOTS.support): Promise<string> =>
  (await stage.start(botId)).body.sessionId;
const refusal = ({ status, body }: Answer) => [status, body.error];
const BAD = [400, 'BadRequestError'];
const options = (include: boolean, onlyChanged: boolean, filter?: readonly string[] | null) => ({
  responseOptions: { variables: { include, onlyChanged, ...(filter !== undefined && { filter }) } },
});

test('answers a start with the whole envelope', async () => {
  const { status, body } = await stage.start(FORM.id);

  const base = `${stage.url}/v5.3.0`;
  expect(status).toBe(200);
  expect(body).toEqual({
    sessionId: expect.any(String),
    botVersion: '0X95e00000000fOCAQ',
    processedSequenceIds: [],
    messages: [
      {
        type: 'text',
        id: expect.any(String),
        text: 'How many seats?',
        schedule: { responseDelayMilliseconds: 1_200 },
      },
    ],
    variables: null,
    _links: {
      self: { href: `${base}/bots/${FORM.id}/sessions` },
      messages: { href: `${base}/sessions/${body.sessionId}/messages` },
      session: { href: `${base}/sessions/${body.sessionId}` },
    },
  });
});

test('answers a message without the session’s id, with the number that it processed', async () => {
  const sessionId = await aSession(FORM.id);
  const { body } = await stage.say(sessionId, text(7, '3'));

  expect(Object.keys(body)).not.toContain('sessionId');
  expect(body.processedSequenceIds).toEqual([7]);
  expect(body._links).toMatchObject({ self: { href: `${stage.url}/v5.3.0/sessions/${sessionId}/messages` } });
});

test.each([
  ['a member that nobody knows', { type: 'init' }],
  ['a message with a sequence number', { message: { text: 'hi', sequenceId: 1 } }],
  ['no external key', { externalSessionKey: undefined }],
  ['no organisation’s address', { forceConfig: {} }],
  ['an address that is none', { forceConfig: { endpoint: 'acme' } }],
  ['an unknown referrer', { referrers: [{ type: 'Salesforce:Core:Queue:Id', value: 'x' }] }],
  ['variables as an object', { variables: { name: 'Ada' } }],
  ['options that leave half out', { responseOptions: { variables: { include: true } } }],
])('refuses a start with %s', async (_which, change) => {
  const sessions = (await stage.control.state()).sessions.length;

  expect(refusal(await stage.start(PRESET_BOTS.support, change))).toEqual(BAD);
  expect((await stage.control.state()).sessions).toHaveLength(sessions);
});

test.each([
  ['no type', { sequenceId: 1, text: 'hi' }],
  ['an unknown type', { type: 'endSession', sequenceId: 1, reason: 'Other' }],
  ['no sequence number', { type: 'text', text: 'hi' }],
  ['a broken sequence number', { ...text(1), sequenceId: 1.5 }],
  ['a sequence number in a string', { ...text(1), sequenceId: '1' }],
  ['a member of another type', { ...text(1), choiceIndex: 1 }],
  ['neither index nor id of a choice', { type: 'choice', sequenceId: 1 }],
  ['a reason that nobody knows', { type: 'transferFailed', sequenceId: 1, reason: 'Timeout' }],
  ['a choice that was not offered', { type: 'choice', sequenceId: 1, choiceId: 'x' }],
  ['an index beyond the choices', { type: 'choice', sequenceId: 1, choiceIndex: 9 }],
  ['a dialog that is not there', { type: 'redirect', sequenceId: 1, dialogId: 'x' }],
  ['an outcome of a transfer that nobody asked for', { type: 'transferSucceeded', sequenceId: 1 }],
])('refuses a message with %s, and leaves the session as it was', async (_which, message) => {
  const sessionId = await aSession();
  const before = await stage.control.session(sessionId);

  expect(refusal(await stage.say(sessionId, message))).toEqual(BAD);
  expect(await stage.control.session(sessionId)).toEqual(before);
  expect((await stage.say(sessionId, text(1))).status).toBe(200);
});

test('refuses messages as a list, bodies that are not JSON, and such that do not say so', async () => {
  const sessionId = await aSession();
  const path = `/v5.3.0/sessions/${sessionId}/messages`;
  const plain = { headers: { 'content-type': 'text/plain' } };

  expect(refusal(await stage.call('POST', path, { messages: [text(1)] }))).toEqual(BAD);
  expect(refusal(await stage.call('POST', path, '{"message":'))).toEqual(BAD);
  expect(refusal(await stage.call('POST', path, { message: text(1) }, plain))).toEqual(BAD);
});

test('does not know other paths, bots and sessions', async () => {
  const unknown = await Promise.all([
    stage.call('POST', '/v5.3.0/messages', {}),
    stage.call('GET', `/v5.3.0/sessions/${await aSession()}`),
    stage.start('0Xx5e000000TnOtCAK'),
    stage.say('57904eb6-5352-4c5e-adf6-5f100572cf5d', text(1)),
  ]);

  expect(unknown.map(refusal)).toEqual(unknown.map(() => [404, 'NotFoundError']));
});

test('cannot start a bot without an active version', async () => {
  await stage.control.bot(PRESET_ORGS.acme, { ...FORM, id: '0Xx5e000000TiNaCAK', isActive: false });
  expect(refusal(await stage.start('0Xx5e000000TiNaCAK'))).toEqual([422, 'RequestProcessingException']);
});

test('gives a repeated message the answer that it had, without a second effect', async () => {
  const sessionId = await aSession(PRESET_BOTS.variables);
  const first = await stage.say(sessionId, text(1, 'Ada'));
  const second = await stage.say(sessionId, text(1, 'Ada'));
  const next = await stage.say(sessionId, text(2, 'ada@example.com'));

  expect(second.body).toEqual(first.body);
  expect(wordsOf(next)).toEqual(['Which company do you work for?']);
  const { requests } = await stage.control.state();
  expect(requests.filter((each) => each.sessionId === sessionId).map(({ isRepeat }) => isRepeat)).toEqual([
    undefined,
    false,
    true,
    false,
  ]);
});

test('refuses a repeated number where that is set so', async () => {
  const sessionId = await aSession();
  await stage.say(sessionId, text(1));
  await stage.control.settings({ repeats: 'refuse' });

  expect(refusal(await stage.say(sessionId, text(1)))).toEqual(BAD);
});

test('refuses another message under a number that was used, and a number below the last', async () => {
  const sessionId = await aSession();
  await stage.say(sessionId, text(5));

  expect(refusal(await stage.say(sessionId, text(5, 'else')))).toEqual(BAD);
  expect(refusal(await stage.say(sessionId, text(4)))).toEqual(BAD);
  expect((await stage.say(sessionId, text(1_649_209_595_399))).status).toBe(200);
});

test('takes the CRC of an answer of the session back, and refuses one that it never gave', async () => {
  const { body, headers } = await stage.start(PRESET_BOTS.support);
  const { sessionId } = body;
  const withCrc = (crc: string | null) => ({ headers: { 'x-runtime-crc': crc ?? '' } });
  const first = headers.get('x-runtime-crc');
  const second = (await stage.say(sessionId, text(1), {}, withCrc(first))).headers.get('x-runtime-crc');
  await stage.say(sessionId, text(2));
  await stage.say(sessionId, text(3), {}, withCrc(second));
  const wrong = await stage.say(sessionId, text(4), {}, withCrc('nonsense'));
  await stage.control.settings({ wrongCrc: 'note' });
  const noted = await stage.say(sessionId, text(5), {}, withCrc('nonsense'));

  expect(second).toEqual(expect.any(String));
  expect(second).not.toBe(first);
  expect([refusal(wrong), noted.status]).toEqual([BAD, 200]);
  const { requests } = await stage.control.state();
  const mine = requests.filter((each) => each.sessionId === sessionId);
  expect(mine.map(({ crc }) => crc)).toEqual([undefined, 'right', 'absent', 'stale', 'wrong', 'wrong']);
});

test('takes variables of every type and gives them back', async () => {
  const variables = [
    { name: 'isMember', type: 'boolean', value: true },
    { name: 'born', type: 'date', value: '1815-12-10' },
    { name: 'callAt', type: 'dateTime', value: '2026-11-21T14:30:00' },
    { name: 'budget', type: 'money', value: 'USD 10.40' },
    { name: 'seats', type: 'number', value: 2.5 },
    { name: 'note', type: 'text', value: '' },
    {
      name: 'contact',
      type: 'object',
      value: [{ name: 'home', type: 'object', value: [{ name: 'zip', type: 'number', value: 1 }] }],
    },
    { name: 'account', type: 'ref', value: '1M5xx000000000BCAQ' },
    { name: 'items', type: 'list', value: [{ type: 'ref', value: '1M5xx000000000BCAQ' }] },
    { name: 'size', type: 'text', value: null },
  ];
  const { status, body } = await stage.start(FORM.id, { variables, ...options(true, false) });

  expect(status).toBe(200);
  expect(body.variables).toEqual(variables);
});

test.each([
  ['boolean', 'isMember', 'true'],
  ['date', 'born', '10.12.1815'],
  ['date', 'born', '2026-02-30'],
  ['dateTime', 'callAt', '2026-11-21T14:30:00Z'],
  ['money', 'budget', '10.40 USD'],
  ['money', 'budget', 10.4],
  ['number', 'seats', '2'],
  ['text', 'note', 2],
  ['object', 'contact', { zip: 1 }],
  ['object', 'contact', [{ type: 'number', value: 1 }]],
  ['ref', 'account', 'Acme Ltd.'],
  ['list', 'items', ['1M5xx000000000BCAQ']],
  ['list', 'items', [{ type: 'number', value: 'one' }]],
  ['list', 'items', [{ name: 'zip', type: 'number', value: 1 }]],
])('refuses a %s of another form (%#)', async (type, name, value) => {
  expect(refusal(await stage.start(FORM.id, { variables: [{ name, type, value }] }))).toEqual(BAD);
});

test('refuses a variable without value or with a member too many, of an unknown type or another than the bot’s', async () => {
  const withVariable = (variable: object) => stage.start(FORM.id, { variables: [variable] });

  expect(refusal(await withVariable({ name: 'note', type: 'text' }))).toEqual(BAD);
  expect(refusal(await withVariable({ name: 'note', type: 'text', value: 'x', label: 'Note' }))).toEqual(BAD);
  expect(refusal(await withVariable({ name: 'note', type: 'string', value: 'x' }))).toEqual(BAD);
  expect(refusal(await withVariable({ name: 'note', type: 'number', value: 1 }))).toEqual(BAD);
});

test('keeps context variables, and ignores or refuses what the bot does not know', async () => {
  const context = { name: '$Context.IntegrationType', type: 'text', value: 'API' };
  const variables = [context, { name: 'VariableReceiver', type: 'text', value: 'x' }];
  const { body } = await stage.start(FORM.id, { variables, ...options(true, true) });
  await stage.control.settings({ unknownVariables: 'refuse' });

  expect(body.variables).toEqual([context]);
  expect(refusal(await stage.start(FORM.id, { variables }))).toEqual(BAD);
});

test('gives the variables that are asked for: all, those that changed, those that are named', async () => {
  const sessionId = await aSession(PRESET_BOTS.variables);
  const changed = await stage.say(sessionId, text(1, 'Ada'), options(true, true));
  const named = await stage.say(sessionId, text(2, 'a@b.c'), options(true, false, ['email', 'nothing']));
  const unfiltered = await stage.say(sessionId, text(3, 'Engines'), options(true, false, []));
  const none = await stage.say(sessionId, text(4), options(false, false));

  expect(changed.body.variables).toEqual([{ name: 'name', type: 'text', value: 'Ada' }]);
  expect(named.body.variables).toEqual([{ name: 'email', type: 'text', value: 'a@b.c' }]);
  expect(unfiltered.body.variables).toHaveLength(4);
  expect(none.body.variables).toBeNull();
});

test('sets variables on the way', async () => {
  const sessionId = await aSession(FORM.id);
  const variables = [{ name: 'note', type: 'text', value: 'by the window' }];
  const set = await stage.say(
    sessionId,
    { type: 'setVariables', sequenceId: 1, variables },
    options(true, true),
  );

  expect([set.body.messages, set.body.variables]).toEqual([[], variables]);
  expect((await stage.control.session(sessionId)).waitsFor).toBe('answer');
});

test('asks again until the answer is of the variable’s type', async () => {
  const sessionId = await aSession(FORM.id);
  const again = await stage.say(sessionId, text(1, 'many'));
  const on = await stage.say(sessionId, text(2, '3'));

  expect(wordsOf(again)).toEqual(['How many seats?']);
  expect(wordsOf(on)).toEqual(['Which size?', 'Small | Large']);
});

test.each([
  ['its id', 'id'],
  ['its index', 'index'],
  ['its label in words', 'label'],
  ['its alias in words', 'alias'],
])('takes a choice by %s', async (_which, by) => {
  const sessionId = await aSession(FORM.id);
  const { body } = await stage.say(sessionId, text(1, '3'));
  const choice = body.messages[1]?.choices?.[1];
  const message = {
    id: { type: 'choice', sequenceId: 2, choiceId: choice?.id },
    index: { type: 'choice', sequenceId: 2, choiceIndex: 2 },
    label: text(2, 'large'),
    alias: text(2, choice?.alias),
  }[by];
  const answer = await stage.say(sessionId, message ?? {});

  expect(body.messages[1]).toMatchObject({ type: 'choices', widget: 'buttons' });
  expect(wordsOf(answer)).toEqual(['3 seats, Large.']);
  expect(answer.body.messages[0]?.schedule).toEqual({ responseDelayMilliseconds: 50 });
});

test('leads a choice of a menu to its dialog, and back to the menu', async () => {
  const { body } = await stage.start(PRESET_BOTS.support);
  const { sessionId } = body;
  const asked = await stage.say(sessionId, { type: 'choice', sequenceId: 1, choiceIndex: 1 });
  const back = await stage.say(sessionId, text(2, '42'));

  expect(body.messages.at(-1)).toMatchObject({ type: 'choices', widget: 'menu' });
  expect(wordsOf(asked)).toEqual(['What is the number of your order?']);
  expect(wordsOf(back)).toEqual([
    'Order 42 is on its way.',
    'Choose one of the options below.',
    'Order status | Talk to a person | End chat',
  ]);
});

test('redirects to the dialog with the id', async () => {
  const sessionId = await aSession();
  const dialogId = dialogIdOf(PRESET_BOTS.support, 'orderStatus');
  const answer = await stage.say(sessionId, { type: 'redirect', sequenceId: 1, dialogId });

  expect(wordsOf(answer)).toEqual(['What is the number of your order?']);
});

test('finds intents in what the user wrote, the surest first, and tells them when asked', async () => {
  const sessionId = await aSession();
  const asked = { responseOptions: { intents: true, entities: true, metrics: true } };
  const told = await stage.say(sessionId, text(1, 'A person for my ORDER please'), asked);
  const silent = await stage.say(sessionId, text(2));

  expect(told.body).toMatchObject({
    intents: [
      { label: 'Transfer To Agent', confidenceScore: 0.93, intentSource: 'EINSTEIN_NLP' },
      { label: 'Order Status', confidenceScore: 0.78, intentSource: 'EINSTEIN_NLP' },
    ],
    entities: [],
    metrics: {},
  });
  expect(Object.keys(silent.body)).not.toContain('intents');
});

test('acts on what the user began with where the bot asks nothing first', async () => {
  const intended = await stage.start(PRESET_BOTS.support, { message: { text: 'I want a human' } });
  const question = await stage.start(PRESET_BOTS.variables, { message: { text: 'Ada' } });

  expect(intended.body.messages.at(-1)?.type).toBe('escalate');
  expect(wordsOf(question).at(-1)).toBe('What is your name?');
});

test('makes a new session for a start with the same external key', async () => {
  const externalSessionKey = '57904eb6-5352-4c5e-adf6-5f100572cf5d';
  const [one, other] = [
    await stage.start(PRESET_BOTS.support, { externalSessionKey }),
    await stage.start(PRESET_BOTS.support, { externalSessionKey }),
  ];

  expect(one.body.sessionId).not.toBe(other.body.sessionId);
});

test.each(['UserRequest', 'Transfer', 'Expiration', 'Error', 'Other'])(
  'ends for %s, once',
  async (reason) => {
    const sessionId = await aSession();
    const ended = await stage.end(sessionId, reason);

    expect(ended.status).toBe(200);
    expect(ended.body.messages).toEqual([
      {
        type: 'sessionEnded',
        id: expect.any(String),
        reason: 'ClientRequest',
        schedule: { responseDelayMilliseconds: 0 },
      },
    ]);
    expect((await stage.control.session(sessionId)).ended).toEqual({ by: 'client', reason });
    expect(refusal(await stage.end(sessionId, reason))).toEqual([404, 'NotFoundError']);
    expect(refusal(await stage.say(sessionId, text(1)))).toEqual([404, 'NotFoundError']);
  },
);

test('does not end for a reason that nobody knows, or for none', async () => {
  const sessionId = await aSession();
  const none = await stage.end(sessionId, 'Other', { headers: { 'x-session-end-reason': undefined } });

  expect(refusal(none)).toEqual(BAD);
  expect(refusal(await stage.end(sessionId, 'transfer'))).toEqual(BAD);
  expect((await stage.control.session(sessionId)).ended).toBeNull();
});
