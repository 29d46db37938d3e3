// How the client follows events: over connections that end, break, are refused or say nothing more.
import type { ServerResponse } from 'node:http';
import { BatonClient, type BatonEvent } from '../../client';
import { startScriptedServer, type ScriptedAnswer, type ScriptedServer } from '../support/scripted-server';
import { until } from '../support/until';

let server: ScriptedServer;
let baton: BatonClient;
afterEach(() => server.close());

async function serve(...answers: ScriptedAnswer[]): Promise<void> {
  server = await startScriptedServer(...answers);
  baton = new BatonClient({ baseUrl: server.url, apiKey: 'key', reconnectMs: 2_000 });
}

function block(sequence: number, { run = 'run', ...data }: Record<string, unknown> = {}): string {
  const type = data['progress'] === true ? 'escalation.queued' : 'escalation.connected';
  const notice = { type, version: 1, timestamp: '', data: { sequence, requestId: 'r1', ...data } };
  return `id: ${String(run)}/${sequence}\nevent: ${type}\ndata: ${JSON.stringify(notice)}\n\n`;
}

const stream =
  (text: string, end: (response: ServerResponse) => void = (response) => response.end()): ScriptedAnswer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text, () => end(response));
  };
const OVER: ScriptedAnswer = { status: 204 };

async function all(events: AsyncIterable<BatonEvent>): Promise<string[]> {
  const ids = [];
  for await (const { id, notice } of events) ids.push(`${id} ${notice.type}`);
  return ids;
}

const lastEventIds = (): unknown[] => server.requests.map(({ headers }) => headers['last-event-id']);

it('goes on after the last event until nothing comes any more', async () => {
  await serve(
    stream(`retry: 1\n: hello\n\n${block(1)}${block(2)}`),
    stream(`: hello\n\n${block(3)}id: run/4\nda`, (response) => response.destroy()),
    { status: 503, headers: { 'retry-after': '0' }, json: { code: 'ESC_TEMPORAL_UNAVAILABLE', title: 'x' } },
    stream(block(4)),
    OVER,
  );

  const ids = await all(baton.events('c1'));

  expect(ids).toEqual([1, 2, 3, 4].map((sequence) => `run/${sequence} escalation.connected`));
  expect(lastEventIds()).toEqual([undefined, 'run/2', 'run/3', 'run/3', 'run/4']);
});

it('reads events that come in pieces', async () => {
  const text = block(1, { detail: 'Grüße' });
  const bytes = Buffer.from(text);
  await serve((response) => {
    response.writeHead(200);
    const cut = bytes.indexOf('ü') + 1;
    response.write(bytes.subarray(0, cut), () => setImmediate(() => response.end(bytes.subarray(cut))));
  }, OVER);

  const [event] = [await baton.events('c1').next()];

  expect(event.value?.notice.data.detail).toBe('Grüße');
});

it('begins after an event that it is given', async () => {
  await serve(OVER);

  expect(await all(baton.events('c1', { lastEventId: 'run/7' }))).toEqual([]);
  expect(lastEventIds()).toEqual(['run/7']);
});

it('rejects for what another try cannot change', async () => {
  await serve({ status: 404, json: { code: 'ESC_ESCALATION_NOT_FOUND', title: 'x' } });

  await expect(baton.events('c1').next()).rejects.toMatchObject({ code: 'ESC_ESCALATION_NOT_FOUND' });
});

it('gives up when there is no connection for long', async () => {
  await serve({ status: 503, headers: { 'retry-after': '0' }, json: { code: 'ESC_NO_WORKER', title: 'x' } });
  const impatient = new BatonClient({ baseUrl: server.url, apiKey: 'key', reconnectMs: 0 });

  await expect(impatient.events('c1').next()).rejects.toMatchObject({ code: 'ESC_NO_WORKER' });
});

it('leaves the gateway when nobody reads on', async () => {
  let left = false;
  await serve(stream(block(1), (response) => response.once('close', () => (left = true))));

  for await (const event of baton.events('c1')) {
    expect(event.id).toBe('run/1');
    break;
  }

  await until('the connection to end', () => left);
});

it('ends with the reason of its signal', async () => {
  await serve(stream(block(1), () => undefined));
  const stop = new AbortController();
  const events = baton.events('c1', { signal: stop.signal });
  await events.next();
  const next = events.next();

  stop.abort(new Error('enough'));

  await expect(next).rejects.toThrow('enough');
});

describe('waiting for the outcome', () => {
  it('passes over progress and over other requests', async () => {
    await serve(
      stream(
        block(1, { progress: true }) +
          block(2, { requestId: 'r0' }) +
          block(3, { requestId: 'r1', agentId: 'maria' }),
      ),
    );

    const awaited = await baton.waitForOutcome('c1', { requestId: 'r1' });

    expect(awaited).toMatchObject({ kind: 'concluded', notice: { data: { sequence: 3, agentId: 'maria' } } });
  });

  it('goes on in the next escalation for a request that came when the one before closed', async () => {
    await serve(stream(block(1, { run: 'one', requestId: 'r0' })), OVER, stream(block(1, { run: 'two' })));

    const awaited = await baton.waitForOutcome('c1', { requestId: 'r1' });

    expect(awaited).toMatchObject({ kind: 'concluded', notice: { data: { requestId: 'r1' } } });
    expect(lastEventIds()).toEqual([undefined, 'one/1', undefined]);
  });

  it('says when the escalation is over without one', async () => {
    await serve(stream(block(1, { requestId: 'r0' })), OVER, stream(block(1, { requestId: 'r0' })));

    expect(await baton.waitForOutcome('c1', { requestId: 'r1' })).toEqual({ kind: 'over' });
  });

  it('says when it takes longer', async () => {
    await serve(stream(block(1, { progress: true }), () => undefined));

    expect(await baton.waitForOutcome('c1', { requestId: 'r1', timeoutMs: 200 })).toEqual({
      kind: 'timed_out',
    });
  });
});
