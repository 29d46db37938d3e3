// The escalation that a bot's answer asks for.
import type { BotTurn, TypedVariable } from '../../domain/bot-session';
import { askingOf, askingOnError, reasonOf } from '../../domain/bot-session-request';
import { heardBot, heardUser } from '../../domain/bot-session-hears';
import { openSessionState, type BotSessionState, type SessionPlan } from '../../domain/bot-session-state';
import { checkRequest } from '../../domain/guards';

const PLAN: SessionPlan = {
  connector: 'acme',
  entryBotId: 'bot-1',
  integration: 'handoff',
  onError: 'when-broken',
  maxHops: 1,
  reasonVariable: 'Why',
  userRequestIntents: ['Talk to a person'],
  defaultResponse: 'Sorry.',
};
const BOT = { kind: 'bot', id: 'bot-2' };
const QUEUE = { kind: 'queue', id: 'q1' };

function aConversation(): BotSessionState {
  const state = openSessionState({ tenant: 't', conversationId: 'c', bot: 'b' }, 0);
  state.plan = PLAN;
  heardUser(state, { id: 'u1', text: 'I want a human' });
  const turn: BotTurn = {
    session: { generation: 1 },
    sessionId: 's1',
    said: [{ id: 'w1', text: 'One moment', delayMs: 0 }],
    intents: [{ label: 'Talk to a person', confidence: 0.9 }],
  };
  heardBot(state, { connector: 'acme', botId: 'bot-1' }, turn);
  return state;
}

const text = (name: string, value: unknown): TypedVariable => ({ name, type: 'text', value });
const asked = (targets = [QUEUE]): Pick<BotTurn, 'escalates'> => ({
  escalates: { messageId: 'm1', targets },
});

test('has the targets in their order, the variables as they are, and what was said', () => {
  const variables = [text('name', 'Ada'), { name: 'items', type: 'list', value: [] } as const];
  const asking = askingOf(aConversation(), PLAN, { ...asked([BOT, QUEUE]), variables });
  expect(asking?.handOff).toEqual({ requestId: 'm1', inReplyTo: 'm1', reason: 'configured' });
  expect(asking?.request).toEqual({
    requestId: 'm1',
    integration: 'handoff',
    reason: 'configured',
    intent: 'Talk to a person',
    userMessage: 'I want a human',
    transcript: [
      { from: 'user', text: 'I want a human' },
      { from: 'bot', text: 'One moment' },
    ],
    origin: { botId: 'bot-1', sessionId: 's1' },
    targets: [BOT, QUEUE],
    typedVariables: variables,
    variables: { name: 'Ada' },
  });
});

test('is one for bots only where every target is a bot, and for none once the loop budget is spent', () => {
  const state = aConversation();
  expect(askingOf(state, PLAN, asked([BOT]))?.handOff.toBots).toBe(true);
  expect(askingOf(state, PLAN, asked([BOT, QUEUE]))?.handOff.toBots).toBeUndefined();
  state.hops = 1;
  expect(askingOf(state, PLAN, asked([BOT]))).toBeUndefined();
  expect(askingOf(state, PLAN, asked([BOT, QUEUE]))?.request.targets).toEqual([QUEUE]);
  expect(askingOf(state, PLAN, asked([]))?.request.targets).toEqual([]);
});

test('is what the workflow of escalations takes, however much the bot has to say', () => {
  const state = aConversation();
  for (let index = 0; index < 60; index += 1)
    heardUser(state, { id: `u${index}`, text: `${index} ${'é"\\'.repeat(2_000)}` });
  const variables = Array.from({ length: 300 }, (_, index) => text(`v${index}`, 'x'.repeat(index * 10)));
  const asking = askingOf(state, PLAN, { ...asked(), variables });
  expect(asking && checkRequest(asking.request)).toMatchObject({ ok: true });
  expect(asking?.leftOut).toBeGreaterThan(200);
});

test('on error is one by the ladder of its own integration', () => {
  const { handOff, request } = askingOnError(aConversation(), PLAN, 'u'.repeat(300));
  expect(handOff).toEqual({ requestId: request.requestId, reason: 'error' });
  expect(request).toMatchObject({ integration: 'when-broken', reason: 'error' });
  expect(request.requestId).toHaveLength(200);
  expect(request.targets).toBeUndefined();
});

describe('the reason', () => {
  test.each([
    ['user_request', 'user_request'],
    ['UserRequest', 'user_request'],
    ['Error', 'error'],
    ['configured', 'configured'],
    ['__proto__', 'configured'],
    ['whatever', 'configured'],
    [7, 'configured'],
  ] as const)('that the bot tells as %s is %s', (told, reason) => {
    expect(reasonOf(PLAN, { variables: [text('Why', told)] })).toBe(reason);
  });

  test('is the user’s request if the surest intent is among those, and the bot does not tell', () => {
    const intents = [{ label: 'Talk to a person' }, { label: 'Order' }];
    expect(reasonOf(PLAN, { intents })).toBe('user_request');
    expect(reasonOf(PLAN, { intents: [...intents].reverse() })).toBe('configured');
    expect(reasonOf(PLAN, { intents, variables: [text('Why', 'error')] })).toBe('error');
  });

  test('that a client tells counts', () => {
    expect(askingOf(aConversation(), PLAN, asked(), 'error')?.request.reason).toBe('error');
  });
});
