// Reads the Retry-After header: seconds or an HTTP date (RFC 9110 section 10.2.3).

/** Longest wait that a platform can impose with one answer. */
export const MAX_RETRY_AFTER_MS = 10 * 60_000;

/** Milliseconds to wait from `now` (epoch ms), at most ten minutes; undefined when the value says nothing. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return clamp(Number(text) * 1000);
  // A date names its month: without one, Date.parse accepts too much ("1", "-5").
  if (!/[a-z]{3}/i.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : clamp(at - now);
}

function clamp(ms: number): number {
  return Math.min(Math.max(Math.round(ms), 0), MAX_RETRY_AFTER_MS);
}
