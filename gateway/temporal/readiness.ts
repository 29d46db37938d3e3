// Whether Temporal answers and workers poll. Probes ask every few seconds, and anybody may: one answer serves all who
// ask within a moment, so that they cost Temporal nothing.
import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../../domain/task-queue';
import { withTemporal } from '../../temporal/faults';

const DEADLINE_MS = 2_000;
const KEPT_MS = 2_000;
/** A poll waits for a minute, and its worker is seen again when it begins the next. */
const POLLED_WITHIN_MS = 70_000;
/** `TaskQueueType` of the Temporal API. */
const WORKFLOW_TASKS = 1;
const ACTIVITY_TASKS = 2;

/** What `/readyz` says. */
export interface Readiness {
  /** Temporal answers for this namespace. */
  readonly temporal: boolean;
  /** Something polls for workflow tasks and something for activity tasks. */
  readonly workers: boolean;
}

/** Asks Temporal, at most every {@link KEPT_MS}. */
export function createReadiness(client: Client): () => Promise<Readiness> {
  let latest: { readonly answer: Promise<Readiness>; readonly askedAt: number } | undefined;
  return () => {
    if (latest === undefined || Date.now() - latest.askedAt > KEPT_MS)
      latest = { answer: ask(client), askedAt: Date.now() };
    return latest.answer;
  };
}

async function ask(client: Client): Promise<Readiness> {
  try {
    const polled = await Promise.all([WORKFLOW_TASKS, ACTIVITY_TASKS].map((type) => isPolled(client, type)));
    return { temporal: true, workers: polled.every(Boolean) };
  } catch {
    return { temporal: false, workers: false };
  }
}

async function isPolled(client: Client, taskQueueType: number): Promise<boolean> {
  const { pollers } = await withTemporal(
    client,
    () =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType,
      }),
    DEADLINE_MS,
  );
  const since = Date.now() - POLLED_WITHIN_MS;
  return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 >= since);
}
