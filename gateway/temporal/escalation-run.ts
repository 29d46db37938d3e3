// Finds the run that a conversation's escalation is: the open or else latest one. A run that only posts what the bot
// says is none; it knows the escalation before it.
import type { EscalationStatus } from '../../domain/status';
import type { GatewayDeps } from '../settings';
import { lastEscalationOf } from '../../temporal/earlier-run';
import { askWorkflow } from '../../temporal/faults';
import { latestRun, mayBeSpeaking, noEscalation, type EscalationKey, type Run } from '../../temporal/runs';

/**
 * The run of the conversation's open, or else latest, escalation.
 * @throws BatonError `ESC_ESCALATION_NOT_FOUND`, `ESC_NO_WORKER`, `ESC_TEMPORAL_UNAVAILABLE`
 */
export async function escalationRun(deps: Pick<GatewayDeps, 'client'>, key: EscalationKey): Promise<Run> {
  const { client } = deps;
  const latest = await latestRun(deps, key);
  if (!mayBeSpeaking(latest)) return latest;
  // A request may have come since, and it is an escalation now.
  if (latest.isOpen) {
    const { phase, attempt } = await askWorkflow<EscalationStatus>(client, latest.handle, 'status');
    const onlySpoke = phase === 'speaking' || (phase === 'closed' && attempt === 0);
    if (!onlySpoke) return latest;
  }
  const runId = await lastEscalationOf(client, latest);
  if (runId === undefined) throw noEscalation();
  return { runId, handle: client.workflow.getHandle(latest.handle.workflowId, runId), isOpen: false };
}
