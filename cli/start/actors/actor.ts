// One side of a story, in a process of its own: says its lines, reads the other's, and prints both as JSON lines, which is
// all that the story knows of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { DIALOGUE, linesOf, type Side } from './dialogue';

const POLL_MS = 100;
/** What a person takes to write a line. */
const WRITING_MS = 700;

/** How a side reaches the other. */
export interface Line {
  /** Resolves when it is taken. */
  write(text: string, number: number): Promise<void>;
  /** Everything from the other side that is on the screen, in order. */
  read(): Promise<readonly string[]>;
}

/** What an actor prints. */
export interface ActorEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly event: 'wrote' | 'read';
  readonly text: string;
}

/** What one side has to say. */
export interface Part {
  /** `after`: how many lines of the other side come before it. */
  readonly lines: readonly { readonly text: string; readonly after: number }[];
  /** How many lines of the other side there are in all. */
  readonly theirs: number;
  /** What writing a line takes. @default 700 */
  readonly writingMs?: number;
}

/** Plays one side of the dialogue to its last line. */
export function play(side: Side, line: Line, stop: AbortSignal): Promise<void> {
  const lines = linesOf(side);
  return playPart({ lines, theirs: DIALOGUE.length - lines.length }, line, stop);
}

/** Plays a part to its last line. */
export async function playPart(
  { lines: mine, theirs, writingMs = WRITING_MS }: Part,
  line: Line,
  stop: AbortSignal,
): Promise<void> {
  let seen = 0;
  let said = 0;
  let writesAt = Date.now() + writingMs;
  while ((said < mine.length || seen < theirs) && !stop.aborted) {
    const screen = await line.read();
    for (const text of screen.slice(seen)) tell('read', text);
    if (screen.length > seen) writesAt = Date.now() + writingMs;
    seen = screen.length;
    const next = mine[said];
    if (next && next.after <= seen && Date.now() >= writesAt) {
      said += 1;
      tell('wrote', next.text);
      await line.write(next.text, said);
      writesAt = Date.now() + writingMs;
    }
    await sleep(POLL_MS);
  }
}

function tell(event: ActorEvent['event'], text: string): void {
  const told: ActorEvent = { at: Date.now(), event, text };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
