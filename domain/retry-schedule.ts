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

/**
 * The same for notices in the words of a bot's platform, also about 75 hours: they put its bot into another mode, and
 * until one arrives its user may have nobody. So the first hours are dense.
 */
const OWN_WORDS_RETRY_WAITS_MS: readonly number[] = [
  ...[0, 5, 10, 20, 40].map((seconds) => seconds * SECOND),
  ...new Array<number>(20).fill(MINUTE),
  ...new Array<number>(40).fill(5 * MINUTE),
  ...new Array<number>(71).fill(HOUR),
];

/** After the last try, how long a notice waits for an operator to send it again. */
export const OPERATOR_WAIT_MS = 7 * 24 * HOUR;

/** The wait before try number `tries` (0 for the first), spread by up to a fifth; undefined after the last. */
export function noticeRetryWait(tries: number, random: number, inOwnWords = false): number | undefined {
  const wait = (inOwnWords ? OWN_WORDS_RETRY_WAITS_MS : NOTICE_RETRY_WAITS_MS)[tries];
  return wait === undefined ? undefined : Math.round(wait * (0.9 + random * 0.2));
}
