// The runs of a conversation's workflow: escalations, and between them runs that only post what the bot says.
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { BatonError } from '../domain/errors';
import { escalationWorkflowId } from '../domain/ids';
import type { Phase } from '../domain/phase';
import { SEARCH_ATTRIBUTES } from '../domain/search-attributes';
import type { TemporalDeps } from './deps';
import { withTemporal } from './faults';

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

/** The latest run. @throws BatonError `ESC_ESCALATION_NOT_FOUND`, `ESC_TEMPORAL_UNAVAILABLE` */
export async function latestRun(
  { client }: Pick<TemporalDeps, 'client'>,
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
