// Webhooks of platforms at a real gateway on a real Temporal server. No worker runs: what was signalled is in the
// histories, and nothing waits for it.
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, defaultPayloadConverter } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { DEFAULT_GATEWAY } from '../../contract/gateway';
import type { Configuration, ConnectorConfiguration } from '../../domain/configuration';
import { escalationWorkflowId } from '../../domain/ids';
import { UNVERIFIED_ALLOWED } from '../../gateway/access/unverified-limit';
import { createGateway } from '../../gateway/create-gateway';
import { PLATFORMS } from '../../platforms';
import { signWebhook } from '../../platforms/webhook/signing';
import { obtainDevelopmentServer } from '../../servers/development-server';
import {
  startDevelopmentServer,
  type RunningDevelopmentServer,
} from '../../servers/start-development-server';
import { uniqueId } from '../support/builders';
import { aConnector, anApiKey, aSecret, aTenant } from '../support/tenant-builders';

const secretOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const ACME = secretOf(1);
const GLOBEX = secretOf(2);
const OLD = secretOf(3);
const SHARED = secretOf(4);
const STRANGER = secretOf(9);
const OPERATOR_KEY = 'operator-key-of-the-webhook-tests';
const CANARY = 'canary: what somebody wrote';

const aDesk = (secret: string, previousSecret?: string): ConnectorConfiguration =>
  aConnector({
    platform: 'webhook',
    options: { url: 'https://desk.example/' },
    credentials: {
      secret: aSecret(secret),
      ...(previousSecret !== undefined && { previousSecret: aSecret(previousSecret) }),
    },
  });

const CONFIGURATION: Configuration = {
  tenants: {
    acme: {
      ...aTenant(),
      connectors: { desk: aDesk(ACME), rotating: aDesk(ACME, OLD), twin: aDesk(SHARED), lp: aConnector() },
    },
    globex: { ...aTenant(), connectors: { desk: aDesk(GLOBEX), twin: aDesk(SHARED), own: aDesk(GLOBEX) } },
  },
  gateway: { ...DEFAULT_GATEWAY, operatorKeys: [anApiKey(OPERATOR_KEY, 'ops')] },
};

type Fields = Record<string, unknown>;

let folder: string;
let server: RunningDevelopmentServer;
let connection: Connection;
let client: Client;
let logged: Fields[];
let gateway: { readonly app: FastifyInstance; readonly url: string };

async function startServer(port: number): Promise<RunningDevelopmentServer> {
  const log = (): void => undefined;
  return startDevelopmentServer({
    executable: await obtainDevelopmentServer({ log, env: process.env }),
    port,
    databaseFile: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
    searchAttributes: {},
    log,
  });
}

async function startGateway(): Promise<typeof gateway> {
  const note = (fields: Fields, message: string): void => void logged.push({ ...fields, message });
  const log = { debug: note, info: note, warn: note };
  const app = createGateway({ configuration: CONFIGURATION, platforms: PLATFORMS, client, log });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton-webhooks-'));
  server = await startServer(0);
  connection = await Connection.connect({ address: server.address });
  client = new Client({ connection });
}, 60_000);
beforeEach(async () => {
  logged = [];
  gateway = await startGateway();
});
afterEach(() => gateway.app.close());
afterAll(async () => {
  await connection?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens an escalation that no worker works on. */
async function openEscalation(tenant: string, conversationId = uniqueId('conv')): Promise<string> {
  await client.workflow.start('escalation', {
    workflowId: escalationWorkflowId(tenant, conversationId),
    taskQueue: 'nobody',
    args: [],
  });
  return conversationId;
}

/** The ids of the events that the escalation was signalled. */
async function signalled(tenant: string, conversationId: string): Promise<string[]> {
  const history = await client.workflow
    .getHandle(escalationWorkflowId(tenant, conversationId))
    .fetchHistory();
  return (history.events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    const [payload] = signal?.input?.payloads ?? [];
    if (signal?.signalName !== 'deskEvent' || !payload) return [];
    return [defaultPayloadConverter.fromPayload<{ id: string }>(payload).id];
  });
}

interface Delivery {
  readonly path?: string;
  readonly secret?: string;
  readonly id?: string;
  /** Seconds from now. */
  readonly skewS?: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

function eventOf(conversationId: string): string {
  const data = { conversationId, transferId: `${conversationId}/r1/0`, reason: 'rejected', detail: CANARY };
  return JSON.stringify({ type: 'transfer.declined', timestamp: new Date().toISOString(), data });
}

async function deliver({
  path = 'desk',
  secret = ACME,
  id = uniqueId('evt'),
  skewS = 0,
  body = '',
  headers = {},
}: Delivery): Promise<{ status: number; headers: Headers; json: Fields }> {
  const timestamp = Math.floor(Date.now() / 1000) + skewS;
  const answer = await fetch(`${gateway.url}/v1/webhooks/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...signWebhook({ id, timestamp, body, secrets: [secret] }),
      ...headers,
    },
    ...(body !== '' && { body }),
  });
  return { status: answer.status, headers: answer.headers, json: (await answer.json()) as Fields };
}

async function count(fate: string): Promise<number> {
  const answer = await fetch(`${gateway.url}/metrics`, {
    headers: { authorization: `Bearer ${OPERATOR_KEY}` },
  });
  const line = new RegExp(
    `^baton_gateway_platform_events_total\\{platform="webhook",fate="${fate}"\\} (\\d+)$`,
    'm',
  );
  return Number(line.exec(await answer.text())?.[1] ?? 0);
}

describe('a webhook whose path names the connector only', () => {
  it('reaches the tenant whose connector of that name verifies it, and no other', async () => {
    const conversationId = await openEscalation('acme');
    await openEscalation('globex', conversationId);
    const body = eventOf(conversationId);

    const toAcme = await deliver({ secret: ACME, id: 'evt-a', body });
    const toGlobex = await deliver({ secret: GLOBEX, id: 'evt-g', body });

    expect([toAcme, toGlobex]).toMatchObject([
      { status: 202, json: { accepted: 1 } },
      { status: 202, json: { accepted: 1 } },
    ]);
    expect(await signalled('acme', conversationId)).toEqual(['evt-a']);
    expect(await signalled('globex', conversationId)).toEqual(['evt-g']);
    expect(await count('taken')).toBe(2);
  });

  it('is refused where two tenants share the secret, and taken where the path names the tenant', async () => {
    const conversationId = await openEscalation('globex');
    const body = eventOf(conversationId);

    const short = await deliver({ path: 'twin', secret: SHARED, body });
    const long = await deliver({ path: 'globex/twin', secret: SHARED, id: 'evt-t', body });

    expect([short.status, long.status]).toEqual([401, 202]);
    expect(await signalled('globex', conversationId)).toEqual(['evt-t']);
    expect(logged).toContainEqual(
      expect.objectContaining({ event: 'gateway.webhook_ambiguous', connector: 'twin' }),
    );
  });
});

describe('a webhook whose path names the tenant', () => {
  it('is verified by that tenant’s connector and no other', async () => {
    const conversationId = await openEscalation('acme');
    const body = eventOf(conversationId);

    const own = await deliver({ path: 'acme/desk', secret: ACME, id: 'evt-1', body });
    const others = await deliver({ path: 'acme/desk', secret: GLOBEX, body });

    expect([own.status, others.status]).toEqual([202, 401]);
    expect(await signalled('acme', conversationId)).toEqual(['evt-1']);
  });
});

describe('the signature of a webhook', () => {
  it('counts by the old secret too while the connector has both', async () => {
    const conversationId = await openEscalation('acme');
    const body = eventOf(conversationId);

    const answers = [
      await deliver({ path: 'rotating', secret: OLD, body }),
      await deliver({ path: 'rotating', secret: ACME, body }),
      await deliver({ path: 'desk', secret: OLD, body }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 401]);
  });

  it.each([
    [-330, 401],
    [-270, 202],
    [270, 202],
    [330, 401],
  ])('%i seconds from our clock is answered with %i', async (skewS, status) => {
    const conversationId = await openEscalation('acme');

    expect((await deliver({ skewS, body: eventOf(conversationId) })).status).toBe(status);
    expect(await signalled('acme', conversationId)).toHaveLength(status === 202 ? 1 : 0);
  });

  it('that is bad gets the very answer that an unknown name gets', async () => {
    const conversationId = await openEscalation('acme');
    const body = eventOf(conversationId);
    const deliveries: Delivery[] = [
      { path: 'desk', secret: STRANGER },
      { path: 'acme/desk', secret: STRANGER },
      { path: 'nowhere' },
      { path: 'acme/nowhere' },
      { path: 'nobody/desk' },
      { path: 'acme/own', secret: GLOBEX },
      { path: 'lp' },
      { path: 'acme/lp' },
      { path: 'constructor' },
      { path: '__proto__/constructor' },
      { path: 'x'.repeat(101) },
      { path: 'desk', headers: { 'webhook-signature': '' } },
      { path: 'nowhere', headers: { 'webhook-signature': '' } },
      {
        path: 'desk',
        body: `${body} `,
        headers: signWebhook({ id: 'e', timestamp: 1, body, secrets: [ACME] }) as never,
      },
    ];

    const answers = await Promise.all(deliveries.map((delivery) => deliver({ body, ...delivery })));

    const seen = answers.map(({ status, json: { requestId: _, ...problem } }) => ({ status, problem }));
    expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(seen[0]).toMatchObject({ status: 401, problem: { code: 'ESC_WEBHOOK_UNAUTHORIZED' } });
    expect(await signalled('acme', conversationId)).toEqual([]);
  });

  it('that is bad too often from one address is answered with 429; good ones pass all the same', async () => {
    const conversationId = await openEscalation('acme');
    const body = eventOf(conversationId);
    const bad: Delivery = { secret: STRANGER, body };
    for (let n = 0; n < UNVERIFIED_ALLOWED; n += 1) expect((await deliver(bad)).status).toBe(401);

    const tooMany = await deliver(bad);
    const good = await deliver({ body });

    expect(tooMany).toMatchObject({ status: 429, json: { code: 'ESC_RATE_LIMITED' } });
    expect(Number(tooMany.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(good.status).toBe(202);
  });
});

describe('an event that comes again', () => {
  it('is answered as before and signalled once', async () => {
    const conversationId = await openEscalation('acme');
    const again: Delivery = { id: 'evt-again', body: eventOf(conversationId) };

    const answers = [await deliver(again), await deliver({ ...again, path: 'acme/desk' })];

    expect(answers).toMatchObject([
      { status: 202, json: { accepted: 1 } },
      { status: 202, json: { accepted: 1 } },
    ]);
    expect(await signalled('acme', conversationId)).toEqual(['evt-again']);
    expect([await count('taken'), await count('duplicate')]).toEqual([1, 1]);
  });

  it('is signalled once also when twenty come at the same time', async () => {
    const conversationId = await openEscalation('acme');
    const body = eventOf(conversationId);

    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver({ id: 'evt-20', body })));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await signalled('acme', conversationId)).toEqual(['evt-20']);
    expect([await count('taken'), await count('duplicate')]).toEqual([1, 19]);
  });

  it('is another event when another connector sends it', async () => {
    const conversationId = await openEscalation('acme');
    const body = eventOf(conversationId);

    await deliver({ path: 'desk', id: 'evt-same', body });
    await deliver({ path: 'rotating', id: 'evt-same', body });

    expect(await signalled('acme', conversationId)).toEqual(['evt-same', 'evt-same']);
  });
});

describe('an event that no open escalation takes', () => {
  it.each([
    ['that never was', () => Promise.resolve(uniqueId('conv'))],
    [
      'that is over',
      async () => {
        const conversationId = await openEscalation('acme');
        await client.workflow.getHandle(escalationWorkflowId('acme', conversationId)).terminate();
        return conversationId;
      },
    ],
    ['of another tenant', () => openEscalation('globex')],
    ['whose id can be none', () => Promise.resolve('c'.repeat(900))],
    ['whose id is not printable', () => Promise.resolve('c\u0000\u202e')],
  ])(
    'of an escalation %s is answered with 202, counted and logged, without its text',
    async (_what, open) => {
      const conversationId = await open();

      const answer = await deliver({ id: 'evt-late', body: eventOf(conversationId) });

      expect(answer).toMatchObject({ status: 202, json: { accepted: 0 } });
      expect([await count('unmatched'), await count('taken')]).toEqual([1, 0]);
      expect(logged).toContainEqual(
        expect.objectContaining({
          event: 'gateway.event_unmatched',
          tenant: 'acme',
          connector: 'desk',
          eventId: 'evt-late',
        }),
      );
      expect(JSON.stringify(logged)).not.toContain(CANARY);
    },
  );

  it('is taken when it comes again and there is one', async () => {
    const conversationId = uniqueId('conv');
    const early: Delivery = { id: 'evt-early', body: eventOf(conversationId) };
    const before = await deliver(early);
    await openEscalation('acme', conversationId);

    const after = await deliver(early);

    expect([before.json, after.json]).toEqual([{ accepted: 0 }, { accepted: 1 }]);
    expect(await signalled('acme', conversationId)).toEqual(['evt-early']);
  });
});

describe('the body of a webhook', () => {
  it.each(['text/plain', 'application/cloudevents+json', 'application/x-www-form-urlencoded'])(
    'may come as %s: its bytes are what counts',
    async (type) => {
      const conversationId = await openEscalation('acme');

      const answer = await deliver({ body: eventOf(conversationId), headers: { 'content-type': type } });

      expect(answer).toMatchObject({ status: 202, json: { accepted: 1 } });
    },
  );

  it('that is missing is invalid if it was signed, and unauthorized if not', async () => {
    const signed = await deliver({});
    const unsigned = await fetch(`${gateway.url}/v1/webhooks/desk`, { method: 'POST' });

    expect(signed).toMatchObject({ status: 400, json: { code: 'ESC_REQUEST_INVALID' } });
    expect(unsigned.status).toBe(401);
  });

  it.each([
    ['no JSON', 'hello'],
    ['an unknown type', '{"type":"transfer.exploded","data":{}}'],
    [
      'a member out of bounds',
      '{"type":"transfer.position","data":{"conversationId":"c","transferId":"t","position":-1}}',
    ],
    [
      'a polluted prototype',
      '{"type":"transfer.queued","data":{"__proto__":{"conversationId":"c","transferId":"t"}}}',
    ],
  ])('that is %s is refused with 400 once it is verified', async (_what, body) => {
    expect(await deliver({ body })).toMatchObject({
      status: 400,
      json: { code: 'ESC_REQUEST_INVALID', errors: [{ detail: expect.any(String) as string }] },
    });
    expect((await deliver({ body, secret: STRANGER })).status).toBe(401);
  });

  it('that is too large is refused with 413', async () => {
    const answer = await deliver({ body: JSON.stringify({ filler: 'x'.repeat(300 * 1024) }) });

    expect(answer).toMatchObject({ status: 413, json: { code: 'ESC_REQUEST_TOO_LARGE' } });
  });
});

// The last: it ends the server that the others use.
describe('while Temporal is down', () => {
  it('an event gets 503 with Retry-After and is as new as ever when the platform sends it again', async () => {
    const conversationId = await openEscalation('acme');
    const event: Delivery = { id: 'evt-down', body: eventOf(conversationId) };
    const port = Number(server.address.split(':')[1]);
    process.kill(server.pid, 'SIGKILL');
    await server.ended;

    const [down, unsigned] = [await deliver(event), await deliver({ ...event, secret: STRANGER })];
    server = await startServer(port);
    await connection.workflowService.getSystemInfo({});
    const up = await deliver(event);

    expect(down).toMatchObject({ status: 503, json: { code: 'ESC_TEMPORAL_UNAVAILABLE' } });
    expect(Number(down.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(unsigned.status).toBe(401);
    expect(up).toMatchObject({ status: 202, json: { accepted: 1 } });
    expect(await signalled('acme', conversationId)).toEqual(['evt-down']);
    expect([await count('taken'), await count('duplicate')]).toEqual([1, 0]);
  }, 60_000);
});
