// The answer of the `explain` query: the story of an escalation, for the person on call.
import type { DeadLetter, EscalationState, StoryLine, Transfer } from './escalation-state';
import { statusOf, type EscalationStatus } from './status';

/** A transfer without what only its desk, or the next one to talk, has to know. */
type ExplainedTransfer = Omit<Transfer, 'chat' | 'carried' | 'listenMs' | 'said' | 'handsOn'>;

/** Everything an operator may want to know, without message text and names. */
export interface Explanation {
  readonly status: EscalationStatus;
  readonly story: readonly StoryLine[];
  readonly transfers: readonly ExplainedTransfer[];
  /** Messages that could not be understood, and why. */
  readonly deadLetters: readonly DeadLetter[];
}

function explained(transfer: Transfer): ExplainedTransfer {
  const { chat: _, carried: __, listenMs: ___, said: ____, handsOn: _____, ...shown } = transfer;
  return shown;
}

/** The explanation of a state. */
export function explain(state: EscalationState): Explanation {
  return {
    status: statusOf(state),
    story: state.story,
    transfers: state.transfers.map(explained),
    deadLetters: state.deadLetters,
  };
}
