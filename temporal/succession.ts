// Who goes on from a closed run. Temporal starts a workflow of the same id again whatever ran in between, so that a
// caller who was held up could go on from a run that has had a successor, under an epoch that is over. Whoever goes on
// claims that first: by a workflow whose id is made of the run's, which Temporal starts once.
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { successionWorkflowId } from '../domain/ids';
import { SUCCESSION_WORKFLOW, TASK_QUEUE } from '../domain/task-queue';
import type { TemporalDeps } from './deps';
import { asAttributes } from '../workflows/attributes';
import { withTemporal } from './faults';
import { latestRun, type EscalationKey, type LatestRun } from './runs';

/** The claim's workflow ends by itself. Longer than its holder may take to start the next run. */
const CLAIMED_FOR_MS = 12_000;
/** The holder begins to start it by then, or not at all; that takes no longer than an update is waited for. */
const BEGIN_WITHIN_MS = 3_000;
/** How long to look for the run that follows: the holder of the claim may have died. */
export const LOOK_FOR_MS = CLAIMED_FOR_MS + 3_000;
/** Until the holder has started the next run, or is gone. */
const LOOK_AGAIN_MS = 100;
/** Holders that died one after the other. */
const MAX_TURNS = 10;

/**
 * Whether the caller, and nobody else, may start the run after this closed one, now. If not, a moment has passed: the
 * latest run is another one, or will be.
 * @throws BatonError as `withTemporal`
 */
export async function maySucceed(
  deps: Pick<TemporalDeps, 'client'>,
  key: EscalationKey,
  { runId }: LatestRun,
): Promise<boolean> {
  const beginBefore = performance.now() + BEGIN_WITHIN_MS;
  const isClaimed = await claimed(deps.client, key.tenant, runId);
  // Somebody who held the claim and is gone may have started the next run before.
  const isLatest = isClaimed && (await latestRun(deps, key)).runId === runId;
  if (isLatest && performance.now() < beginBefore) return true;
  await sleep(LOOK_AGAIN_MS);
  return false;
}

async function claimed(client: Client, tenant: string, runId: string): Promise<boolean> {
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    const workflowId = successionWorkflowId(tenant, runId, turn);
    if (await started(client, tenant, workflowId)) return true;
    const { status } = await withTemporal(client, () => client.workflow.getHandle(workflowId).describe());
    if (status.name === 'RUNNING') return false;
  }
  return false;
}

async function started(client: Client, tenant: string, workflowId: string): Promise<boolean> {
  try {
    await withTemporal(client, () =>
      client.workflow.start(SUCCESSION_WORKFLOW, {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [],
        // No worker is asked: it is over before its first task.
        startDelay: 2 * CLAIMED_FOR_MS,
        workflowExecutionTimeout: CLAIMED_FOR_MS,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        typedSearchAttributes: asAttributes({ BatonTenant: tenant }),
        staticSummary: 'Claim to go on from a closed run',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
