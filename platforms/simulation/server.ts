// The HTTP half of simulators: a server on loopback, whole bodies, and answers that may also be silence or a broken
// connection.
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { assertNever } from '../../domain/assert-never';

const MAX_BODY_BYTES = 256 * 1024;

/** A request with its whole body. */
export interface SimulatorRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Aborts when the connection ends before the answer. */
  readonly gone: AbortSignal;
}

/**
 * `hang`: no answer, ever. `break`: the connection is cut instead of an answer. An answer has `text` as it is, or else
 * `body` as JSON; with `isCut` the connection ends in the middle of it. A `stream` says what it has to say through its
 * outlet, until either side ends it.
 */
export type SimulatorAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: unknown;
      readonly text?: string;
      readonly isCut?: boolean;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'stream';
      readonly headers: Readonly<Record<string, string>>;
      readonly start: (outlet: Outlet) => void;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'break' };

/** The answer that is still being given. */
export interface Outlet {
  write(text: string): void;
  /** `break` cuts the connection. */
  end(how: 'end' | 'break'): void;
}

/** Where to listen. */
export interface ListenOptions {
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 0, a free port */
  readonly port?: number;
}

/** A running server. */
export interface SimulatorServer {
  /** Without a trailing slash. */
  readonly url: string;
  /** Open connections that carried anything but control. */
  connections(): number;
  close(): Promise<void>;
}

/** Takes a connection that asks to be a WebSocket, and closes it before the server closes. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Starts a server; control requests are those under `/_control/`. Without `upgrade` there are no WebSockets. */
export async function serve(
  listen: ListenOptions,
  handle: (request: SimulatorRequest) => Promise<SimulatorAnswer>,
  upgrade?: Upgrade,
): Promise<SimulatorServer> {
  const counted = new Set<Socket>();
  const server = createServer((request, response) => {
    void respond(request, response, counted, handle);
  });
  if (upgrade) server.on('upgrade', upgrade);
  const { host = '127.0.0.1', port = 0 } = listen;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    connections: () => counted.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Shorthand for an answer with a body. */
export function answer(status: number, body?: unknown, headers?: Record<string, string>): SimulatorAnswer {
  return { kind: 'answer', status, body, ...(headers && { headers }) };
}

/** Shorthand for an answer in plain text. */
export function answerText(status: number, text: string): SimulatorAnswer {
  return { kind: 'answer', status, text, headers: { 'content-type': 'text/plain' } };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  counted: Set<Socket>,
  handle: (request: SimulatorRequest) => Promise<SimulatorAnswer>,
): Promise<void> {
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://simulator');
  if (!path.startsWith('/_control/')) count(request.socket, counted);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const body = await readBody(request).catch(() => undefined);
  const { method = '', headers } = request;
  const outcome = body
    ? await handle({ method, path, query, headers: single(headers), body, gone: gone.signal })
    : answer(413);
  perform(outcome, request, response);
}

function perform(outcome: SimulatorAnswer, request: IncomingMessage, response: ServerResponse): void {
  switch (outcome.kind) {
    case 'hang':
      return;
    case 'break':
      request.socket.destroy();
      return;
    case 'answer': {
      const { status, body, text = body === undefined ? '' : JSON.stringify(body), isCut = false } = outcome;
      const length = isCut ? { 'content-length': String(Buffer.byteLength(text) + 1) } : {};
      response.writeHead(status, { 'content-type': 'application/json', ...outcome.headers, ...length });
      if (isCut) response.write(text, () => request.socket.destroy());
      else response.end(text);
      return;
    }
    case 'stream':
      response.writeHead(200, outcome.headers);
      response.flushHeaders();
      outcome.start({
        write: (text) => void response.write(text),
        end: (how) => (how === 'end' ? response.end() : request.socket.destroy()),
      });
      return;
    default:
      assertNever(outcome);
  }
}

function count(socket: Socket, counted: Set<Socket>): void {
  if (counted.has(socket)) return;
  counted.add(socket);
  socket.once('close', () => counted.delete(socket));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RangeError('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function single(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
