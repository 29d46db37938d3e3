// What the user is told of their place in a desk's queue: when it has changed, and not too often.

/** Least time between two such messages. */
const LEAST_MS = 30_000;
const MINUTE_MS = 60_000;

/** A place in a queue. */
interface Place {
  /** 1 is next. */
  readonly position: number;
  /** Expected wait in milliseconds. */
  readonly waitMs?: number;
}

/** What the user knows of it, and what is known. */
export interface QueuePlace {
  newest: Place;
  told?: number;
  /** Epoch milliseconds, when the user was last told. */
  toldAt?: number;
  /** How often; numbers the messages. */
  times: number;
  /** The user is being told, or will be. */
  telling?: true;
}

/** Whether the user should know of another place. */
export function isNewPlace({ newest, told }: QueuePlace): boolean {
  return newest.position !== told;
}

/** How long that has to wait, in milliseconds. */
export function waitBeforeTelling({ toldAt }: QueuePlace, now: number): number {
  return toldAt === undefined ? 0 : Math.max(toldAt + LEAST_MS - now, 0);
}

/** The message: `{position}`, and `{wait}` in minutes, a dash where it is not known. */
export function placeText(template: string, { position, waitMs }: Place): string {
  const minutes = waitMs === undefined ? '–' : String(Math.max(Math.ceil(waitMs / MINUTE_MS), 1));
  return template.replaceAll('{position}', String(position)).replaceAll('{wait}', minutes);
}
