// WebSockets against a real server on loopback.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { connectWebSocket } from '../../../platforms/http';
import { failureOf, startServer } from './servers';

const OPTIONS = { allowPrivateNetwork: true, connectMs: 2_000 };
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((clean) => clean()));
});

async function startWebSocketServer(
  onSocket: (socket: WebSocket) => void,
): Promise<{ url: string; server: WebSocketServer }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', onSocket);
  await new Promise((resolve) => server.once('listening', resolve));
  cleanups.push(() => {
    server.clients.forEach((socket) => socket.terminate());
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** A server that answers every upgrade with this status. */
async function refusing(status: number, headers: http.OutgoingHttpHeaders = {}): Promise<string> {
  const { url, close } = await startServer((_request, response) => response.writeHead(status, headers).end());
  cleanups.push(close);
  return url.replace('http', 'ws');
}

describe('an outgoing WebSocket', () => {
  it('opens, and misses no message sent at once', async () => {
    const { url } = await startWebSocketServer((socket) => socket.send('first'));

    const socket = await connectWebSocket(url, OPTIONS);
    const first = await new Promise((resolve) =>
      socket.once('message', (data) => resolve((data as Buffer).toString('utf8'))),
    );
    socket.terminate();

    expect(first).toBe('first');
  });

  it('sends its headers and asks for no compression', async () => {
    const { url, server } = await startWebSocketServer(() => undefined);
    const upgrade = new Promise<http.IncomingMessage>((resolve) =>
      server.once('connection', (_socket, request) => resolve(request)),
    );

    const socket = await connectWebSocket(url, { ...OPTIONS, headers: { 'x-a': 'b' } });
    socket.terminate();

    const { headers } = await upgrade;
    expect(headers['x-a']).toBe('b');
    expect(headers['sec-websocket-extensions']).toBeUndefined();
  });

  it.each([
    [401, 'ESC_PLATFORM_UNAUTHORIZED'],
    [403, 'ESC_PLATFORM_REJECTED'],
    [429, 'ESC_PLATFORM_RATE_LIMITED'],
    [502, 'ESC_PLATFORM_ERROR'],
    [302, 'ESC_PLATFORM_PROTOCOL'],
    [200, 'ESC_PLATFORM_PROTOCOL'],
  ])('turns an upgrade refused with %i into %s', async (status, code) => {
    const url = await refusing(status, { 'retry-after': '7', location: 'ws://127.0.0.1:1/' });

    const error = await failureOf(connectWebSocket(url, OPTIONS));

    expect(error.code).toBe(code);
  });

  it('keeps the Retry-After of a refused upgrade', async () => {
    const url = await refusing(429, { 'retry-after': '7' });

    const error = await failureOf(connectWebSocket(url, OPTIONS));

    expect(error.retryAfterMs).toBe(7_000);
  });

  it('gives up when the upgrade is never answered', async () => {
    const hanging = http.createServer();
    hanging.on('upgrade', (_request, socket) => cleanups.push(async () => socket.destroy()));
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => hanging.close(resolve)));

    const error = await failureOf(
      connectWebSocket(`ws://127.0.0.1:${(hanging.address() as AddressInfo).port}`, {
        ...OPTIONS,
        connectMs: 200,
      }),
    );

    expect(error.code).toBe('ESC_PLATFORM_UNREACHABLE');
  });

  it('gives up when the signal aborts', async () => {
    const error = await failureOf(
      connectWebSocket(await refusing(500), { ...OPTIONS, signal: AbortSignal.abort() }),
    );

    expect(error.code).toBe('ESC_PLATFORM_UNREACHABLE');
  });

  it('cannot reach a closed port', async () => {
    const { url, close } = await startServer(() => undefined);
    await close();

    const error = await failureOf(connectWebSocket(url.replace('http', 'ws'), OPTIONS));

    expect(error.code).toBe('ESC_PLATFORM_UNREACHABLE');
  });

  it('tells the server 1009 when a message is larger than allowed', async () => {
    let told = (_code: number): void => undefined;
    const code = new Promise<number>((resolve) => (told = resolve));
    const { url } = await startWebSocketServer((socket) => {
      socket.once('close', told);
      socket.send('x'.repeat(2_000));
    });

    await connectWebSocket(url, { ...OPTIONS, maxPayloadBytes: 1_000 });

    expect(await code).toBe(1009);
  });
});
