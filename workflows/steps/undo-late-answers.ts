// An answer that comes late from a withdrawn rung is seen, recorded and undone, so that two agents never get one user.
import { condition } from '@temporalio/workflow';
import type { EscalationState } from '../../domain/escalation-state';
import type { DeskEventSignal } from '../../domain/desk-event';
import { narrate } from '../inspect';
import { callOf } from './transfer-ref';
import { withdrawBeside } from './withdraw';

const UNDO_MS = 60_000;

/** Watches, beside the main story, until the escalation is closed, which waits for what is being undone. */
export function undoLateAnswers(state: EscalationState): void {
  void watchForLateAnswers(state);
}

async function watchForLateAnswers(state: EscalationState): Promise<void> {
  for (;;) {
    await condition(() => state.late.length > 0 || state.phase === 'closed');
    const late = state.late.shift();
    if (!late) return;
    await undo(state, late);
  }
}

async function undo(state: EscalationState, late: DeskEventSignal): Promise<void> {
  const transfer = state.transfers.find((t) => t.transferId === late.transferId);
  if (!transfer) return;
  narrate(state, 'late_answer', `${late.event.kind} of withdrawn rung ${transfer.rung + 1}`);
  const ref = callOf(state, transfer);
  await withdrawBeside(state, transfer, ref, {
    summary: `Undo the late answer of ${ref.target.kind} ${ref.target.id}`,
    withinMs: UNDO_MS,
    undone: () => ['late_answer_undone', `rung ${transfer.rung + 1}`],
    stands: 'late_answer_stands',
  });
}
