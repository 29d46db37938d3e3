// An answer that comes late from a withdrawn rung is seen, recorded and undone, so that two agents never get one user.
import { condition } from '@temporalio/workflow';
import { humanStays, type EscalationState } from '../../domain/escalation-state';
import type { DeskEventSignal } from '../../domain/desk-event';
import { callWithRetries } from '../calls';
import { narrate } from '../inspect';
import { callOf } from './transfer-ref';
import { noteAnswer } from './write-down';

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
    state.settling += 1;
    await undo(state, late);
    state.settling -= 1;
  }
}

async function undo(state: EscalationState, late: DeskEventSignal): Promise<void> {
  const transfer = state.transfers.find((t) => t.transferId === late.transferId);
  if (!transfer) return;
  narrate(state, 'late_answer', `${late.event.kind} of withdrawn rung ${transfer.rung + 1}`);
  const ref = callOf(state, transfer);
  // Never a local activity beside the main story's: two at a time are replayed in the order in which they began, not
  // in the one in which they ended, and the history could not be replayed.
  const result = await callWithRetries('withdrawTransfer', ref, {
    summary: `Undo the late answer of ${ref.target.kind} ${ref.target.id}`,
    deadlineAt: Date.now() + UNDO_MS,
  });
  if (result.kind !== 'done') {
    narrate(state, 'late_answer_stands', result.kind === 'fault' ? result.fault.code : result.kind);
  } else if (result.value.kind === 'connected') {
    noteAnswer(state);
    humanStays(state, Date.now(), transfer, result.value.agentId);
  } else {
    transfer.standing = 'withdrawn';
    narrate(state, 'late_answer_undone', `rung ${transfer.rung + 1}`);
  }
}
