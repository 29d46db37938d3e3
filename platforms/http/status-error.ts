// What an HTTP status means for retrying. One mapping for every platform, so that "403" never means two things.
import { BatonError } from '../../domain/errors';
import type { BatonErrorOptions, ErrorCode } from '../../domain/errors';
import { parseRetryAfter } from './retry-after';

/** Statuses that ask to come back: request timeout, locked, too early. */
const COME_BACK: readonly number[] = [408, 423, 425];

/**
 * The error for a status, or undefined for a 2xx. `detail` names the call (never message text).
 *
 * 401 is `ESC_PLATFORM_UNAUTHORIZED`; 429 `ESC_PLATFORM_RATE_LIMITED`; 408, 423, 425 and 5xx
 * `ESC_PLATFORM_ERROR`; 3xx `ESC_PLATFORM_PROTOCOL`, since redirects are never followed; any other
 * `ESC_PLATFORM_REJECTED`. After a 5xx other than 503 the result counts as unknown: a proxy may have answered
 * while the platform went on working.
 */
export function errorForStatus(
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  detail: string,
  now: number = Date.now(),
): BatonError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], now);
  const options: BatonErrorOptions = {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    resultUnknown: status >= 500 && status !== 503,
  };
  return new BatonError(codeForStatus(status), `${detail}: HTTP ${status}`, options);
}

function codeForStatus(status: number): ErrorCode {
  if (status === 401) return 'ESC_PLATFORM_UNAUTHORIZED';
  if (status === 429) return 'ESC_PLATFORM_RATE_LIMITED';
  if (status >= 500 || COME_BACK.includes(status)) return 'ESC_PLATFORM_ERROR';
  return status >= 400 ? 'ESC_PLATFORM_REJECTED' : 'ESC_PLATFORM_PROTOCOL';
}
