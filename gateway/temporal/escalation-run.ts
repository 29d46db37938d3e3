// Finds the run that a conversation's escalation is: the open or else latest one. A run that only posts what the bot
// says is none; it knows the escalation before it.
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { BatonError } from '../../domain/errors';
import { escalationWorkflowId } from '../../domain/ids';
import type { Phase } from '../../domain/phase';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import type { EscalationStatus } from '../../domain/status';
import type { GatewayDeps } from '../settings';
import { askWorkflow, withTemporal } from './faults';

/** Names one escalation: a tenant's open, or else latest, one of a conversation. */
export interface EscalationKey {
  readonly tenant: string;
  readonly conversationId: string;
}

/** One run. */
export interface Run {
  readonly runId: string;
  /** Of this very run. */
  readonly handle: WorkflowHandle;
  readonly isOpen: boolean;
}

/** The latest run of a conversation, of whichever kind. */
export interface LatestRun extends Run {
  readonly description: WorkflowExecutionDescription;
}

const PHASE = defineSearchAttributeKey('BatonPhase', SEARCH_ATTRIBUTES.BatonPhase);
const SPEAKING: Phase = 'speaking';

/**
 * The run of the conversation's open, or else latest, escalation.
 * @throws BatonError `ESC_ESCALATION_NOT_FOUND`, `ESC_NO_WORKER`, `ESC_TEMPORAL_UNAVAILABLE`
 */
export async function escalationRun(deps: Pick<GatewayDeps, 'client'>, key: EscalationKey): Promise<Run> {
  const { client } = deps;
  const latest = await latestRun(deps, key);
  if (!mayBeSpeaking(latest)) return latest;
  const { phase, lastEscalation } = await askWorkflow<EscalationStatus>(client, latest.handle, 'status');
  // A request has come since, and it is an escalation now.
  if (phase !== 'speaking') return latest;
  if (lastEscalation === undefined) throw noEscalation();
  const handle = client.workflow.getHandle(latest.handle.workflowId, lastEscalation);
  return { runId: lastEscalation, handle, isOpen: false };
}

/** The latest run. @throws BatonError `ESC_ESCALATION_NOT_FOUND`, `ESC_TEMPORAL_UNAVAILABLE` */
export async function latestRun(
  { client }: Pick<GatewayDeps, 'client'>,
  { tenant, conversationId }: EscalationKey,
): Promise<LatestRun> {
  const workflowId = escalationWorkflowId(tenant, conversationId);
  const description = await withTemporal(client, () => client.workflow.getHandle(workflowId).describe());
  return {
    description,
    runId: description.runId,
    handle: client.workflow.getHandle(workflowId, description.runId),
    isOpen: description.status.name === 'RUNNING',
  };
}

/** Whether it had no request when it last told. */
export function mayBeSpeaking({ description }: LatestRun): boolean {
  return description.typedSearchAttributes.get(PHASE) === SPEAKING;
}

/** What an id that never existed is answered with. */
export function noEscalation(): BatonError {
  return new BatonError('ESC_ESCALATION_NOT_FOUND', 'no open escalation of this conversation');
}
