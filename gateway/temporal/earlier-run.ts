// What the conversation's last run leaves to the next one: its epoch, so that what a bot wrote under an older one
// stays refused, and the requests that were taken. Read without a worker.
import type { Client } from '@temporalio/client';
import type { Continued, EscalationInput } from '../../domain/request';
import type { EscalationResult } from '../../workflows/steps/close';
import type { LatestRun } from './escalation-run';
import { withTemporal } from './faults';
import { startInput } from './history';

/** A run remembers no more requests itself. */
const MAX_KNOWN = 500;

/**
 * What a closed run leaves. One without a result was terminated, cancelled or has failed: no change of owner is
 * without an event, so that the length of its history bounds the epoch that it reached.
 */
export async function leftBy(client: Client, run: LatestRun): Promise<Continued> {
  const result = await resultOf(client, run);
  if (result?.epoch !== undefined) {
    const { epoch, requestIds = [] } = result;
    return { epoch, requestIds: requestIds.slice(-MAX_KNOWN) };
  }
  const { request, continued } = await inputOf(client, run);
  const taken = [...(continued?.requestIds ?? []), ...(request ? [request.requestId] : [])];
  const requestIds = [...new Set([...taken, ...(result?.requestIds ?? [])])].slice(-MAX_KNOWN);
  return { epoch: (continued?.epoch ?? 0) + run.description.historyLength, requestIds };
}

/** The requests that a speaking run knows of from before. */
export async function knownFromBefore(client: Client, run: LatestRun): Promise<readonly string[]> {
  return (await inputOf(client, run)).continued?.requestIds ?? [];
}

async function resultOf(
  client: Client,
  { description, handle }: LatestRun,
): Promise<Partial<EscalationResult> | undefined> {
  if (description.status.name !== 'COMPLETED') return undefined;
  return (await withTemporal(client, () => handle.result())) as Partial<EscalationResult>;
}

async function inputOf(client: Client, { description }: LatestRun): Promise<Partial<EscalationInput>> {
  return ((await startInput(client, description)) ?? {}) as Partial<EscalationInput>;
}
