// The HTTP half of the simulators of this folder: a server on loopback, whole bodies, and answers that may also be
// silence or a broken connection.
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const MAX_BODY_BYTES = 256 * 1024;

/** A request with its whole body. */
export interface SimulatorRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** `hang`: no answer, ever. `break`: the connection is cut instead of an answer. */
export type SimulatorAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'break' };

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

/** Starts a server; control requests are those under `/_control/`. */
export async function serve(
  listen: ListenOptions,
  handle: (request: SimulatorRequest) => Promise<SimulatorAnswer>,
): Promise<SimulatorServer> {
  const counted = new Set<Socket>();
  const server = http.createServer((request, response) => {
    void respond(request, response, counted, handle);
  });
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

async function respond(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  counted: Set<Socket>,
  handle: (request: SimulatorRequest) => Promise<SimulatorAnswer>,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://simulator').pathname;
  if (!path.startsWith('/_control/')) count(request.socket, counted);
  const body = await readBody(request).catch(() => undefined);
  const outcome = body
    ? await handle({ method: request.method ?? '', path, headers: single(request.headers), body })
    : answer(413);
  switch (outcome.kind) {
    case 'hang':
      return;
    case 'break':
      request.socket.destroy();
      return;
    case 'answer':
      response
        .writeHead(outcome.status, { 'content-type': 'application/json', ...outcome.headers })
        .end(outcome.body === undefined ? '' : JSON.stringify(outcome.body));
  }
}

function count(socket: Socket, counted: Set<Socket>): void {
  if (counted.has(socket)) return;
  counted.add(socket);
  socket.once('close', () => counted.delete(socket));
}

async function readBody(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RangeError('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function single(headers: http.IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
