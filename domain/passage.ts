// What a bot's platform wants done for a conversation, in the order in which it came: see workflows/bot-passage.ts. The
// state is plain and small, because one run hands it to the next.
import { bad, isId, isRecord, MAX_ID_CHARS, type Checked } from './shapes';

/** Signal `passOn`. The same id again is the same. */
export interface PassOn {
  /** The platform's id of what came. */
  readonly id: string;
  /** Name of the bot whose platform sent it. */
  readonly bot: string;
  /** Opaque, done in order. */
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

/** What is waiting, and since when. */
export interface WaitingPassage extends PassOn {
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What the workflow knows. */
export interface PassageState {
  readonly waiting: WaitingPassage[];
  /** Items of the first one that are done, or dropped. */
  done: number;
  /** Of what came, also of what is done already; the oldest are forgotten. */
  readonly knownIds: string[];
  passedOn: number;
  /** Items that were given up. */
  dropped: number;
  /** The latest of them: when, which and why; ids only. */
  readonly droppedLines: string[];
}

/** What the workflow `botPassage` is started with. */
export interface PassageInput {
  readonly tenant: string;
  readonly conversationId: string;
  /** What the run before knew, when it went on as this one. */
  readonly resumed?: PassageState;
  /** A run that has so many events goes on as the next. @default 2000 */
  readonly eventsPerRun?: number;
}

const MAX_KNOWN = 300;
const MAX_LINES = 20;
const MAX_ITEMS = 100;
/** All that waits, in UTF-16 units of its JSON: it has to fit into the input of the next run. */
const MAX_WAITING_CHARS = 1_000_000;

/** A conversation for which nothing has come yet. */
export function newPassage(): PassageState {
  return { waiting: [], done: 0, knownIds: [], passedOn: 0, dropped: 0, droppedLines: [] };
}

/** Checks a signal that may have come from anywhere. */
export function checkPassOn(input: unknown): Checked<PassOn> {
  if (!isRecord(input)) return bad('it is not an object');
  const { id, bot, items } = input;
  if (!isId(id)) return bad(`id is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!isId(bot)) return bad(`bot is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!Array.isArray(items) || items.length > MAX_ITEMS || !items.every(isRecord))
    return bad(`items is not a list of at most ${MAX_ITEMS} objects`);
  return { ok: true, value: { id, bot, items } };
}

/** Takes what came, unless it is known; what is too much is dropped. */
export function enqueue(state: PassageState, now: number, { id, bot, items }: PassOn): void {
  if (state.knownIds.includes(id)) return;
  state.knownIds.push(id);
  state.knownIds.splice(0, Math.max(state.knownIds.length - MAX_KNOWN, 0));
  if (JSON.stringify([...state.waiting, items]).length > MAX_WAITING_CHARS)
    noteDropped(state, now, id, items.length, 'too much is waiting');
  else if (items.length > 0) state.waiting.push({ id, bot, items, at: now });
}

/** What is to be done next. */
export function nextItem(
  state: PassageState,
): (Omit<WaitingPassage, 'items'> & { readonly item: PassOn['items'][number] }) | undefined {
  const [first] = state.waiting;
  const item = first?.items[state.done];
  return first && item ? { id: first.id, bot: first.bot, at: first.at, item } : undefined;
}

/** Notes what became of the next item: done, or given up for a reason. */
export function settle(state: PassageState, now: number, problem?: string): void {
  const [first] = state.waiting;
  if (!first) return;
  state.done += 1;
  if (problem === undefined) state.passedOn += 1;
  else noteDropped(state, now, `${first.id}, item ${state.done}`, 1, problem);
  if (state.done < first.items.length) return;
  state.waiting.shift();
  state.done = 0;
}

/** For the Temporal UI: no content. */
export function renderPassage({ waiting, passedOn, dropped, droppedLines }: PassageState): string {
  const line = `**Passed on** ${passedOn}, waiting: ${waiting.length}, dropped: ${dropped}`;
  return [line, ...droppedLines].join('\n');
}

function noteDropped(state: PassageState, now: number, what: string, count: number, why: string): void {
  state.dropped += count;
  state.droppedLines.push(`- ${new Date(now).toISOString()} ${what}: ${why}`);
  state.droppedLines.splice(0, Math.max(state.droppedLines.length - MAX_LINES, 0));
}
