// What comes while a local activity runs is taken after it. The SDK may cut a workflow task in two when somebody asks a
// query: the answer of the local activity is written down by the first half and delivered in the second, behind the
// signals that came with that, while a replay delivers it first. What waits its turn is taken in the same order both
// times, and the history is as long both times; without a cut nothing ever waits.
import { ApplicationFailure } from '@temporalio/common';
import { condition, workflowInfo } from '@temporalio/workflow';
import type { ErrorCode } from '../domain/errors';

const BUSY: ErrorCode = 'ESC_WORKFLOW_BUSY';

/** What a workflow task tells of the history. */
export interface HistoryInfo {
  /** Events. */
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
}

interface Turn {
  /** Local activities under way. */
  running: number;
  readonly waiting: (() => void)[];
  /** An answer came when the history was longer than when it was asked for. */
  cut?: { readonly asked: HistoryInfo; readonly answeredAtLength: number };
}

const KEY = Symbol.for('baton.turn');

/** Of this workflow: globals are each workflow's own. */
function turn(): Turn {
  const own = globalThis as { [KEY]?: Turn };
  own[KEY] ??= { running: 0, waiting: [] };
  return own[KEY];
}

/** Runs a local activity. */
export async function asLocal<T>(run: () => Promise<T>): Promise<T> {
  const own = turn();
  const asked = historyInfo();
  own.running += 1;
  try {
    return await run();
  } finally {
    own.running -= 1;
    const { historyLength } = workflowInfo();
    if (historyLength !== asked.historyLength) own.cut = { asked, answeredAtLength: historyLength };
  }
}

/**
 * How long the history is, as it is in a replay too. The second half of a task that was cut sees a longer one than a
 * replay, in which the answer came at once; what came with the second half sees the longer one both times.
 */
export function historyInfo(): HistoryInfo {
  const { cut } = turn();
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return cut?.answeredAtLength === historyLength ? cut.asked : { historyLength, continueAsNewSuggested };
}

/** Whether it is time for another run: the history has more events than this, or the server says so. */
export function isHistoryLong(events: number): boolean {
  const { historyLength, continueAsNewSuggested } = historyInfo();
  return continueAsNewSuggested || historyLength > events;
}

/** What is done from here on came with the second half of a task, if it was cut. */
export function leaveCut(): void {
  delete turn().cut;
}

/** Before what something else than a local activity came to is looked at. */
export async function awaitTurn(): Promise<void> {
  if (isLocalUnderWay()) await condition(() => !isLocalUnderWay());
  leaveCut();
}

/** Whether a local activity is under way: what else ends meanwhile is looked at afterwards. */
export function isLocalUnderWay(): boolean {
  return turn().running > 0;
}

/** Takes what came now, or once the workflow waits for no local activity. */
export function takeInTurn(take: () => void): void {
  const own = turn();
  if (own.running === 0 && own.waiting.length === 0) return take();
  own.waiting.push(take);
  if (own.waiting.length === 1) void takeAll(own);
}

/**
 * For validators of updates. That an update was accepted stands in the history where it came, whatever waits its turn;
 * so none is accepted while a local activity runs, which only a cut can bring about. A refusal leaves no trace.
 */
export function refuseWhileBusy(): void {
  const { running, waiting } = turn();
  if (running === 0 && waiting.length === 0) return;
  throw ApplicationFailure.nonRetryable('The workflow is in the middle of a call: send it again', BUSY);
}

/** Resolves when nothing waits its turn. */
export async function nothingWaits(): Promise<void> {
  const own = turn();
  if (own.waiting.length > 0) await condition(() => own.waiting.length === 0);
}

/** A condition is looked at when all else has come to rest: what follows a local activity has begun the next one. */
async function takeAll(own: Turn): Promise<void> {
  await condition(() => own.running === 0);
  leaveCut();
  for (const take of own.waiting.splice(0)) take();
}
