// What stops an escalation: the user leaves, somebody cancels, or a human joined on a rung that was given up. Pure
// transitions of the state.
import { isTalking, tell, type EscalationState, type Interrupt } from './escalation-state';
import type { Outcome } from './outcome';
import { endRelay } from './relay';

/** Stops the escalation; the first reason stands. A human who is there already is left. */
export function interrupt(state: EscalationState, at: number, why: Interrupt): void {
  if (isTalking(state) && state.relay) {
    endRelay(
      state.relay,
      why.kind === 'userLeft' ? { by: 'user', reason: 'left', at } : { by: why.by, reason: 'cancelled', at },
    );
    tell(state, at, why.kind === 'userLeft' ? 'user_left' : `cancelled_by_${why.by}`);
    return;
  }
  if (state.interrupt !== undefined || state.outcome !== undefined || state.phase === 'closed') return;
  state.interrupt = why;
  state.unreadAtInterrupt = state.events.length;
  tell(state, at, why.kind === 'userLeft' ? 'user_left' : `cancelled_by_${why.by}`);
}

/** The interrupt as the outcome it leads to. */
function interruptOutcome(why: Interrupt): Outcome {
  return why.kind === 'userLeft' ? { kind: 'abandoned' } : { kind: 'cancelled', by: why.by };
}

/**
 * A human joined before a cancel took effect: the cancel is void, and a request that came after it is answered by
 * this attempt.
 */
export function voidCancel(state: EscalationState, at: number): void {
  if (state.interrupt?.kind !== 'cancelled') return;
  tell(state, at, 'cancelled_too_late');
  delete state.interrupt;
  if (!state.next) return;
  const { requestId } = state.next;
  delete state.next;
  const index = state.requests.findIndex((known) => known.requestId === requestId);
  state.requests[index] = { requestId, attempt: state.attempt };
  tell(state, at, 'request_merged', `request ${requestId} is answered with the running one`);
}

/** Whether the attempt at hand must stop: it was interrupted, or a human joined on a rung that was given up. */
export function mustStop(state: EscalationState): boolean {
  return state.interrupt !== undefined || state.joined !== undefined;
}

/** How an attempt that must stop ends; undefined if it need not. */
export function stopOutcome(state: EscalationState): Outcome | undefined {
  if (state.interrupt?.kind === 'userLeft' || (state.interrupt && !state.joined)) {
    return interruptOutcome(state.interrupt);
  }
  return state.joined && { kind: 'connected', ...state.joined };
}
