// Follows the notices of a run as they come: rung by its history, asked by one query each time. What does not answer
// is asked again, so that a stream outlives a restart of the workers and a short absence of Temporal.
import { setTimeout as sleep } from 'node:timers/promises';
import { QueryNotRegisteredError } from '@temporalio/client';
import { BatonError } from '../../domain/errors';
import type { NoticeLog, NoticeRecord } from '../../domain/notice';
import type { GatewayDeps } from '../settings';
import { createBell } from './bell';
import { askWorkflow, unlessAborted } from '../../temporal/faults';
import { nextRunOf } from './next-run';

/** Several tasks of a workflow often follow each other at once: they are asked about together. */
const GATHER_MS = 50;
/** Longest absence of Temporal, in milliseconds; the caller comes back later, perhaps to another gateway. */
const ABSENCE_MS = 30_000;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 10_000;

/** One run, by its ids. */
export interface FollowedRun {
  readonly workflowId: string;
  readonly runId: string;
}

/** The notices after a sequence number. @throws BatonError as {@link askWorkflow} */
export function noticesAfter(
  { client }: Pick<GatewayDeps, 'client'>,
  { workflowId, runId }: FollowedRun,
  after: number,
): Promise<NoticeLog> {
  return askWorkflow<NoticeLog>(client, client.workflow.getHandle(workflowId, runId), 'notices', after);
}

/**
 * The notices after `after`, as they come; `waiting` while nobody answers for the run, and then a list, even an empty
 * one. Ends with the escalation, which may have further runs, when `signal` aborts, or when Temporal is away for long.
 */
export async function* followNotices(
  deps: Pick<GatewayDeps, 'client'>,
  run: FollowedRun,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly NoticeRecord[] | 'waiting', void, void> {
  const { workflowId } = run;
  let last = after;
  for (let runId: string | undefined = run.runId; runId !== undefined;) {
    const current: FollowedRun = { workflowId, runId };
    const end: RunEnd | undefined = yield* followRun(deps, current, last, signal);
    if (end === undefined || end.complete) return;
    last = end.last;
    // Its notices go on in the next run, under the next numbers.
    runId = yield* insisting(() => nextRunOf(deps.client, current), signal);
  }
}

/** Where a run ended that was followed to its end. */
interface RunEnd {
  readonly last: number;
  readonly complete: boolean;
}

async function* followRun(
  deps: Pick<GatewayDeps, 'client'>,
  run: FollowedRun,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly NoticeRecord[] | 'waiting', RunEnd | undefined, void> {
  const bell = createBell(deps.client, run);
  for (let last = after; ;) {
    const ring = yield* insisting(() => bell.next(signal), signal);
    if (ring === undefined) return undefined;
    if (ring === 'nothing') continue;
    if (ring === 'news') await sleep(GATHER_MS);
    const ask = () => unlessAborted(deps.client, signal, () => noticesAfter(deps, run, last));
    const log = yield* insisting(ask, signal);
    if (log === undefined) return undefined;
    if (log.records.length > 0) yield log.records;
    last = log.records.at(-1)?.notice.sequence ?? last;
    if (log.complete || ring === 'closed') return { last, complete: log.complete };
  }
}

/** Asks until there is an answer, with an empty list after a wait; undefined when `signal` aborts or Temporal is away for long. */
async function* insisting<T>(
  ask: () => Promise<T>,
  signal: AbortSignal,
): AsyncGenerator<readonly NoticeRecord[] | 'waiting', T | undefined, void> {
  let awaySince: number | undefined;
  let waited = false;
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
    try {
      const answer = await ask();
      if (waited) yield [];
      return answer;
    } catch (error) {
      if (signal.aborted) return undefined;
      const absent = whoIsAbsent(error);
      if (absent === undefined) throw error;
      awaySince = absent === 'temporal' ? (awaySince ?? Date.now()) : undefined;
      if (awaySince !== undefined && Date.now() - awaySince > ABSENCE_MS) return undefined;
    }
    yield 'waiting';
    waited = true;
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

/** A worker that does not know the query is an older one, soon to be replaced. */
function whoIsAbsent(error: unknown): 'temporal' | 'worker' | undefined {
  if (error instanceof QueryNotRegisteredError) return 'worker';
  if (!(error instanceof BatonError)) return undefined;
  if (error.code === 'ESC_NO_WORKER') return 'worker';
  return error.code === 'ESC_TEMPORAL_UNAVAILABLE' ? 'temporal' : undefined;
}
