// A bot's answer in Baton's words, from envelopes as the vendor's schema has them.
import { chosen, numbered } from '../../../platforms/einstein-bots/choices';
import { toTurn } from '../../../platforms/einstein-bots/turn';
import { startVariables, variablesOf } from '../../../platforms/einstein-bots/variables';
import { envelopeSchema } from '../../../platforms/einstein-bots/wire';

const BOT = '0Xx5e000000TgkXCAS';
const before = { generation: 4, session: 's1', bot: BOT, last: 2 };

function turnOf(answer: object, source: { crc?: string; sequence?: number } = {}) {
  const envelope = envelopeSchema.parse({ messages: [], processedSequenceIds: [], ...answer });
  return toTurn(envelope, { before, sequence: 3, ...source });
}

test('has what the bot says in its order, each with the delay that the admin set', () => {
  const { said } = turnOf({
    messages: [
      { type: 'text', id: 'a', text: 'Hi', schedule: { responseDelayMilliseconds: 1200 } },
      { type: 'text', id: 'b', text: 'there', feedbackId: 'f' },
    ],
  });

  expect(said).toEqual([
    { id: 'a', text: 'Hi', delayMs: 1200 },
    { id: 'b', text: 'there', delayMs: 0 },
  ]);
});

test('does not believe a delay of hours', () => {
  const { said } = turnOf({
    messages: [{ type: 'text', id: 'a', text: 'Hi', schedule: { responseDelayMilliseconds: 9e9 } }],
  });

  expect(said[0]?.delayMs).toBe(60_000);
});

test('has choices with their labels numbered for users who see text only', () => {
  const { said, session } = turnOf({
    messages: [
      {
        type: 'choices',
        id: 'c',
        widget: 'menu',
        choices: [
          { id: 'x', label: 'Order status', alias: null },
          { id: 'y', label: 'Talk to a person' },
        ],
      },
    ],
  });

  expect(said).toEqual([
    {
      id: 'c',
      text: '1. Order status\n2. Talk to a person',
      choices: [
        { id: 'x', label: 'Order status' },
        { id: 'y', label: 'Talk to a person' },
      ],
      delayMs: 0,
    },
  ]);
  expect(session['choices']).toEqual([
    ['1', 'x'],
    ['2', 'y'],
  ]);
});

test("uses the bot's own numbers only where every choice has one of its own", () => {
  const choice = (alias?: string) => ({ id: `id-${alias}`, label: 'l', alias });

  expect(numbered([choice('5'), choice('7')]).map(({ number }) => number)).toEqual(['5', '7']);
  expect(numbered([choice('5'), choice('5')]).map(({ number }) => number)).toEqual(['1', '2']);
  expect(numbered([choice('2'), choice()]).map(({ number }) => number)).toEqual(['1', '2']);
});

test.each([
  ['2', 'y'],
  [' 2. ', 'y'],
  ['1)', 'x'],
  ['3', undefined],
  ['Talk to a person', undefined],
  ['I have 2', undefined],
])('takes the text %j as the choice %s', (text, id) => {
  expect(
    chosen(text, [
      ['1', 'x'],
      ['2', 'y'],
    ]),
  ).toBe(id);
});

test.each([
  ['Salesforce:Core:Bot:Id', 'bot'],
  ['Salesforce:Core:Queue:Id', 'queue'],
  ['Salesforce:Core:Skill:Id', 'skill'],
  ['Salesforce:Core:Flow:Id', 'flow'],
  ['Salesforce:Core:Agent:Id', 'agent'],
  ['Salesforce:Core:User:Id', 'agent'],
  ['Salesforce:Core:Carousel:Id', 'Salesforce:Core:Carousel:Id'],
  ['constructor', 'constructor'],
])('calls a target of type %s %s', (type, kind) => {
  const { escalates } = turnOf({
    messages: [{ type: 'escalate', id: 'e', targets: [{ type, value: 'v' }] }],
  });

  expect(escalates).toEqual({ messageId: 'e', targets: [{ kind, id: 'v' }] });
});

test('keeps targets in their order, and says that there are none', () => {
  const many = turnOf({
    messages: [
      { type: 'text', id: 'a', text: 'One moment' },
      {
        type: 'escalate',
        id: 'e',
        targets: [
          { type: 'Salesforce:Core:Skill:Id', value: '1' },
          { type: 'Salesforce:Core:Bot:Id', value: '2' },
        ],
      },
    ],
  });
  const none = turnOf({ messages: [{ type: 'escalate', id: 'e', targets: [] }] });

  expect(many.escalates?.targets).toEqual([
    { kind: 'skill', id: '1' },
    { kind: 'bot', id: '2' },
  ]);
  expect(many.said.map(({ text }) => text)).toEqual(['One moment']);
  expect(none.escalates).toEqual({ messageId: 'e', targets: [] });
});

test('says that the bot has ended, and that the session is over', () => {
  const turn = turnOf({
    messages: [{ type: 'sessionEnded', id: 'z', reason: 'TransferFailedNotConfigured' }],
  });

  expect(turn.ended).toEqual({ reason: 'TransferFailedNotConfigured' });
  expect(turn.session['over']).toBe(true);
});

test('moves the state on: a greater generation, the sequence answered, the newest CRC', () => {
  const answered = turnOf({}, { crc: 'crc-2' }).session;

  expect(answered).toEqual({ generation: 5, session: 's1', bot: BOT, last: 3, crc: 'crc-2' });
  expect(JSON.stringify(answered).length).toBeLessThan(500);
});

test('puts the surest intent first', () => {
  const { intents } = turnOf({
    intents: [
      { label: 'Order', confidenceScore: 0.4, intentSource: 'CORE_NLP' },
      { label: 'Agent', confidenceScore: 0.9, intentSource: 'EINSTEIN_NLP' },
      { label: 'Other', intentSource: 'DIRECT' },
    ],
  });

  expect(intents).toEqual([
    { label: 'Agent', confidence: 0.9 },
    { label: 'Order', confidence: 0.4 },
    { label: 'Other' },
  ]);
});

test('passes over messages and variables that a later version may bring', () => {
  const { said, variables } = turnOf({
    messages: [
      { type: 'hologram', id: 'h' },
      { type: 'text', id: 'a', text: 'Hi' },
    ],
    variables: [
      { name: 'a', type: 'tensor', value: [] },
      { name: 'b', type: 'text', value: null },
    ],
  });

  expect(said).toHaveLength(1);
  expect(variables).toEqual([{ name: 'b', type: 'text', value: null }]);
});

test.each([
  { messages: [{ type: 'text', id: 'a' }] },
  { messages: [{ type: 'escalate', id: 'a', targets: null }] },
  { messages: null },
])('refuses an answer that does not fit: %j', (answer) => {
  expect(envelopeSchema.safeParse({ processedSequenceIds: [], ...answer }).success).toBe(false);
});

describe('variables of a start', () => {
  const own = { integrationName: 'Baton', intentVariable: 'Baton_Intent' };
  const start = { botId: BOT, key: 'k' };

  test("say who the client is, whatever the caller's are called", () => {
    const variables = [{ name: '$Context.IntegrationName', type: 'text', value: 'Mallory' }] as const;

    expect(startVariables({ ...start, variables }, own)).toEqual([
      { name: '$Context.IntegrationType', type: 'text', value: 'API' },
      { name: '$Context.IntegrationName', type: 'text', value: 'Baton' },
    ]);
  });

  test("leave another bot's context with it, and a client's own as it is", () => {
    const variables = [
      { name: '$Context.EndUserLanguage', type: 'text', value: 'de' },
      { name: 'OrderQty', type: 'number', value: 10 },
    ] as const;
    const names = (origin?: object) =>
      startVariables({ ...start, variables, ...(origin && { origin }) }, own).map(({ name }) => name);

    expect(names({ botId: BOT })).not.toContain('$Context.EndUserLanguage');
    expect(names({ botId: BOT })).toContain('OrderQty');
    expect(names()).toContain('$Context.EndUserLanguage');
  });

  test('have the intent, unless nobody wants it', () => {
    const intent = { name: 'Baton_Intent', type: 'text', value: 'Refund' };

    expect(startVariables({ ...start, intent: 'Refund' }, own)).toContainEqual(intent);
    expect(startVariables({ ...start, intent: 'Refund' }, { ...own, intentVariable: false })).toHaveLength(2);
  });

  test('are typed by what they are where nobody has typed them', () => {
    expect(variablesOf({ variables: { a: 1, b: true, c: 'x', d: null } })).toEqual([
      { name: 'a', type: 'number', value: 1 },
      { name: 'b', type: 'boolean', value: true },
      { name: 'c', type: 'text', value: 'x' },
      { name: 'd', type: 'text', value: null },
    ]);
    expect(
      variablesOf({ variables: { a: 1 }, typedVariables: [{ name: 'm', type: 'money', value: 'USD 1.00' }] }),
    ).toEqual([{ name: 'm', type: 'money', value: 'USD 1.00' }]);
  });
});
