// Calls to LivePerson's REST services with the bearer token of the login; a refused token is replaced once.
import { errorForStatus } from '../http';
import type { HttpClient, RateLimiter } from '../http';
import type { Domains, Service } from './csds';
import type { Login } from './login';

/** One REST call. `path` begins after `/api/account/{account}` and may have a prefix before it. */
export interface RestCall {
  readonly service: Service;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

/** What the calls need. */
export interface RestDeps {
  readonly http: HttpClient;
  readonly login: Login;
  readonly domains: Domains;
  readonly limiter: RateLimiter;
  readonly scheme: 'http' | 'https';
}

/** The REST services of the account. */
export interface Rest {
  /** The body of a 2xx. @throws BatonError as `errorForStatus` and the HTTP client do */
  call(call: RestCall, signal: AbortSignal): Promise<string>;
}

/** See {@link Rest}. */
export function createRest(deps: RestDeps): Rest {
  const { http, login, domains, limiter, scheme } = deps;

  async function attempt(call: RestCall, signal: AbortSignal, isRetry: boolean): Promise<string> {
    await limiter.acquire(signal);
    const token = await login.token(signal);
    const host = await domains.hostOf(call.service, signal);
    const answer = await http.request({
      method: call.method,
      url: `${scheme}://${host}${call.path}`,
      headers: { authorization: `Bearer ${token.bearer}`, 'content-type': 'application/json' },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal,
    });
    if (answer.status === 401) {
      login.invalidate(token);
      if (!isRetry) return attempt(call, signal, true);
    }
    const failure = errorForStatus(answer.status, answer.headers, `${call.method} of ${call.service}`);
    if (failure?.code === 'ESC_PLATFORM_RATE_LIMITED') limiter.holdBack(failure.retryAfterMs ?? 1_000);
    if (failure) throw failure;
    return answer.body;
  }

  return { call: (call, signal) => attempt(call, signal, false) };
}
