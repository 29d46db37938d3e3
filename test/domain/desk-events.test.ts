// Which events of desks count, before any step of the workflow reads them.
import type { DeskEventSignal } from '../../domain/desk-event';
import { acceptDeskEvent } from '../../domain/escalation-hears';
import { openState, type EscalationState } from '../../domain/escalation-state';
import { openTransfer, takeEvent } from '../../domain/escalation-transfers';

const AT = 1_000;

function aStateWithATransfer(): EscalationState {
  const state = openState({ tenant: 'acme', conversationId: 'c1' });
  const target = { kind: 'skill', id: '4711' } as const;
  openTransfer(state, { transferId: 't1', attempt: 1, rung: 0, connector: 'desk', target });
  return state;
}

const connected = (from: Partial<DeskEventSignal>): DeskEventSignal => ({
  id: 'e1',
  transferId: 't1',
  event: { kind: 'connected' },
  ...from,
});

test.each([
  ['the connector of the transfer', { connector: 'desk' }],
  ['nobody whom the gateway knows', {}],
])('an event from %s counts', (_who, from) => {
  const state = aStateWithATransfer();

  acceptDeskEvent(state, AT, connected(from));

  expect(takeEvent(state, 't1')).toEqual({ kind: 'connected' });
  expect(state.deadLetters).toEqual([]);
});

test("an event about another connector's transfer is a dead letter", () => {
  const state = aStateWithATransfer();

  acceptDeskEvent(state, AT, connected({ connector: 'other-desk' }));

  expect(takeEvent(state, 't1')).toBeUndefined();
  expect(state.deadLetters).toEqual([
    { at: AT, signal: 'deskEvent', problem: 'no transfer t1 on connector other-desk' },
  ]);
});

test('what comes after an event stays unread when that one is taken', () => {
  const state = aStateWithATransfer();
  acceptDeskEvent(state, AT, connected({ event: { kind: 'declined', reason: 'no_agents' } }));
  acceptDeskEvent(state, AT, connected({ id: 'e2' }));

  expect(takeEvent(state, 't1')).toMatchObject({ kind: 'declined' });
  expect(state.events.map(({ id }) => id)).toEqual(['e2']);
});
