// The answer of the `status` query and of the gateway's GET: where an escalation stands, without message text.
import { type EscalationState, type Waiting } from './escalation-state';
import type { Outcome } from './outcome';
import type { Owner, Phase } from './phase';
import type { Target } from './target';

/** Where an escalation stands. Times are epoch milliseconds. */
export interface EscalationStatus {
  readonly conversationId: string;
  readonly phase: Phase;
  readonly owner: Owner;
  readonly epoch: number;
  readonly attempt: number;
  readonly requestId?: string;
  readonly integration?: string;
  readonly rung?: number;
  readonly target?: Target;
  readonly waiting?: Waiting;
  readonly outcome?: Outcome;
  readonly attempts: readonly {
    readonly requestId: string;
    readonly attempt: number;
    readonly outcome: Outcome;
  }[];
}

/** The status of a state. */
export function statusOf(state: EscalationState): EscalationStatus {
  const rung = state.rung === undefined ? undefined : state.plan?.rungs[state.rung];
  return {
    conversationId: state.conversationId,
    phase: state.phase,
    owner: state.owner,
    epoch: state.epoch,
    attempt: state.attempt,
    ...(state.request && { requestId: state.request.requestId, integration: state.request.integration }),
    ...(state.rung === undefined ? {} : { rung: state.rung }),
    ...(rung && { target: rung.target }),
    ...(state.waiting && { waiting: state.waiting }),
    ...(state.outcome && { outcome: state.outcome }),
    attempts: state.attempts,
  };
}
