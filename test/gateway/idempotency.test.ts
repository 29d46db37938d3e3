// Idempotency keys: one answer for each, whoever asks again, however many at once, and without a worker.
import { createHash } from 'node:crypto';
import { idempotencyWorkflowId } from '../../domain/ids';
import { uniqueId } from '../support/builders';
import { aKey, anEncryption } from '../support/encryption';
import type { GatewayAnswer } from '../support/gateway-calls';
import { setGatewayStage, type GatewayStage, type StageTenant } from '../support/gateway-stage';
import { textOf } from '../support/scenario';
import { until } from '../support/until';

let stage: GatewayStage;
beforeAll(async () => {
  stage = await setGatewayStage();
}, 120_000);
afterAll(() => stage?.close());

const asked = { requestId: 'r1', integration: 'sales' };

function ask(
  conversationId: string,
  key: string,
  { tenant, ...more }: { tenant?: StageTenant } & Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<GatewayAnswer> {
  return stage.as(tenant).call('POST', '/v1/escalations', {
    headers: { 'idempotency-key': key, ...headers },
    body: { conversationId, ...asked, ...more },
  });
}

function claimOf(key: string, tenant: StageTenant = 'acme') {
  return stage.client.workflow.getHandle(
    idempotencyWorkflowId(tenant, createHash('sha256').update(key).digest('hex')),
  );
}

async function eventTypes(conversationId: string): Promise<number> {
  const { historyLength } = await stage.client.workflow
    .getHandle(stage.workflowId(conversationId))
    .describe();
  return historyLength;
}

describe('the same key', () => {
  it('and body: the same status and body, and Idempotency-Replayed', async () => {
    const { conversationId } = stage.conversation();
    const key = uniqueId('key');

    const first = await ask(conversationId, `"${key}"`);
    const second = await ask(conversationId, `"${key}"`);
    const bare = await ask(conversationId, key);

    expect(first.status).toBe(202);
    expect(first.json['taken']).toBe('started');
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    for (const again of [second, bare]) {
      expect([again.status, again.json]).toEqual([first.status, first.json]);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(again.headers['location']).toBe(first.headers['location']);
    }
  });

  it('and the same members in another order is the same body', async () => {
    const { conversationId } = stage.conversation();
    const key = uniqueId('key');

    const first = await ask(conversationId, key, { variables: { a: 1, b: 2 } });
    const second = await ask(conversationId, key, { variables: { b: 2, a: 1 } });

    expect(second.json).toEqual(first.json);
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it('and another body is 422, also while no worker has seen the claim', async () => {
    const { conversationId } = stage.conversation();
    const key = uniqueId('key');
    await ask(conversationId, key);

    const { status, json } = await ask(conversationId, key, { requestId: 'r2' });

    expect([status, json['code']]).toEqual([422, 'ESC_IDEMPOTENCY_MISMATCH']);
  });

  it('of another tenant is another key', async () => {
    const conversationId = uniqueId('conv');
    stage.conversation({}, conversationId);
    const key = uniqueId('key');
    await ask(conversationId, key);

    const { status, json, headers } = await ask(conversationId, key, { tenant: 'rival', requestId: 'other' });

    expect([status, json['taken']]).toEqual([202, 'started']);
    expect(headers).not.toHaveProperty('idempotency-replayed');
  });

  it('keeps a placement that was waited for', async () => {
    const { conversationId } = stage.conversation({
      requestTransfer: () => ({ kind: 'connected', agentId: 'maria' }),
    });
    const key = uniqueId('key');

    const first = await ask(conversationId, key, {}, { prefer: 'wait=20' });
    const second = await ask(conversationId, key);

    expect(first.status).toBe(200);
    expect([second.status, second.json]).toEqual([200, first.json]);
  });
});

describe('while the first call is being answered', () => {
  it('the second is 409 with where to look, and Retry-After', async () => {
    const { conversationId, path } = stage.conversation();
    const key = uniqueId('key');

    const first = ask(conversationId, key, {}, { prefer: 'wait=5' });
    await until('the claim', () =>
      claimOf(key)
        .describe()
        .then(Boolean, () => false),
    );
    const { status, json, headers } = await ask(conversationId, key);

    expect(status).toBe(409);
    expect(json).toMatchObject({ code: 'ESC_IDEMPOTENCY_IN_PROGRESS', url: path });
    expect(headers['location']).toBe(path);
    expect(headers['retry-after']).toBe('1');
    expect((await first).status).toBe(202);
  });
});

describe('what makes no claim', () => {
  it.each([
    ['a request that is not valid', { requestId: '' }, 400],
    ['an unknown integration', { integration: 'nothing' }, 422],
  ])('%s', async (_what, wrong, status) => {
    const { conversationId } = stage.conversation();
    const key = uniqueId('key');

    const refused = await ask(conversationId, key, wrong);
    const right = await ask(conversationId, key);

    expect(refused.status).toBe(status);
    expect([right.status, right.json['taken']]).toEqual([202, 'started']);
  });

  it('a key that is none is 400', async () => {
    const { conversationId } = stage.conversation();
    for (const key of ['with space', '"unfinished', 'a"b', 'x'.repeat(256)])
      expect([key, (await ask(conversationId, key)).status]).toEqual([key, 400]);
  });
});

describe('50 equal requests at once', () => {
  it('with a key: one workflow, and every answer is the same 202 or a 409', async () => {
    const { conversationId } = stage.conversation();
    const key = uniqueId('key');

    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(conversationId, key)));

    const taken = answers.filter(({ status }) => status === 202);
    expect(answers.map(({ status }) => status).filter((status) => status !== 202 && status !== 409)).toEqual(
      [],
    );
    expect(taken.length).toBeGreaterThan(0);
    for (const { json } of taken) expect(json).toEqual(taken[0]?.json);
    expect(taken[0]?.json['taken']).toBe('started');
  });

  it('without: one workflow, and 50 times 202', async () => {
    const { conversationId, world } = stage.conversation();

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => stage.as().escalate(conversationId, asked)),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(202));
    expect(answers.filter(({ json }) => json['taken'] === 'started')).toHaveLength(1);
    await until('the transfer', () => world.transfers.length > 0);
    await stage.as().call('POST', `/v1/escalations/${conversationId}/cancel`, { body: {} });
    await stage.client.workflow.getHandle(stage.workflowId(conversationId)).result();
    expect(world.transfers).toHaveLength(1);
    expect(world.seen.filter((line) => line === 'plan r1')).toHaveLength(1);
  });
});

describe('without a worker', () => {
  beforeAll(() => stage.stopWorker());
  afterAll(() => stage.startWorker());

  it('an answer is kept, and repeated', async () => {
    const { conversationId } = stage.conversation();
    const key = uniqueId('key');

    const first = await ask(conversationId, key);
    const length = await eventTypes(conversationId);
    const second = await ask(conversationId, key);

    expect([second.status, second.json]).toEqual([202, first.json]);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await eventTypes(conversationId)).toBe(length);
  });
});

describe('an answer', () => {
  it('is not taken from what is none', async () => {
    const { conversationId } = stage.conversation();
    const key = uniqueId('key');
    const first = ask(conversationId, key, {}, { prefer: 'wait=2' });
    await until('the claim', () =>
      claimOf(key)
        .signal('answered', 'nonsense')
        .then(
          () => true,
          () => false,
        ),
    );

    const { json } = await first;

    expect((await ask(conversationId, key)).json).toEqual(json);
  });
});

describe('a gateway that died before it answered', () => {
  /** A claim of the same body as `ask` makes, never answered. */
  async function claimAgain(key: string, waitMs: number): Promise<void> {
    const { memo } = await claimOf(key).describe();
    await stage.client.workflow.start('idempotencyClaim', {
      workflowId: claimOf(key).workflowId,
      taskQueue: 'baton',
      args: [],
      memo: { ...memo, waitMs },
    });
  }

  it.each([
    ['once the claim has ended', 0, true],
    // As if 15 seconds had passed.
    ['once it had time enough to answer', -15_000, false],
  ])('leaves a key that the next call takes over %s', async (_when, waitMs, end) => {
    const { conversationId } = stage.conversation();
    const key = uniqueId('key');
    const first = await ask(conversationId, key);
    await claimOf(key).terminate();
    await claimAgain(key, waitMs);
    if (end) {
      expect((await ask(conversationId, key)).status).toBe(409);
      await claimOf(key).terminate();
    }

    const taken = await ask(conversationId, key);
    const again = await ask(conversationId, key);

    expect([taken.status, taken.json['taken']]).toEqual([202, 'asked']);
    expect(taken.headers).not.toHaveProperty('idempotency-replayed');
    expect(taken.json['workflowId']).toBe(first.json['workflowId']);
    expect([again.status, again.json]).toEqual([202, taken.json]);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });
});

describe('with encryption', () => {
  let encrypted: GatewayStage;
  beforeAll(async () => {
    encrypted = await setGatewayStage({ worker: false, encryption: anEncryption({ k1: aKey(1) }) });
  }, 120_000);
  afterAll(() => encrypted?.close());

  it('an answer is read back, and neither it nor the fingerprint is kept in the clear', async () => {
    const conversationId = uniqueId('canary');
    const key = uniqueId('key');
    const send = (requestId: string): Promise<GatewayAnswer> =>
      encrypted.as().call('POST', '/v1/escalations', {
        headers: { 'idempotency-key': key },
        body: { conversationId, integration: 'sales', requestId },
      });

    const first = await send('r1');
    const second = await send('r1');
    const other = await send('r2');

    expect([second.status, second.json]).toEqual([202, first.json]);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(other.status).toBe(422);
    const workflowId = idempotencyWorkflowId('acme', createHash('sha256').update(key).digest('hex'));
    const { events } = await encrypted.client.workflow.getHandle(workflowId).fetchHistory();
    expect(textOf(events)).not.toContain('canary');
  });
});
