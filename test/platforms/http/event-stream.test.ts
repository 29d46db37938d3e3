// Server-sent events from real servers: what is read, what is refused, and what ends a stream.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEventStreams } from '../../../platforms/http';
import type { EventStreams, EventStreamsOptions, ServerSentEvent } from '../../../platforms/http';

const BASE: EventStreamsOptions = {
  allowPrivateNetwork: true,
  connectMs: 2_000,
  requestMs: 2_000,
  silenceMs: 5_000,
  maxStreams: 10,
};

let server: Server;
let url: string;
let streams: EventStreams | undefined;

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<void> {
  server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
}
const open = (changes: Partial<EventStreamsOptions> = {}, signal = AbortSignal.timeout(30_000)) => {
  streams = createEventStreams({ ...BASE, ...changes });
  return streams.open({ url, headers: { 'last-event-id': '7' }, signal });
};
async function all(events: AsyncIterable<ServerSentEvent>): Promise<readonly ServerSentEvent[]> {
  const found: ServerSentEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

afterEach(async () => {
  await streams?.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
});

it('reads events, also ones that come in pieces, and passes headers on', async () => {
  let asked: IncomingMessage['headers'] = {};
  await serve(({ headers }, response) => {
    asked = headers;
    const whole = Buffer.from('id: 1\nevent: note\ndata: größer 👍\n\n: nothing\n\ndata: two\n\n');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(whole.subarray(0, 28));
    setTimeout(() => response.end(whole.subarray(28)), 20);
  });

  const { events } = await open();

  expect(await all(events)).toMatchObject([{ id: '1', event: 'note', data: 'größer 👍' }, { data: 'two' }]);
  expect(asked).toMatchObject({ 'last-event-id': '7', accept: 'text/event-stream' });
});

it.each([
  [401, 'ESC_PLATFORM_UNAUTHORIZED'],
  [429, 'ESC_PLATFORM_RATE_LIMITED'],
  [503, 'ESC_PLATFORM_ERROR'],
  [302, 'ESC_PLATFORM_PROTOCOL'],
])('is refused with %i as %s', async (status, code) => {
  await serve((_request, response) => response.writeHead(status, { 'retry-after': '2' }).end());

  await expect(open()).rejects.toMatchObject({ code, retryAfterMs: 2_000 });
});

it('is not opened to a private address that nobody allowed', async () => {
  let asked = 0;
  await serve((_request, response) => void response.end(String((asked += 1))));

  await expect(open({ allowPrivateNetwork: false })).rejects.toMatchObject({ code: 'ESC_EGRESS_BLOCKED' });
  expect(asked).toBe(0);
});

it('ends when it is silent for too long, and not before', async () => {
  await serve((_request, response) => {
    response.writeHead(200);
    let left = 6;
    const timer = setInterval(() => {
      response.write(': still here\n\n');
      if ((left -= 1) === 0) clearInterval(timer);
      if (left === 0) response.write('data: last\n\n');
    }, 60);
  });
  const { events } = await open({ silenceMs: 300 });
  const found: string[] = [];

  const reading = (async () => {
    for await (const { data } of events) found.push(data);
  })();

  await expect(reading).rejects.toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT' });
  expect(found).toEqual(['last']);
});

it('ends with an error when the connection breaks, and as it should when the server ends it', async () => {
  await serve(({ socket }, response) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' });
    response.write('data: one\n\n', () => socket.destroy());
  });
  const { events } = await open();

  await expect(all(events)).rejects.toMatchObject({ code: 'ESC_PLATFORM_UNREACHABLE' });
});

it('ends when it is closed, and when its signal aborts', async () => {
  const gone: string[] = [];
  await serve((request, response) => {
    response.writeHead(200);
    response.write('data: one\n\n');
    response.once('close', () => gone.push(request.url ?? ''));
  });
  const stop = new AbortController();
  const first = await open({}, stop.signal);
  const reading = all(first.events);
  stop.abort();
  await expect(reading).rejects.toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT' });

  const second = await open();
  const again = all(second.events);
  second.close();

  await expect(again).rejects.toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT' });
  while (gone.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
});

it('refuses an event without an end', async () => {
  await serve((_request, response) => {
    response.writeHead(200);
    response.write('data: ');
    const more = (): void => {
      if (response.write('x'.repeat(65_536))) setImmediate(more);
      else response.once('drain', more);
    };
    response.on('error', () => undefined);
    more();
  });
  const { events } = await open();

  await expect(all(events)).rejects.toMatchObject({ code: 'ESC_PLATFORM_PROTOCOL' });
});
