// What the runtime's errors mean (Einstein Bots API, error handling): a "no" to what was asked is a value; what trying
// again or logging in again may cure is thrown. Messages of the vendor may quote what was sent, so that only the name
// of the error's class is passed on.
import { BatonError } from '../../domain/errors';
import { errorForStatus } from '../http';
import type { HttpResponse } from '../http';
import { fromJson } from '../parse-body';
import { errorSchema } from './wire';

/** A no that is final. */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  /** The call, the status and the error's class: may be logged. */
  readonly detail: string;
}

/** Another request of the session is being worked on: it takes that long at most (Einstein Bots API, error handling). */
const BUSY_MS = 30_000;
const BUSY = 423;
/** The session is over, or never was. */
const GONE: readonly number[] = [404, 410];

/**
 * Undefined for a 2xx.
 *
 * @throws BatonError as `errorForStatus` does but for final refusals; a 423 says to wait 30 s where it says no other time
 */
export function refusalOf({ status, headers, body }: HttpResponse, what: string): Refused | undefined {
  const failure = errorForStatus(status, headers, what);
  if (!failure) return undefined;
  const named = errorSchema.safeParse(fromJson(body));
  const detail = `${what}: HTTP ${status}${named.success ? ` ${named.data.error}` : ''}`;
  if (failure.code === 'ESC_PLATFORM_REJECTED') return { kind: 'refused', status, detail };
  const { code, resultUnknown } = failure;
  const retryAfterMs = failure.retryAfterMs ?? (status === BUSY ? BUSY_MS : undefined);
  throw new BatonError(code, detail, { resultUnknown, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

/** Whether a refusal says that the session is not there (any more). */
export function isGone({ status }: Refused): boolean {
  return GONE.includes(status);
}

/** The error of a refusal of a start. */
export function startError({ detail }: Refused): BatonError {
  return new BatonError('ESC_PLATFORM_REJECTED', detail);
}

/** The error of a refusal of anything in a session. */
export function sessionError(refused: Refused): BatonError {
  return isGone(refused)
    ? new BatonError('ESC_BOT_SESSION_GONE', refused.detail)
    : new BatonError('ESC_PLATFORM_REJECTED', refused.detail);
}
