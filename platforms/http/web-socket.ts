// The one way out over WebSocket, behind the same guard as HTTP. Resolves with an open socket or rejects with a
// typed error; a refused upgrade keeps the meaning of its status.
import net from 'node:net';
import tls from 'node:tls';
import type { IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { BatonError } from '../../domain/errors';
import { checkConnected, checkUrl, guardedLookup } from './egress-guard';
import type { EgressPolicy } from './egress-guard';
import { errorForStatus } from './status-error';

const DEFAULT_MAX_PAYLOAD_BYTES = 1 << 20;

/** Limits of one WebSocket. */
export interface WebSocketOptions extends EgressPolicy {
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for the open socket, DNS, TLS and upgrade included. */
  readonly connectMs: number;
  /** Largest incoming message; a larger one closes the socket with 1009. @default 1 MiB */
  readonly maxPayloadBytes?: number;
  /** Gives up connecting; does nothing once the socket is open. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a WebSocket. Messages wait until the turn after the promise resolved, so that handlers attached right
 * after `await` miss none. The caller closes it.
 *
 * @throws BatonError `ESC_EGRESS_BLOCKED`, `ESC_PLATFORM_UNREACHABLE` or, for a refused upgrade, what
 * `errorForStatus` makes of it (401 is `ESC_PLATFORM_UNAUTHORIZED`).
 */
export function connectWebSocket(url: string, options: WebSocketOptions): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const { host, protocol } = checkUrl(url, options);
    const signal = deadlineSignal(options);
    if (signal.aborted) return reject(gaveUp(host, signal));
    const socket = new WebSocket(url, clientOptions(options, protocol === 'wss:'));

    const fail = (error: BatonError): void => {
      signal.removeEventListener('abort', onAbort);
      reject(error);
      socket.terminate();
    };
    const onAbort = (): void => fail(gaveUp(host, signal));
    const onError = (error: Error): void => fail(toBatonError(error, host));

    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    // A later error is always followed by `close`, which the caller hears; alone it would end the process.
    socket.on('error', () => undefined);
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      fail(refusedUpgrade(response.statusCode ?? 0, response.headers, host));
    });
    socket.once('open', () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      socket.pause();
      setImmediate(() => socket.resume());
      resolve(socket);
    });
  });
}

function deadlineSignal(options: WebSocketOptions): AbortSignal {
  const deadline = AbortSignal.timeout(options.connectMs);
  return options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
}

function clientOptions(options: WebSocketOptions, secure: boolean): ClientOptions {
  return {
    headers: { ...options.headers },
    maxPayload: options.maxPayloadBytes ?? DEFAULT_MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
    createConnection: guardedConnection(options, secure),
  };
}

/** `ws` calls it with the options of the HTTP request; declared wider, as its type has every overload of net. */
function guardedConnection(policy: EgressPolicy, secure: boolean): (target: unknown) => net.Socket {
  const lookup = guardedLookup(policy);
  return (target) => {
    const { host, port } = target as { host: string; port: number | string };
    const where = { host, port: Number(port), lookup };
    const socket = secure ? tls.connect({ ...where, servername: serverName(host) }) : net.connect(where);
    socket.once('connect', () => {
      try {
        checkConnected(socket, host, policy);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    return socket;
  };
}

function serverName(host: string): string {
  return net.isIP(host) ? '' : host;
}

function refusedUpgrade(status: number, headers: IncomingHttpHeaders, host: string): BatonError {
  const retryAfter = headers['retry-after'];
  const detail = `${host} refused the WebSocket`;
  return (
    errorForStatus(status, { 'retry-after': retryAfter }, detail) ??
    new BatonError('ESC_PLATFORM_PROTOCOL', `${detail}: HTTP ${status}`)
  );
}

function gaveUp(host: string, signal: AbortSignal): BatonError {
  return new BatonError('ESC_PLATFORM_UNREACHABLE', `no WebSocket to ${host} in time`, {
    cause: signal.reason,
  });
}

function toBatonError(error: Error, host: string): BatonError {
  if (error instanceof BatonError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return new BatonError('ESC_PLATFORM_UNREACHABLE', `${host} (${code})`, { cause: error });
}
