// The claim webhook: the page's body becomes a request for an escalation.
import type { EscalationRequest } from '../../../domain/request';
import type { BotConfiguration } from '../../../domain/configuration';
import { aBot, aClaim, aRequest, inbound } from './builders';

const AT = Date.UTC(2026, 5, 1, 12);

function requestOf(
  claim: Record<string, unknown>,
  bot: BotConfiguration = aBot(),
  receivedAt = AT,
): EscalationRequest {
  const { deeds } = inbound(bot, aRequest('/claim', claim, { receivedAt }));
  const [deed] = deeds;
  if (deed?.kind !== 'escalate' || deeds.length > 1) throw new Error('no escalation was asked for');
  return deed.request;
}

test("asks for an escalation of the user's conversation, and answers at once", () => {
  const { answer, deeds, failure } = inbound(aBot(), aRequest('/claim', aClaim({ botId: 'bot-9' })));

  expect(answer).toEqual({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"claimed":true}',
  });
  expect(failure).toMatchObject({ status: 503, body: '{"claimed":false}' });
  expect(deeds).toEqual([
    {
      kind: 'escalate',
      conversationId: 'user-1@dep-1',
      request: {
        requestId: expect.stringMatching(/^claim-[\w-]{32}$/),
        integration: 'to-service',
        variables: { moduleId: '17' },
        origin: { botId: 'bot-9', sessionId: 'session-1' },
      },
    },
  ]);
});

test('keeps nothing of the token that a claim carries, and makes no id of it', () => {
  const { requestId } = requestOf(aClaim());
  const { answer, deeds } = inbound(aBot(), aRequest('/claim', aClaim()));

  expect(JSON.stringify({ answer, deeds })).not.toContain('token-that-opens-doors');
  expect(requestOf(aClaim({ from: 'another token' })).requestId).toBe(requestId);
});

test('hands on simple variables only, the own before the extracted', () => {
  const claim = aClaim({
    customVariables: { tier: 'gold', visits: 3, vip: true, gone: null, basket: { items: 2 }, tags: ['a'] },
    extractedData: { tier: 'silver', email: 'ada@example.com' },
    firstName: 'Ada',
    attachedMedia: 'https://files.example/a.png',
  });

  expect(requestOf(claim).variables).toEqual({
    tier: 'gold',
    visits: 3,
    vip: true,
    gone: null,
    email: 'ada@example.com',
    moduleId: '17',
    firstName: 'Ada',
    attachedMedia: 'https://files.example/a.png',
  });
});

test('hands on no more variables than a request may have', () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`v${index}`, index]));
  const large = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`v${index}`, 'x'.repeat(8_000)]),
  );
  const odd = { ['n'.repeat(101)]: 1, '': 2, long: 'x'.repeat(8_193), half: 'a\uD800\0' };

  expect(Object.keys(requestOf(aClaim({ customVariables: many })).variables ?? {})).toHaveLength(100);
  expect(JSON.stringify(requestOf(aClaim({ customVariables: large }))).length).toBeLessThan(48_000);
  expect(requestOf(aClaim({ customVariables: odd })).variables).toEqual({
    half: 'a\uFFFD\uFFFD',
    moduleId: '17',
  });
});

test.each([
  ['what was validated', { replyData: 'my order is late', reply: 'My order is LATE!' }, 'my order is late'],
  ['what the user wrote', { reply: 'a human please' }, 'a human please'],
  ["nothing where the page's sample has its placeholder", { reply: 'VarWebhook' }, undefined],
])('takes as the message of the user %s', (_, members, message) => {
  expect(requestOf(aClaim(members)).userMessage).toBe(message);
});

test('takes the members that the configuration names', () => {
  const bot = aBot({
    claim: { user: ['visitor.id'], userMessage: ['customVariables.wish'], intent: ['nlu.0.name'] },
  });
  const claim = aClaim({
    visitor: { id: 42 },
    customVariables: { wish: 'a teapot' },
    nlu: [{ name: 'buy' }],
  });
  const [deed] = inbound(bot, aRequest('/claim', claim)).deeds;

  expect(deed).toMatchObject({
    conversationId: '42@dep-1',
    request: { userMessage: 'a teapot', intent: 'buy' },
  });
});

test('asks for the integration of the module, or else for that of all', () => {
  const bot = aBot({ integrationByModule: { 17: 'to-billing' } });

  expect(requestOf(aClaim({ moduleId: '17' }), bot).integration).toBe('to-billing');
  expect(requestOf(aClaim({ moduleId: 17 }), bot).integration).toBe('to-billing');
  expect(requestOf(aClaim({ moduleId: '18' }), bot).integration).toBe('to-service');
  expect(requestOf(aClaim({ moduleId: 'constructor' }), bot).integration).toBe('to-service');
});

describe('the id of a request', () => {
  test('is the same for a claim that is sent again', () => {
    expect(requestOf(aClaim(), aBot(), AT + 6_000).requestId).toBe(requestOf(aClaim()).requestId);
  });

  test('is another for a later claim of the same user', () => {
    expect(requestOf(aClaim(), aBot(), AT + 60_000).requestId).not.toBe(requestOf(aClaim()).requestId);
  });

  test('is another for another user, session or module', () => {
    const ids = [
      aClaim(),
      aClaim({ to: 'user-2' }),
      aClaim({ sessionId: 's2' }),
      aClaim({ moduleId: '18' }),
    ].map((claim) => requestOf(claim).requestId);

    expect(new Set(ids).size).toBe(4);
  });

  test("depends on the claim's own id alone, where the webhook was given one", () => {
    const first = requestOf(aClaim({ claimId: 'c1' })).requestId;

    expect(requestOf(aClaim({ claimId: 'c1' }), aBot(), AT + 3_600_000).requestId).toBe(first);
    expect(requestOf(aClaim({ customVariables: { claimId: 'c2' } })).requestId).not.toBe(first);
  });
});

test.each([
  ['without a user', aClaim({ to: '' }), aBot()],
  ['of a user who would lead elsewhere in a URL', aClaim({ to: '..' }), aBot()],
  ['of a user whose id is too long to be carried', aClaim({ to: 'u'.repeat(200) }), aBot()],
  ['of a user whose id cannot be printed', aClaim({ to: 'a\nb' }), aBot()],
  ['of another bot', aClaim({ botId: 'bot-2' }), aBot({ botId: 'bot-1' })],
  [
    'of a module without an integration',
    aClaim(),
    aBot({ integration: undefined, integrationByModule: { 1: 'x' } }),
  ],
])('refuses a claim %s', (_, claim, bot) => {
  const { answer, deeds, unauthorized } = inbound(bot, aRequest('/claim', claim));

  expect(answer.status).toBe(422);
  expect(deeds).toEqual([]);
  expect(unauthorized).toBeUndefined();
});

test('names the conversation by the bot, where its id is configured', () => {
  const [deed] = inbound(aBot({ botId: 'bot-1' }), aRequest('/claim', aClaim({ botId: 'bot-1' }))).deeds;

  expect(deed).toMatchObject({ conversationId: 'user-1@bot-1' });
});

test.each([['[]'], ['"text"'], ['{"to":'], ['']])('refuses a body that is no object: %s', (body) => {
  const { answer, deeds } = inbound(aBot(), aRequest('/claim', body));

  expect(answer.status).toBe(400);
  expect(deeds).toEqual([]);
});

test.each([
  ['/claims', 'POST', 404],
  ['/', 'POST', 404],
  ['/constructor', 'POST', 404],
  ['/claim', 'GET', 405],
  ['/claim/', 'POST', 200],
] as const)('answers %s by %s with %i', (path, method, status) => {
  expect(inbound(aBot(), aRequest(path, aClaim(), { method })).answer.status).toBe(status);
});
