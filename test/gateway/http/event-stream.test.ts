// One stream of server-sent events over real HTTP: what is written, and what becomes of readers that do not read.
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import {
  createEventStream,
  type EventStream,
  type EventStreamLimits,
} from '../../../gateway/http/event-stream';
import { openStream } from '../../support/event-streams';
import { until } from '../../support/until';

let app: FastifyInstance;
let streams: EventStream[];
let cuts: number;

async function serve(limits: EventStreamLimits): Promise<number> {
  app.get('/', (_request, reply) => {
    const stream = createEventStream(reply, () => (cuts += 1), limits);
    streams.push(stream);
    return reply.send(stream.body);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

/** Asks and then reads nothing. */
async function doze(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.pause();
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return socket;
}

const theStream = (): Promise<EventStream> => until('a stream', () => streams[0]);
const event = { id: 'run/1', type: 'escalation.accepted', data: { text: 'one\ntwo' } };

beforeEach(() => {
  // An aborted fetch opens a connection that it does not use: nobody waits for it.
  app = Fastify({ forceCloseConnections: true });
  streams = [];
  cuts = 0;
});
afterEach(() => app.close());

it('writes an event with its id, its type and one line of data', async () => {
  const port = await serve({});
  const reader = await openStream(`http://127.0.0.1:${port}`, {});

  (await theStream()).send(event);
  (await theStream()).end();
  await reader.ended;

  expect(reader.text()).toContain('id: run/1\nevent: escalation.accepted\ndata: {"text":"one\\ntwo"}\n\n');
  expect(cuts).toBe(0);
});

it('gives signs of life, with the word of the hour', async () => {
  const port = await serve({ heartbeatMs: 20 });
  const reader = await openStream(`http://127.0.0.1:${port}`, {});

  await until('heartbeats', () => reader.text().split(': ping\n\n').length > 3);
  (await theStream()).say('waiting');
  await until('heartbeats', () => reader.text().split(': waiting\n\n').length > 3);
  reader.leave();

  expect(reader.text()).toMatch(/^retry: \d+\n: hello\n\n/);
});

it('knows when its reader has gone', async () => {
  const port = await serve({});
  const reader = await openStream(`http://127.0.0.1:${port}`, {});
  const { gone } = await theStream();

  expect(gone.aborted).toBe(false);
  reader.leave();
  await until('the stream to know', () => gone.aborted);

  expect(cuts).toBe(0);
});

it('cuts a reader that leaves too much unread, and keeps no more of it', async () => {
  const port = await serve({ maxUnreadBytes: 512 * 1_024 });
  const reader = await doze(port);
  const stream = await theStream();

  const data = 'x'.repeat(256 * 1_024);
  await until('the cut', () => {
    stream.send({ ...event, data });
    return stream.gone.aborted;
  });

  expect(cuts).toBe(1);
  expect(stream.body.readableLength).toBeLessThan(1_024 ** 2);
  reader.destroy();
});

it('cuts a reader that has read nothing for several heartbeats', async () => {
  const port = await serve({ heartbeatMs: 20, maxUnreadBytes: 1024 ** 3 });
  const reader = await doze(port);
  const stream = await theStream();

  // More than the sockets between the two take.
  stream.send({ ...event, data: 'x'.repeat(32 * 1024 ** 2) });
  await until('the cut', () => stream.gone.aborted);

  expect(cuts).toBe(1);
  reader.destroy();
});
