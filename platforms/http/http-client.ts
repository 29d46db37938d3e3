// The one way out over HTTP. Guards where a call goes, bounds how long and how large it gets, follows no
// redirects, inflates nothing, and says of each failure whether the request may have had its effect.
import { Agent, buildConnector, request } from 'undici';
import type { Dispatcher } from 'undici';
import { BatonError } from '../../domain/errors';
import { checkConnected, checkLiteral, checkUrl, guardedLookup } from './egress-guard';
import type { EgressPolicy } from './egress-guard';
import { explainFailure } from './failure';
import type { CallProgress } from './failure';

/** Largest answer that is read, in bytes. */
export const MAX_RESPONSE_BYTES = 1 << 20;
const MAX_HEADER_BYTES = 16_384;
const CONNECTIONS_PER_ORIGIN = 32;

/** Limits of one client. */
export interface HttpClientOptions extends EgressPolicy {
  /** Longest wait for a connection, TLS included. */
  readonly connectMs: number;
  /** Longest whole call: waiting for a connection, sending, and the last byte of the answer. */
  readonly requestMs: number;
  /** Calls to one origin at a time; more wait. @default 32 */
  readonly connectionsPerOrigin?: number;
}

/** One outgoing call. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Ends the call before `requestMs`. */
  readonly signal?: AbortSignal;
}

/** An answer, whatever its status: see `errorForStatus`. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** One client per account: its connections are shared with nobody. */
export interface HttpClient {
  /**
   * Sends one request, once.
   *
   * @throws BatonError `ESC_EGRESS_BLOCKED`, `ESC_PLATFORM_UNREACHABLE`, `ESC_PLATFORM_TIMEOUT` or
   * `ESC_PLATFORM_PROTOCOL` (answer too large or malformed). `resultUnknown` is set once sending began.
   */
  request(call: HttpRequest): Promise<HttpResponse>;
  /** Ends running calls and closes every connection. */
  close(): Promise<void>;
}

/** Headers that belong to the connection, not to the caller. */
const HOP_HEADERS: readonly string[] = [
  'host',
  'connection',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
  'accept-encoding',
];

/** See {@link HttpClient}. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const agent = createAgent(options);
  return {
    request: (call) => send(agent, call, options),
    close: () => agent.destroy(),
  };
}

async function send(agent: Agent, call: HttpRequest, options: HttpClientOptions): Promise<HttpResponse> {
  const url = checkUrl(call.url, options);
  const deadline = AbortSignal.timeout(options.requestMs);
  const progress: CallProgress = { host: url.host, sent: false, deadline, caller: call.signal };
  try {
    const answer = await request(url, {
      method: call.method,
      headers: outgoingHeaders(call.headers),
      body: call.body ?? null,
      signal: call.signal ? AbortSignal.any([call.signal, deadline]) : deadline,
      dispatcher: agent.compose(noticeSending(progress)),
    });
    const headers = flatten(answer.headers);
    const body = await answer.body.text();
    return { status: answer.statusCode, headers, body: refuseEncoded(answer.statusCode, headers, body, url) };
  } catch (error) {
    throw explainFailure(error, progress);
  }
}

/** The guarded way to connect. `overrides`: for answers that are read as they come. */
export function createAgent(options: HttpClientOptions, overrides: Agent.Options = {}): Agent {
  const connect = buildConnector({
    lookup: guardedLookup(options),
    timeout: options.connectMs,
    autoSelectFamily: true,
  });
  return new Agent({
    connections: options.connectionsPerOrigin ?? CONNECTIONS_PER_ORIGIN,
    maxResponseSize: MAX_RESPONSE_BYTES,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: options.requestMs,
    bodyTimeout: options.requestMs,
    ...overrides,
    connect(target, callback) {
      try {
        checkLiteral(target.hostname, options);
      } catch (error) {
        return callback(error as Error, null);
      }
      connect(target, (...[error, socket]) => {
        if (error) return callback(error, null);
        try {
          checkConnected(socket, target.hostname, options);
        } catch (refusal) {
          socket.destroy();
          return callback(refusal as Error, null);
        }
        callback(null, socket);
      });
    },
  });
}

/** Notes the moment when undici begins to write the request: from then on its effect is not known. */
function noticeSending(progress: CallProgress): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (opts, handler) =>
    dispatch(opts, {
      onRequestStart(controller, context) {
        handler.onRequestStart?.(controller, context);
        // A call whose signal aborted while it waited for a connection is dropped here, unwritten.
        progress.sent = !controller.aborted;
      },
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
}

/** What a caller may set, and what every call says. */
export function outgoingHeaders(headers: HttpRequest['headers']): Record<string, string> {
  const own = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    'user-agent': 'baton',
    ...Object.fromEntries(own.filter(([name]) => !HOP_HEADERS.includes(name))),
    'accept-encoding': 'identity',
  };
}

/** Headers with one value each. */
export function flatten(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

/** A compressed answer was not asked for and is not inflated: it would defeat the size limit. */
function refuseEncoded(
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  url: URL,
): string {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return body;
  if (status >= 300) return '';
  throw new BatonError('ESC_PLATFORM_PROTOCOL', `${url.host} answered with content-encoding ${encoding}`, {
    resultUnknown: true,
  });
}
