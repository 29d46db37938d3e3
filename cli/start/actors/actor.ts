// One side of the relay story, in a process of its own: says its lines, reads the other's, and prints both as JSON
// lines, which is all that the story knows of it.
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

/** Plays one side to its last line. */
export async function play(side: Side, line: Line, stop: AbortSignal): Promise<void> {
  const mine = linesOf(side);
  const theirs = DIALOGUE.length - mine.length;
  let seen = 0;
  let said = 0;
  let writesAt = Date.now() + WRITING_MS;
  while ((said < mine.length || seen < theirs) && !stop.aborted) {
    const screen = await line.read();
    for (const text of screen.slice(seen)) tell('read', text);
    if (screen.length > seen) writesAt = Date.now() + WRITING_MS;
    seen = screen.length;
    const next = mine[said];
    if (next && next.after <= seen && Date.now() >= writesAt) {
      said += 1;
      tell('wrote', next.text);
      await line.write(next.text, said);
      writesAt = Date.now() + WRITING_MS;
    }
    await sleep(POLL_MS);
  }
}

function tell(event: ActorEvent['event'], text: string): void {
  const told: ActorEvent = { at: Date.now(), event, text };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
