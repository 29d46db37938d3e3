// What a connection may cost: how long a request may take to arrive, how large its headers may be, how long a silent
// client is kept. What Node itself refuses, before there is a request, is answered as a problem like everything else.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions, FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import type { ErrorCode } from '../../domain/errors';
import { problemOf } from './problem';
import { BatonError } from '../../domain/errors';

/** Limits of each connection; times in milliseconds. */
export interface ConnectionLimits {
  /** Until the last header of a request. */
  readonly headersMs: number;
  /** Until the last byte of its body. */
  readonly requestMs: number;
  /** A connection on which nothing moves, in either direction, is closed. */
  readonly idleMs: number;
  /** Between two requests: longer than the idle time of usual load balancers, which would else race with the close. */
  readonly keepAliveMs: number;
  /** How often the first two are looked at. */
  readonly checkMs: number;
  readonly requestsPerConnection: number;
}

/** See {@link ConnectionLimits}. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 70_000,
  keepAliveMs: 65_000,
  checkMs: 2_000,
  requestsPerConnection: 10_000,
};

/** What a client has begun to send when the gateway begins to close arrives within this time. */
const UNUSED_GRACE_MS = 500;
/** Bytes of a request's line and headers. */
const MAX_HEADER_BYTES = 16_384;
/** Headers of a request. */
export const MAX_HEADERS = 100;

/** Options of Fastify for these limits. `refused` is told of every problem that is written here. */
export function connectionOptions(
  limits: ConnectionLimits,
  refused: (code: ErrorCode) => void,
): FastifyHttpOptions<Server> {
  return {
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.idleMs,
    keepAliveTimeout: limits.keepAliveMs,
    maxRequestsPerSocket: limits.requestsPerConnection,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkMs,
      requestTimeout: limits.requestMs,
    },
    clientErrorHandler: (error, socket) => answer(error, socket, refused),
  };
}

/**
 * Lets a closing gateway not wait for connections on which nothing has ever come: clients open such spare ones, and
 * Node takes them for busy until their headers are late.
 */
export function closeUnused(app: FastifyInstance): void {
  const open = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  app.addHook('preClose', async () => {
    // What was on its way is still answered.
    setTimeout(() => {
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    }, UNUSED_GRACE_MS).unref();
  });
}

function answer(error: NodeJS.ErrnoException, socket: Socket, refused: (code: ErrorCode) => void): void {
  if (error.code !== 'ECONNRESET' && isFree(socket)) {
    const code = codeOf(error.code);
    refused(code);
    socket.write(rawProblem(code));
  }
  socket.destroySoon();
}

/** Nothing has been written of an answer that this one would cut in two. */
function isFree(socket: Socket): boolean {
  const { _httpMessage: current } = socket as Socket & { _httpMessage?: { readonly headersSent: boolean } };
  return socket.writable && !current?.headersSent;
}

function codeOf(code: string | undefined): ErrorCode {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'ESC_REQUEST_TIMEOUT';
    case 'HPE_HEADER_OVERFLOW':
      return 'ESC_HEADERS_TOO_LARGE';
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 'ESC_REQUEST_TOO_LARGE';
    default:
      return 'ESC_REQUEST_INVALID';
  }
}

function rawProblem(code: ErrorCode): string {
  const document = problemOf(new BatonError(code, 'refused by the HTTP server'), crypto.randomUUID());
  const body = JSON.stringify(document);
  return [
    `HTTP/1.1 ${document.status} ${STATUS_CODES[document.status] ?? 'Error'}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
