// What comes while a local activity runs is taken after it. The SDK may cut a workflow task in two when somebody asks a
// query: the answer of the local activity is written down by the first half and delivered in the second, behind the
// signals that came with that, while a replay delivers it first. A task may be cut again before the answer is delivered:
// then what came with the second half and what came with the third wait together, while a replay takes the former
// before the latter is there. What waits its turn is taken in the same order both times, task by task, and the history
// is as long both times; without a cut nothing ever waits.
import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { ErrorCode } from '../domain/errors';

const BUSY: ErrorCode = 'ESC_WORKFLOW_BUSY';

/** What a workflow task tells of the history. */
export interface HistoryInfo {
  /** Events. */
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
}

/** Something that waits its turn, and with which workflow task it came. */
interface Waiting {
  readonly cameWith: HistoryInfo;
  readonly take: () => void;
}

interface Turn {
  /** Local activities under way. */
  running: number;
  /** In the order in which they came. */
  readonly waiting: Waiting[];
  /** Somebody takes what waits. */
  taking?: true;
  /** An answer came when the history was longer than when it was asked for. */
  cut?: { readonly asked: HistoryInfo; readonly answeredAtLength: number };
}

const KEY = Symbol.for('baton.turn');
/** More than one thing leads to another before a workflow comes to rest. */
const ROUNDS = 10;

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
  const now = lengthNow();
  return cut?.answeredAtLength === now.historyLength ? cut.asked : now;
}

/** Whether it is time for another run: the history has more events than this, or the server says so. */
export function isHistoryLong(events: number): boolean {
  const { historyLength, continueAsNewSuggested } = historyInfo();
  return continueAsNewSuggested || historyLength > events;
}

/** Before what something else than a local activity came to is looked at. */
export async function awaitTurn(): Promise<void> {
  const own = turn();
  // What is done from here on came with the second half of a task, if it was cut.
  if (mayTake(own)) delete own.cut;
  else await new Promise<void>((resolve) => wait(own, resolve));
}

/** Whether a local activity is under way: what else ends meanwhile is looked at afterwards. */
export function isLocalUnderWay(): boolean {
  return turn().running > 0;
}

/** Takes what came now, or once the workflow waits for no local activity. */
export function takeInTurn(take: () => void): void {
  const own = turn();
  if (mayTake(own)) take();
  else wait(own, take);
}

/**
 * For validators of updates. That an update was accepted stands in the history where it came, whatever waits its turn;
 * so none is accepted while a local activity runs, which only a cut can bring about. A refusal leaves no trace.
 */
export function refuseWhileBusy(): void {
  if (mayTake(turn())) return;
  throw ApplicationFailure.nonRetryable('The workflow is in the middle of a call: send it again', BUSY);
}

/** Resolves when nothing waits its turn. */
export async function nothingWaits(): Promise<void> {
  const own = turn();
  if (own.waiting.length > 0) await condition(() => own.waiting.length === 0);
}

function mayTake({ running, waiting }: Turn): boolean {
  return running === 0 && waiting.length === 0;
}

function wait(own: Turn, take: () => void): void {
  own.waiting.push({ cameWith: lengthNow(), take });
  if (own.taking) return;
  own.taking = true;
  // Whatever is cancelled, what came is taken.
  void CancellationScope.nonCancellable(() => takeAll(own));
}

async function takeAll(own: Turn): Promise<void> {
  for (let first = own.waiting[0]; first; first = own.waiting[0]) {
    await comeToRest(own);
    const { cameWith } = first;
    // In a replay it is that long when these are taken.
    own.cut = { asked: cameWith, answeredAtLength: lengthNow().historyLength };
    const together = own.waiting.filter((each) => each.cameWith.historyLength === cameWith.historyLength);
    for (const { take } of together) take();
    own.waiting.splice(0, together.length);
  }
  delete own.taking;
}

/** What follows a local activity may begin the next one, at once or when something else has followed. */
async function comeToRest(own: Turn): Promise<void> {
  for (let rounds = 0; rounds < ROUNDS; rounds = own.running === 0 ? rounds + 1 : 0) {
    await condition(() => own.running === 0);
    let isNext = false;
    await condition(() => isNext || ((isNext = true), false));
  }
}

function lengthNow(): HistoryInfo {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return { historyLength, continueAsNewSuggested };
}
