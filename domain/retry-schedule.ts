// When an undelivered notice is tried again. About 75 hours in all, as common webhook senders do: long enough for
// a bot backend that is down over a weekend night, short enough that somebody looks.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits before each try, in milliseconds; the first try is at once. */
export const NOTICE_RETRY_WAITS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** After the last try, how long a notice waits for an operator to send it again. */
export const OPERATOR_WAIT_MS = 7 * 24 * HOUR;

/** The wait before try number `tries` (0 for the first), spread by up to a fifth; undefined after the last. */
export function noticeRetryWait(tries: number, random: number): number | undefined {
  const wait = NOTICE_RETRY_WAITS_MS[tries];
  return wait === undefined ? undefined : Math.round(wait * (0.9 + random * 0.2));
}
