// A chat of any length: before the history of a run becomes large, the escalation goes on in another run, with all that
// it knows. Not while anything is under way that this run would have to hear of.
import { allHandlersFinished, makeContinueAsNewFunc } from '@temporalio/workflow';
import type { EscalationState } from '../../../domain/escalation-state';
import { stateForNextRun } from '../../../domain/next-run';
import { isTellingProgress } from '../../../domain/notice-log';
import type { RelayPlan } from '../../../domain/plan';
import type { RelayState } from '../../../domain/relay';
import { isSaying } from '../../../domain/speaking';
import type { escalation } from '../../escalation';
import { isHistoryLong } from '../../in-turn';

/** Events of one run, if the plan does not say otherwise. Temporal warns at 10,240. */
const EVENTS_PER_RUN = 4_000;

/** Whether the history is long enough for another run, and nothing stands in its way. */
export function mayGoOn(state: EscalationState, relay: RelayState, { eventsPerRun }: RelayPlan): boolean {
  return isHistoryLong(eventsPerRun ?? EVENTS_PER_RUN) && !relay.end && isQuiet(state, relay);
}

/** Goes on in another run. Never resolves. */
export function goOnInNextRun(state: EscalationState): Promise<never> {
  const { tenant, conversationId, epoch } = state;
  const requestIds = state.requests.map(({ requestId }) => requestId);
  return makeContinueAsNewFunc<typeof escalation>()({
    tenant,
    conversationId,
    continued: { epoch, requestIds },
    resumed: stateForNextRun(state),
  });
}

function isQuiet(state: EscalationState, { toAgent, toUser, untold, telling }: RelayState): boolean {
  const nothingToTell = untold === 0 && !telling && !isTellingProgress(state);
  const nothingUnderWay = toAgent.inFlight + toUser.inFlight + state.settling + state.late.length === 0;
  return nothingToTell && nothingUnderWay && !isSaying(state) && allHandlersFinished();
}
