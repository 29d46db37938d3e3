// What reaches the workflow of a conversation with a bot without passing the gateway.
import {
  checkHandedOver,
  checkNotice,
  checkUserSays,
  isBotSessionInput,
} from '../../domain/bot-session-guards';

const TURN = {
  session: { generation: 1, id: 's1' },
  said: [{ id: 'w1', text: 'Hi', delayMs: 0 }],
  escalates: { messageId: 'm1', targets: [{ kind: 'queue', id: 'q1' }] },
};

test.each([
  [{ id: 'u1' }, true],
  [{ id: 'u1', text: 'hello', choiceId: 'c1' }, true],
  [{ id: 'u1', variables: [{ name: 'a', type: 'number', value: 1 }] }, true],
  [{ id: '' }, false],
  [{ id: 'u1', text: '' }, false],
  [{ id: 'u1', text: 'x'.repeat(16_385) }, false],
  [{ id: 'u1', choiceId: 7 }, false],
  [{ id: 'u1', variables: [{ name: 'a', type: 'colour', value: 1 }] }, false],
  ['hello', false],
  [null, false],
])('what the user says as %j passes: %s', (input, passes) => {
  expect(checkUserSays(input).ok).toBe(passes);
});

test.each([
  [{}, true],
  [{ reason: 'error', transcript: [{ from: 'user', text: 'hello' }] }, true],
  [{ reason: 'because' }, false],
  [{ transcript: [{ from: 'agent', text: 'hello' }] }, false],
  [{ sequence: -1 }, false],
  [{ botId: 7 }, false],
  [{ turn: { ...TURN, session: 's1' } }, false],
  [{ turn: { ...TURN, said: [{ id: 'w1' }] } }, false],
  [{ turn: { ...TURN, escalates: { messageId: 'm1' } } }, false],
  [{ turn: { ...TURN, said: Array(200).fill(TURN.said[0]) } }, false],
  [{ turn: { ...TURN, session: { generation: 1, more: 'x'.repeat(70_000) } } }, false],
])('a session handed over with %j passes: %s', (change, passes) => {
  expect(checkHandedOver({ turn: TURN, botId: 'bot-1', sequence: 3, ...change }).ok).toBe(passes);
});

test('what passes is a copy of the known members', () => {
  expect(checkUserSays({ id: 'u1', text: 'hello', more: 'x' })).toEqual({
    ok: true,
    value: { id: 'u1', text: 'hello' },
  });
  const handed = checkHandedOver({ turn: { ...TURN, more: 1 }, botId: 'b', sequence: 3, more: 1 });
  expect(handed).toEqual({ ok: true, value: { turn: TURN, botId: 'b', sequence: 3 } });
});

test('of a notice only what the conversation needs is kept', () => {
  const notice = {
    id: 'n1',
    type: 'escalation.failed',
    requestId: 'r1',
    reason: 'no_agents',
    detail: 'd'.repeat(300),
    target: { kind: 'queue', id: 'q1' },
    transcript: [{ text: 'secret' }],
  };
  const checked = checkNotice(notice);
  expect(checked).toMatchObject({ ok: true, value: { reason: 'no_agents', targetKind: 'queue' } });
  expect(JSON.stringify(checked)).not.toContain('secret');
  expect(checkNotice({ ...notice, type: 'escalation.odd' }).ok).toBe(false);
  expect(checkNotice(undefined).ok).toBe(false);
});

test('a workflow starts with a tenant, a conversation and a bot', () => {
  const input = { tenant: 't', conversationId: 'c', bot: 'b' };
  expect(isBotSessionInput(input)).toBe(true);
  for (const name of ['tenant', 'conversationId', 'bot'])
    expect(isBotSessionInput({ ...input, [name]: undefined })).toBe(false);
  expect(isBotSessionInput(undefined)).toBe(false);
});
