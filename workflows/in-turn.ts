// What comes while a local activity runs is taken after it. The SDK may cut a workflow task in two when somebody asks a
// query: the answer of the local activity is written down by the first half and delivered in the second, behind the
// signals that came with that, while a replay delivers it first. What waits its turn is taken in the same order both
// times; without a cut nothing ever waits.
import { condition } from '@temporalio/workflow';

interface Turn {
  /** Local activities under way. */
  running: number;
  readonly waiting: (() => void)[];
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
  own.running += 1;
  try {
    return await run();
  } finally {
    own.running -= 1;
  }
}

/** Before what something else than a local activity came to is looked at. */
export async function awaitTurn(): Promise<void> {
  if (isLocalUnderWay()) await condition(() => !isLocalUnderWay());
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

/** Resolves when nothing waits its turn. */
export async function nothingWaits(): Promise<void> {
  const own = turn();
  if (own.waiting.length > 0) await condition(() => own.waiting.length === 0);
}

/** A condition is looked at when all else has come to rest: what follows a local activity has begun the next one. */
async function takeAll(own: Turn): Promise<void> {
  await condition(() => own.running === 0);
  for (const take of own.waiting.splice(0)) take();
}
