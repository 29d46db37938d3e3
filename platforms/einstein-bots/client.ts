// The client of the Einstein Bots runtime: one token for all calls, replaced once when it is refused; one rate limit; a
// request id of its own for every try. It keeps nothing of any session.
import { randomUUID } from 'node:crypto';
import { BatonError } from '../../domain/errors';
import type { HttpClient, HttpRequest, HttpResponse, RateLimiter } from '../http';
import { errorForStatus } from '../http';
import { parseBody } from '../parse-body';
import type { PlatformLog } from '../platform';
import { toId18 } from '../salesforce/ids';
import { sendWithToken } from '../salesforce/login';
import type { Login, Token } from '../salesforce/login';
import type { EinsteinConnector } from './options';
import { refusalOf } from './refusal';
import type { Refused } from './refusal';
import { API_VERSION, envelopeSchema, statusSchema, versionsSchema } from './wire';
import type { Envelope } from './wire';

/** An answer of the runtime. */
export type Answer = { readonly kind: 'ok'; readonly envelope: Envelope; readonly crc?: string } | Refused;

/** Values of `X-Session-End-Reason`. */
export type EndReason = 'UserRequest' | 'Transfer' | 'Expiration' | 'Error' | 'Other';

/** A session that a call is for. */
export interface SessionRef {
  readonly session: string;
  readonly crc?: string | undefined;
}

/** See the file's comment. Calls throw as `refusalOf`, `sendWithToken` and the HTTP client do. */
export interface RuntimeClient {
  /**
   * Begins a session; the first of an account asks whether the version is offered.
   *
   * @throws BatonError `ESC_BOT_VERSION_NOT_OFFERED`
   */
  start(botId: string, body: (token: Token) => object, signal: AbortSignal): Promise<Answer>;
  message(session: SessionRef, body: object, signal: AbortSignal): Promise<Answer>;
  end(session: SessionRef, reason: EndReason, signal: AbortSignal): Promise<Answer>;
  /** Whether the runtime says that it is up; needs no login. */
  isUp(signal: AbortSignal): Promise<boolean>;
}

/** What the client needs. */
export interface ClientDeps {
  readonly http: HttpClient;
  readonly login: Login;
  readonly limiter: RateLimiter;
  readonly connector: EinsteinConnector;
  readonly log: PlatformLog;
}

/** One call with a token. */
interface Call {
  readonly what: string;
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: (token: Token) => object;
}

const HELD_BACK_MS = 1_000;

/** See {@link RuntimeClient}. */
export function createRuntimeClient(deps: ClientDeps): RuntimeClient {
  const { http, login, limiter, connector } = deps;
  const root = `/v${API_VERSION}`;
  let isOffered = false;

  async function take(signal: AbortSignal): Promise<void> {
    await limiter.acquire(AbortSignal.any([signal, AbortSignal.timeout(connector.requestMs)]));
  }

  /** An answer that says to come back speaks for the whole account. */
  function heedLimit(error: unknown): unknown {
    if (error instanceof BatonError && error.code === 'ESC_PLATFORM_RATE_LIMITED')
      limiter.holdBack(error.retryAfterMs ?? HELD_BACK_MS);
    return error;
  }

  async function ask(call: Call, signal: AbortSignal): Promise<Answer> {
    let requestId = '';
    const answer = await sendWithToken(login, {
      what: call.what,
      signal,
      async send(token) {
        await take(signal);
        requestId = randomUUID();
        return http.request(toRequest(connector, call, { token, requestId, signal }));
      },
    });
    const what = `${call.what} (request ${requestId})`;
    try {
      const refused = refusalOf(answer, what);
      if (refused) return refused;
    } catch (error) {
      throw heedLimit(error);
    }
    const crc = answer.headers['x-runtime-crc'];
    const envelope = parseBody(envelopeSchema, answer.body, what);
    return { kind: 'ok', envelope, ...(crc !== undefined && { crc }) };
  }

  async function read(path: string, what: string, signal: AbortSignal): Promise<HttpResponse> {
    await take(signal);
    const url = `${connector.runtimeUrl}${path}`;
    const answer = await http.request({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      signal,
    });
    const failure = errorForStatus(answer.status, answer.headers, what);
    if (failure) throw heedLimit(failure);
    return answer;
  }

  async function makeSureOfVersion(signal: AbortSignal): Promise<void> {
    if (isOffered) return;
    const what = 'versions of the bots runtime';
    const { versions } = parseBody(versionsSchema, (await read('/versions', what, signal)).body, what);
    const found = versions.find(({ versionNumber }) => versionNumber === API_VERSION);
    if (!found) throw notOffered(versions.map(({ versionNumber }) => versionNumber));
    if (found.status === 'DEPRECATED')
      deps.log.warn(
        { event: 'einstein_bots.version_deprecated', version: API_VERSION },
        'version is deprecated',
      );
    isOffered = true;
  }

  return {
    async start(botId, body, signal) {
      await makeSureOfVersion(signal);
      const path = `${root}/bots/${encodeURIComponent(botId)}/sessions`;
      return ask({ what: `start of a session with bot ${botId}`, method: 'POST', path, body }, signal);
    },
    message: ({ session, crc }, body, signal) =>
      ask(
        {
          what: `message in session ${session}`,
          method: 'POST',
          path: `${root}/sessions/${encodeURIComponent(session)}/messages`,
          headers: crcHeader(crc),
          body: () => body,
        },
        signal,
      ),
    end: ({ session, crc }, reason, signal) =>
      ask(
        {
          what: `end of session ${session}`,
          method: 'DELETE',
          path: `${root}/sessions/${encodeURIComponent(session)}`,
          headers: { ...crcHeader(crc), 'x-session-end-reason': reason },
        },
        signal,
      ),
    async isUp(signal) {
      const what = 'health of the bots runtime';
      const { status } = parseBody(statusSchema, (await read('/status', what, signal)).body, what);
      return status === 'UP';
    },
  };
}

function toRequest(
  { runtimeUrl, org }: EinsteinConnector,
  { method, path, headers, body }: Call,
  {
    token,
    requestId,
    signal,
  }: { readonly token: Token; readonly requestId: string; readonly signal: AbortSignal },
): HttpRequest {
  return {
    method,
    url: `${runtimeUrl}${path}`,
    headers: {
      ...headers,
      authorization: `Bearer ${token.bearer}`,
      accept: 'application/json',
      'x-org-id': toId18(org),
      'x-request-id': requestId,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body(token)) }),
    signal,
  };
}

function crcHeader(crc: string | undefined): Record<string, string> {
  return crc === undefined ? {} : { 'x-runtime-crc': crc };
}

function notOffered(offered: readonly (string | undefined)[]): BatonError {
  const list = offered.filter((version) => /^[\w.-]{1,20}$/.test(version ?? '')).join(', ');
  return new BatonError(
    'ESC_BOT_VERSION_NOT_OFFERED',
    `Baton speaks ${API_VERSION}, offered are ${list === '' ? 'none' : list}`,
  );
}
