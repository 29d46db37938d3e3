// The answer of the `status` query and of the gateway's GET: where an escalation stands, without message text.
import type { EscalationState, Waiting } from './escalation-state';
import type { Outcome } from './outcome';
import type { Owner, Phase } from './phase';
import { relayStatus, type RelayStatus } from './relay-status';
import type { EscalationReason } from './request';
import type { ResultData } from './result-data';
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
  /** Why the bot escalates, where it tells. */
  readonly reason?: EscalationReason;
  readonly rung?: number;
  /** Length of the ladder. */
  readonly rungs?: number;
  readonly target?: Target;
  readonly waiting?: Waiting;
  readonly outcome?: Outcome;
  /** What the platform's answer to the last attempt became for the bot. */
  readonly result?: ResultData;
  /** What the user and a human write to each other, where Baton carries it. */
  readonly relay?: RelayStatus;
  /** Only of a run that is no escalation: run id of the conversation's last one. */
  readonly lastEscalation?: string;
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
    // What is said before the request is worked on is part of that.
    phase: state.phase === 'speaking' && state.pending ? 'planning' : state.phase,
    owner: state.owner,
    epoch: state.epoch,
    attempt: state.attempt,
    ...(state.request && { requestId: state.request.requestId, integration: state.request.integration }),
    ...(state.request?.reason && { reason: state.request.reason }),
    ...(state.rung === undefined ? {} : { rung: state.rung }),
    ...(state.plan && { rungs: state.plan.rungs.length }),
    ...(rung && { target: rung.target }),
    ...(state.waiting && { waiting: state.waiting }),
    ...(state.outcome && { outcome: state.outcome }),
    ...(state.result && { result: state.result }),
    ...(state.relay && { relay: relayStatus(state.relay) }),
    ...(state.attempt === 0 &&
      !state.pending &&
      state.lastEscalation !== undefined && { lastEscalation: state.lastEscalation }),
    attempts: state.attempts,
  };
}
