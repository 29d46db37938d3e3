// Who may speak, decided on the state alone; the guards of what a run is started with and told.
import fc from 'fast-check';
import { acceptRequest, beginAttempt } from '../../domain/escalation-requests';
import { handOver, openState } from '../../domain/escalation-state';
import { isEscalationInput } from '../../domain/guards';
import { checkReturned, checkSay, giveBack, maySay, ownershipOf } from '../../domain/speaking';

const NOW = Date.UTC(2026, 5, 1, 12);
const started = { tenant: 'acme', conversationId: 'c' };

test('a run begins with the owner and the epoch that the one before left', () => {
  const continued = { epoch: 7, owner: 'agent', requestIds: ['r0'] } as const;

  expect(ownershipOf(openState({ ...started, speaking: true, continued }))).toEqual({
    owner: 'agent',
    epoch: 7,
  });
  expect(ownershipOf(openState(started))).toEqual({ owner: 'bot', epoch: 0 });
});

test('a bot may speak until it has asked for a handoff', () => {
  const state = openState(started);
  expect(maySay(state, 0)).toBe(true);
  acceptRequest(state, NOW, { requestId: 'r1', integration: 'i' });
  expect(maySay(state, 0)).toBe(false);
  beginAttempt(state);
  expect([0, 1].map((epoch) => maySay(state, epoch))).toEqual([false, false]);
});

test('a conversation is given back once, however often that is said', () => {
  const state = openState(started);
  handOver(state, 'agent');

  expect(giveBack(state, 0, 1)).toEqual({ owner: 'bot', epoch: 2 });
  expect(giveBack(state, 0, 1)).toEqual({ owner: 'bot', epoch: 2 });
});

test('never throws on what it is sent, and lets only plain values pass', () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 3, withBigInt: true, withDate: true }), (value) => {
      for (const input of [value, { bot: value, epoch: 1, message: value }, { epoch: value }])
        for (const checked of [checkSay(input), checkReturned(input)]) {
          if (checked.ok) expect(JSON.parse(JSON.stringify(checked.value))).toEqual(checked.value);
          else expect(checked.problem.length).toBeLessThan(200);
        }
    }),
  );
});

test('takes only a message that is known, without what rides along', () => {
  const message = { id: 'm1', text: 'Hello' };

  expect(checkSay({ bot: 'b', epoch: 0, message: { ...message, more: {} }, other: 1 })).toEqual({
    ok: true,
    value: { bot: 'b', epoch: 0, message },
  });
});

test('is started with what an earlier run left, in its shape', () => {
  const continued = { epoch: 1, requestIds: [] };
  const good = [
    { speaking: true, continued },
    { continued: { ...continued, owner: 'agent', lastEscalation: 'x' } },
  ];
  const bad = [
    { speaking: 'yes' },
    { continued: { ...continued, owner: 'nobody' } },
    { continued: { ...continued, lastEscalation: 7 } },
    { continued: { epoch: -1, requestIds: [] } },
  ];

  for (const parts of good) expect(isEscalationInput({ ...started, ...parts })).toBe(true);
  for (const parts of bad) expect(isEscalationInput({ ...started, ...parts })).toBe(false);
});
