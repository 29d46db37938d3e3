// Puts what several witnesses saw into the order in which it happened. They are asked one after the other, so
// without this the bot would hear of an agent before the agent joined.
import type { Line } from './narrator';

/** A line and when it happened, epoch milliseconds. */
export interface Happening {
  readonly at: number;
  readonly line: Line;
}

/** A source of happenings: returns everything it knows so far, oldest first. */
export type Witness = () => Promise<readonly Happening[]>;

/** Tells each happening once, oldest first. */
export function createTimeline(
  witnesses: readonly Witness[],
  say: (line: Line) => void,
): () => Promise<void> {
  const told = witnesses.map(() => 0);
  return async () => {
    const seen = await Promise.all(witnesses.map((witness) => witness()));
    const news = seen.flatMap((happenings, index) => happenings.slice(told[index]));
    seen.forEach((happenings, index) => {
      told[index] = happenings.length;
    });
    for (const { line } of news.sort((a, b) => a.at - b.at)) say(line);
  };
}
