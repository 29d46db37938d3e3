// The answer of the `explain` query: the story of an escalation, for the person on call.
import type { DeadLetter, EscalationState, StoryLine, Transfer } from './escalation-state';
import { statusOf, type EscalationStatus } from './status';

/** Everything an operator may want to know, without message text and names. */
export interface Explanation {
  readonly status: EscalationStatus;
  readonly story: readonly StoryLine[];
  readonly transfers: readonly Omit<Transfer, 'chat' | 'carried' | 'listenMs'>[];
  /** Messages that could not be understood, and why. */
  readonly deadLetters: readonly DeadLetter[];
}

/** The explanation of a state. */
export function explain(state: EscalationState): Explanation {
  return {
    status: statusOf(state),
    story: state.story,
    transfers: state.transfers.map(({ chat: _, carried: __, listenMs: ___, ...transfer }) => transfer),
    deadLetters: state.deadLetters,
  };
}
