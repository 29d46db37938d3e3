// What the core API's errors mean. Its status alone tells little: a spent quota is a 403, a locked row a 400. A "no"
// to what was asked is a value; what trying again or logging in again may cure is thrown. Messages of Salesforce may
// quote what records hold, so only codes and field names are passed on.
import { BatonError } from '../../domain/errors';
import { errorForStatus } from '../http';
import { fromJson } from '../parse-body';
import { actionErrorSchema, apiErrorSchema } from './wire';
import type { ApiError } from './wire';

/** How a call of the core API ended. */
export type Answer =
  | { readonly kind: 'ok'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly errors: readonly ApiError[] };

type Headers = Readonly<Record<string, string | undefined>>;

/** Codes that say "not now" whatever the status; nothing has happened. */
const COME_BACK: readonly string[] = ['UNABLE_TO_LOCK_ROW', 'SERVER_UNAVAILABLE', 'QUERY_TIMEOUT'];
/** Too many long calls at a time is over in seconds, a daily quota is not (REST API notes, `REQUEST_LIMIT_EXCEEDED`). */
const CONCURRENT = /concurrent/i;
const CONCURRENT_WAIT_MS = 5_000;

/**
 * The answer of a call that is not a 401.
 *
 * @throws BatonError `ESC_PLATFORM_QUOTA_EXHAUSTED`, `ESC_PLATFORM_RATE_LIMITED` or `ESC_PLATFORM_ERROR`, and as
 * `errorForStatus` does but for 4xx
 */
export function readAnswer(status: number, headers: Headers, body: unknown, what: string): Answer {
  const failure = errorForStatus(status, headers, what);
  if (!failure) return { kind: 'ok', body };
  const errors = errorsOf(body);
  const codes = errors.map(({ errorCode }) => errorCode);
  const detail = `${what}: HTTP ${status}${codes.length > 0 ? ` ${codes.join(', ')}` : ''}`;
  if (codes.includes('REQUEST_LIMIT_EXCEEDED')) throw limitExceeded(errors, detail);
  if (codes.some((code) => COME_BACK.includes(code)))
    throw new BatonError('ESC_PLATFORM_ERROR', detail, retryAfterOf(failure));
  if (failure.code !== 'ESC_PLATFORM_REJECTED') throw failure;
  return { kind: 'refused', status, errors };
}

/** The errors in a body: an array, or nothing that can be read. */
export function errorsOf(body: unknown): readonly ApiError[] {
  const list = Array.isArray(body) ? body : [];
  return list.flatMap((item) => {
    const plain = apiErrorSchema.safeParse(item);
    if (plain.success) return [plain.data];
    const action = actionErrorSchema.safeParse(item);
    return action.success ? action.data.errors : [];
  });
}

/** The body of an answer as JSON; empty ones are undefined. */
export function bodyOf(text: string): unknown {
  return text === '' ? undefined : fromJson(text);
}

/** Whether a refusal has one of these codes. */
export function hasCode(answer: Answer, ...codes: readonly string[]): boolean {
  return answer.kind === 'refused' && answer.errors.some(({ errorCode }) => codes.includes(errorCode));
}

/** A refusal in words that may be logged: codes and field names. */
export function refusalText({ status, errors }: Answer & { kind: 'refused' }): string {
  const words = errors.map(({ errorCode, fields }) =>
    fields.length > 0 ? `${errorCode} (${fields.join(', ')})` : errorCode,
  );
  return words.length > 0 ? words.join('; ').slice(0, 300) : `HTTP ${status}`;
}

/** The body of an answer that must not be a refusal. @throws BatonError `ESC_PLATFORM_REJECTED` */
export function accepted(answer: Answer, what: string): unknown {
  if (answer.kind === 'ok') return answer.body;
  throw new BatonError('ESC_PLATFORM_REJECTED', `${what}: ${refusalText(answer)}`);
}

function limitExceeded(errors: readonly ApiError[], detail: string): BatonError {
  return errors.some(({ message }) => CONCURRENT.test(message))
    ? new BatonError('ESC_PLATFORM_RATE_LIMITED', detail, { retryAfterMs: CONCURRENT_WAIT_MS })
    : new BatonError('ESC_PLATFORM_QUOTA_EXHAUSTED', detail);
}

function retryAfterOf({ retryAfterMs }: BatonError): { readonly retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}
