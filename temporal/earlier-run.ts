// What the conversation's last run leaves to the next one: its epoch, so that what a bot wrote under an older one
// stays refused, and the requests that were taken. Read without a worker.
import type { Client } from '@temporalio/client';
import type { Continued, EscalationInput } from '../domain/request';
import type { EscalationResult } from '../workflows/steps/close';
import { withTemporal } from './faults';
import { startInput } from './history';
import { mayBeSpeaking, type LatestRun } from './runs';

/** A run remembers no more requests itself. */
const MAX_KNOWN = 500;

/** Of a run that completed; those of older workers lack members. */
type ResultLeft = Partial<EscalationResult>;

/** What a closed run leaves. */
export interface Left extends Continued {
  /** It did not end with a result: the epoch is a bound, and the owner is not known. */
  readonly isBound?: true;
}

/**
 * What a closed run leaves to the next. One without a result was terminated, cancelled or has failed: no change of
 * owner is without an event, so that the length of its history bounds the epoch that it reached.
 */
export async function leftBy(client: Client, run: LatestRun): Promise<Left> {
  const result = await resultOf(client, run);
  if (result?.epoch !== undefined) {
    const { epoch, owner, requestIds = [] } = result;
    return { epoch, requestIds: requestIds.slice(-MAX_KNOWN), ...(owner && { owner }) };
  }
  const { request, continued } = await inputOf(client, run);
  const taken = [...(continued?.requestIds ?? []), ...(request ? [request.requestId] : [])];
  const requestIds = [...new Set([...taken, ...(result?.requestIds ?? [])])].slice(-MAX_KNOWN);
  return { epoch: (continued?.epoch ?? 0) + run.description.historyLength, requestIds, isBound: true };
}

/** The requests that a speaking run knows of from before. */
export async function knownFromBefore(client: Client, run: LatestRun): Promise<readonly string[]> {
  return (await inputOf(client, run)).continued?.requestIds ?? [];
}

/** The run of the conversation's last escalation: this one, or of a speaking run the one before it. */
export async function lastEscalationOf(client: Client, run: LatestRun): Promise<string | undefined> {
  if (!mayBeSpeaking(run)) return run.description.runId;
  return (await inputOf(client, run)).continued?.lastEscalation;
}

async function resultOf(client: Client, { description, handle }: LatestRun): Promise<ResultLeft | undefined> {
  if (description.status.name !== 'COMPLETED') return undefined;
  return (await withTemporal(client, () => handle.result())) as ResultLeft;
}

async function inputOf(client: Client, { description }: LatestRun): Promise<Partial<EscalationInput>> {
  return (await startInput(client, description)) ?? {};
}
