// What operators see of a gateway: whether it is ready, what it counts, what it logs. And what nobody sees.
import { inspect } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { TASK_QUEUE } from '../../domain/task-queue';
import { createReadiness } from '../../gateway/temporal/readiness';
import { closeAll, type Closers } from '../support/closers';
import { makeSigningKey, signToken } from '../support/identity-provider';
import { KEYS, openGateway } from '../support/open-gateway';
import { callRaw } from '../support/raw-call';
import { startTemporal } from '../support/temporal-server';
import { until } from '../support/until';

const closers: Closers = [];
afterEach(() => closeAll(closers));

/** A client, and the names of the calls that it has made. */
async function connectTo(
  address: string,
): Promise<{ client: Client; connection: Connection; calls: string[] }> {
  const calls: string[] = [];
  const connection = await Connection.connect({
    address,
    interceptors: [
      (options, nextCall) => {
        calls.push(options.method_definition.path.split('/').at(-1) ?? '');
        return nextCall(options) as never;
      },
    ],
  });
  closers.push(() => connection.close());
  return { client: new Client({ connection }), connection, calls };
}

/** Polls as a worker does, for as long as a poll lasts or until the connection is closed. */
function poll(connection: Connection, kind: 'Workflow' | 'Activity'): void {
  const asked = { namespace: 'default', taskQueue: { name: TASK_QUEUE }, identity: 'a worker' };
  const { workflowService: service } = connection;
  void connection
    .withDeadline(Date.now() + 60_000, async () =>
      kind === 'Workflow' ? service.pollWorkflowTaskQueue(asked) : service.pollActivityTaskQueue(asked),
    )
    .catch(() => undefined);
}

describe('readiness', () => {
  it('tells Temporal and workers apart: without workers requests are accepted all the same', async () => {
    const server = await startTemporal(closers);
    const { client } = await connectTo(server.address);
    const worker = await connectTo(server.address);
    const gateway = await openGateway({ client });
    closers.push(gateway.close);
    const ready = async (): Promise<string> => {
      const answer = await gateway.call('/readyz');
      const { temporal, workers } = (await answer.json()) as { temporal: boolean; workers: boolean };
      return `${answer.status} temporal ${temporal} workers ${workers}`;
    };

    expect(await ready()).toBe('200 temporal true workers false');

    poll(worker.connection, 'Workflow');
    await until('a workflow poller', async () => {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue: { name: TASK_QUEUE },
        taskQueueType: 1,
      });
      return (pollers ?? []).length > 0;
    });
    // Half a worker is none.
    expect(await createReadiness(client)()).toEqual({ temporal: true, workers: false });

    poll(worker.connection, 'Activity');
    await until('ready with workers', async () => (await ready()) === '200 temporal true workers true', {
      pollMs: 200,
    });

    await server.stop();
    await until('not ready', async () => (await ready()) === '503 temporal false workers false', {
      pollMs: 200,
    });
    expect((await gateway.call('/healthz')).status).toBe(200);
  });

  it('costs Temporal nothing, however many ask', async () => {
    const server = await startTemporal(closers);
    const { client, calls } = await connectTo(server.address);
    const readiness = createReadiness(client);

    await Promise.all(Array.from({ length: 100 }, () => readiness()));

    expect(calls.filter((name) => name === 'DescribeTaskQueue')).toHaveLength(2);
  });

  it('is not given for a namespace that there is not', async () => {
    const server = await startTemporal(closers);
    const { connection } = await connectTo(server.address);

    expect(await createReadiness(new Client({ connection, namespace: 'nowhere' }))()).toEqual({
      temporal: false,
      workers: false,
    });
  });
});

describe('the counters', () => {
  it('are for operators only: tenants could count each other’s calls', async () => {
    const gateway = await openGateway();
    closers.push(gateway.close);

    expect((await gateway.call('/metrics')).status).toBe(401);
    expect((await gateway.call('/metrics', { key: KEYS.acme })).status).toBe(401);
    const answer = await gateway.call('/metrics', { key: KEYS.operator });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect((await gateway.knock(KEYS.operator)).status).toBe(401);
  });

  it('count answers by template and problems by code, with no tenant, id or word of a caller', async () => {
    const gateway = await openGateway();
    closers.push(gateway.close);
    await gateway.knock(KEYS.acme);
    await gateway.knock('canary-key');
    await gateway.call('/canary-path?canary=1', { method: 'DELETE' });
    await gateway.call('/v1/escalations/canary-conversation/cancel', { method: 'POST', key: KEYS.globex });
    await gateway.call('/v1/webhooks/canary-tenant/canary-connector', { method: 'POST', body: '{}' });
    await callRaw(gateway.port, 'CANARY / HTTP/1.1\r\n\r\n');

    const text = await (await gateway.call('/metrics', { key: KEYS.operator })).text();

    expect(text).toContain(
      'baton_gateway_request_seconds_count{method="POST",route="/v1/escalations",status="400"} 1',
    );
    expect(text).toContain(
      'baton_gateway_request_seconds_count{method="POST",route="/v1/escalations",status="401"} 1',
    );
    expect(text).toContain(
      'baton_gateway_request_seconds_count{method="DELETE",route="unknown",status="404"} 1',
    );
    expect(text).toContain('route="/v1/escalations/:conversationId/cancel",status="503"} 1');
    expect(text).toContain('baton_gateway_problems_total{code="ESC_KEY_UNKNOWN"} 1');
    expect(text).toContain('baton_gateway_problems_total{code="ESC_ROUTE_NOT_FOUND"} 1');
    expect(text).toContain('baton_gateway_problems_total{code="ESC_TEMPORAL_UNAVAILABLE"} 1');
    expect(text).not.toMatch(/canary|acme|globex|backend|prometheus/i);
  });
});

describe('the log', () => {
  it('has a line for each refusal and nothing that the caller sent', async () => {
    const gateway = await openGateway();
    closers.push(gateway.close);
    const stranger = await signToken(await makeSigningKey('ES256', 'canary-kid'), {
      iss: 'https://canary.example',
      sub: 'canary-subject',
    });
    const body = JSON.stringify({ conversationId: 'canary-id', userMessage: 'canary text', canary: true });
    const json = { 'content-type': 'application/json', 'idempotency-key': '"canary"', 'x-canary': 'canary' };

    await gateway.knock('canary-key');
    await gateway.knock(stranger);
    await gateway.knock(undefined, { authorization: 'Basic canary', cookie: 'canary=1' });
    for (const headers of [json, { ...json, 'content-type': 'text/canary' }])
      await gateway.call('/v1/escalations?canary=1', { method: 'POST', key: KEYS.acme, headers, body });
    await gateway.call('/v1/escalations', {
      method: 'POST',
      key: KEYS.acme,
      headers: json,
      body: '{"canary',
    });
    await gateway.call('/v1/escalations/canary/cancel', { method: 'POST', key: KEYS.globex });
    await gateway.call('/canary', { key: 'canary-key' });
    await gateway.call('/metrics', { key: 'canary-key' });
    await gateway.call('/v1/webhooks/canary', { method: 'POST', headers: { 'webhook-signature': 'canary' } });

    const refusals = gateway.log.filter(({ event }) => event === 'gateway.refused');
    const text = inspect(gateway.log, { depth: 20, showHidden: true });
    expect(refusals.length).toBeGreaterThanOrEqual(10);
    for (const { code, requestId } of refusals)
      expect(`${String(code)} ${String(requestId)}`).toMatch(/^ESC_[A-Z_]+ [0-9a-f-]{36}$/);
    expect(text).not.toMatch(/canary/i);
    for (const secret of [...Object.values(KEYS), ...stranger.split('.')]) expect(text).not.toContain(secret);
  });
});
