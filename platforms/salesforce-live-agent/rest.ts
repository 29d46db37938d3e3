// One HTTP call with the vendor's headers, bounded in time. Paths and headers hold secrets, so errors name the
// resource only.
import type { HttpClient, HttpResponse, RateLimiter } from '../http';
import { errorForStatus } from '../http';
import { BatonError } from '../../domain/errors';
import type { ChatSession } from './chat-session';

/** The literal that stands for "no server yet" and "whichever server has it now". */
const NO_AFFINITY = 'null';

/** One call. */
export interface RestCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Under the base, with its query. */
  readonly path: string;
  /** For errors: never the path, which may hold the session's key. */
  readonly name: string;
  readonly body?: unknown;
  /** Its number; left out where the vendor wants none. */
  readonly sequence?: number;
  /** Whose affinity and key go along. `key`: only the key; `affinity`: only the affinity; `none`: neither. */
  readonly identity?: 'both' | 'key' | 'affinity' | 'none';
  readonly timeoutMs: number;
}

/** Where a call goes, and for whom. */
export type RestTarget = Pick<ChatSession, 'baseUrl'> & Partial<Pick<ChatSession, 'key' | 'affinity'>>;

/** See {@link createRest}. */
export interface Rest {
  /**
   * The answer, whatever its status.
   *
   * @throws BatonError as the HTTP client and the rate limiter do
   */
  call(target: RestTarget, call: RestCall, signal: AbortSignal): Promise<HttpResponse>;
  /** The error of a status that means nothing of its own here. A 429 holds back the whole account. */
  fault(answer: HttpResponse, name: string): BatonError;
}

/** What calls are made with. */
export interface RestDeps {
  readonly http: HttpClient;
  readonly limiter: RateLimiter;
  readonly apiVersion: number;
}

/** Calls of one connector. */
export function createRest({ http, limiter, apiVersion }: RestDeps): Rest {
  return {
    async call(target, call, signal) {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(call.timeoutMs)]);
      await limiter.acquire(bounded);
      return http.request({
        method: call.method,
        url: `${target.baseUrl}/${call.path}`,
        headers: headersOf(target, call, apiVersion),
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: bounded,
      });
    },
    fault(answer, name) {
      const error = errorForStatus(answer.status, answer.headers, name);
      if (error?.code === 'ESC_PLATFORM_RATE_LIMITED') limiter.holdBack(error.retryAfterMs ?? 1_000);
      return error ?? new BatonError('ESC_PLATFORM_PROTOCOL', `${name}: an answer that was not expected`);
    },
  };
}

function headersOf(target: RestTarget, call: RestCall, apiVersion: number): Record<string, string> {
  const { identity = 'both', sequence, body } = call;
  const hasAffinity = identity === 'both' || identity === 'affinity';
  const hasKey = identity === 'both' || identity === 'key';
  return {
    'X-LIVEAGENT-API-VERSION': String(apiVersion),
    'X-LIVEAGENT-AFFINITY': (hasAffinity ? target.affinity : undefined) ?? NO_AFFINITY,
    ...(hasKey && target.key !== undefined && { 'X-LIVEAGENT-SESSION-KEY': target.key }),
    ...(sequence !== undefined && { 'X-LIVEAGENT-SEQUENCE': String(sequence) }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
}
