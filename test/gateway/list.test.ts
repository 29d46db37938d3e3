// GET /v1/escalations: filters, pages, and nothing of another tenant by whatever is put into them.
import { escalationListSchema } from '../../contract/http/answers';
import { uniqueId } from '../support/builders';
import { setGatewayStage, type GatewayStage, type StageTenant } from '../support/gateway-stage';
import { until } from '../support/until';

let stage: GatewayStage;
/** In the order in which they began. */
let open: string[];
let connected: string;
let failed: string;
let terminated: string;
let ofRival: string;
const QUOTED = `it's "a" \\ b`;

beforeAll(async () => {
  stage = await setGatewayStage();
  open = [await escalate('acme'), await escalate('acme'), await escalate('acme', uniqueId(QUOTED))];
  ofRival = await escalate('rival');
  connected = await escalate('acme', uniqueId('connected'), {
    requestTransfer: () => ({ kind: 'connected' }),
  });
  failed = await escalate('acme', uniqueId('failed'), {
    requestTransfer: () => ({ kind: 'declined', reason: 'no_agents' }),
  });
  terminated = await escalate('acme', uniqueId('terminated'));
  await stage.client.workflow.getHandle(stage.workflowId(terminated)).terminate();
  await until('every escalation to be listed as it is', async () => {
    const { escalations } = await list({});
    const phases = new Map(escalations.map(({ conversationId, phase }) => [conversationId, phase]));
    return (
      phases.size === 6 &&
      phases.get(connected) === 'closed' &&
      phases.get(failed) === 'awaiting_bot' &&
      phases.get(terminated) === 'closed'
    );
  });
}, 120_000);
afterAll(() => stage?.close());

async function escalate(
  tenant: StageTenant,
  conversationId = uniqueId(tenant),
  script = {},
): Promise<string> {
  stage.conversation(script, conversationId);
  const { status } = await stage
    .as(tenant)
    .escalate(conversationId, { requestId: 'r1', integration: 'sales' });
  expect(status).toBe(202);
  return conversationId;
}

async function list(query: Record<string, string>, tenant: StageTenant = 'acme') {
  const { status, json } = await stage
    .as(tenant)
    .call('GET', `/v1/escalations?${new URLSearchParams(query).toString()}`);
  expect(status).toBe(200);
  return escalationListSchema.parse(json);
}

async function ids(query: Record<string, string>, tenant?: StageTenant): Promise<string[]> {
  return (await list(query, tenant)).escalations.map(({ conversationId }) => conversationId).sort();
}

const sorted = (...all: string[]): string[] => all.sort();

describe('filters', () => {
  it('none: everything of the tenant, and nothing of another', async () => {
    expect(await ids({})).toEqual(sorted(...open, connected, failed, terminated));
    expect(await ids({}, 'rival')).toEqual([ofRival]);
  });

  it('status', async () => {
    expect(await ids({ status: 'open' })).toEqual(sorted(...open, failed));
    expect(await ids({ status: 'closed' })).toEqual(sorted(connected, terminated));
  });

  it('phase; one that was terminated is closed', async () => {
    expect(await ids({ phase: 'transferring' })).toEqual(sorted(...open));
    expect(await ids({ phase: 'awaiting_bot' })).toEqual([failed]);
    expect(await ids({ phase: 'closed' })).toEqual(sorted(connected, terminated));
  });

  it('outcome', async () => {
    expect(await ids({ outcome: 'connected' })).toEqual([connected]);
    expect(await ids({ outcome: 'abandoned' })).toEqual([]);
  });

  it('platform, skill and time', async () => {
    const all = await ids({});
    const { escalations } = await list({ conversationId: connected });
    const startedAt = escalations[0]?.startedAt ?? '';

    expect(await ids({ platform: 'liveperson', skill: '1001' })).not.toContain(connected);
    expect(await ids({ skill: '4711' })).toContain(connected);
    expect(await ids({ skill: '1001' })).not.toContain(connected);
    expect(await ids({ startedAfter: startedAt })).toEqual(expect.arrayContaining([failed, terminated]));
    expect(await ids({ startedAfter: startedAt })).not.toContain(open[0]);
    expect(await ids({ startedBefore: '2001-01-01T00:00:00Z' })).toEqual([]);
    expect(
      await ids({ startedAfter: '0001-01-01T00:00:00Z', startedBefore: '9999-12-31T23:59:59Z' }),
    ).toEqual(all);
  });

  it('a conversation, also by an id with quotes and backslashes', async () => {
    expect(await ids({ conversationId: connected })).toEqual([connected]);
    expect(await ids({ conversationId: open[2] ?? '' })).toEqual([open[2]]);
  });

  it('failed stands for every reason', async () => {
    const conversationId = await escalate('acme', uniqueId('given-up'), {
      requestTransfer: () => ({ kind: 'declined', reason: 'rejected' }),
    });
    await until('the first failure', async () =>
      (await ids({ phase: 'awaiting_bot' })).includes(conversationId),
    );
    for (const requestId of ['r2', 'r3', 'r4']) {
      await stage.as().escalate(conversationId, { requestId, integration: 'sales' });
      await until('its attempt', async () => {
        const { json } = await stage.as().call('GET', `/v1/escalations/${conversationId}`);
        return (json['attempts'] as { requestId: string }[]).some((each) => each.requestId === requestId);
      });
    }
    await until('the end', async () => (await ids({ outcome: 'failed' })).includes(conversationId));

    expect(await ids({ outcome: 'failed' })).toEqual([conversationId]);
    expect(await ids({ outcome: 'failed:rejected' })).toEqual([conversationId]);
    expect(await ids({ outcome: 'failed:no_agents' })).toEqual([]);
  });
});

describe('what is no value but an attempt', () => {
  const ATTEMPTS = [
    "x' OR BatonTenant = 'rival",
    "x\\' OR BatonTenant = \\'rival",
    "x\\\\' OR BatonTenant = 'rival",
    "x'' OR BatonTenant = 'rival' OR BatonTenant = ''",
    "' OR '1' = '1",
    "x') OR (BatonTenant = 'rival",
    "rival' --",
    'x\\',
    "'",
    '"',
    "x' OR WorkflowType = 'idempotencyClaim",
    'x\u0000y',
    '%',
    '😀',
  ];

  it.each(ATTEMPTS)('%j finds nothing', async (attempt) => {
    for (const filter of ['platform', 'skill', 'conversationId']) {
      const { status, json } = await stage
        .as()
        .call('GET', `/v1/escalations?${new URLSearchParams({ [filter]: attempt }).toString()}`);
      // What can be no id is refused as such.
      expect([200, 400]).toContain(status);
      if (status === 200) expect(json['escalations']).toEqual([]);
    }
  });

  it('in a phase, an outcome, a time or a limit is refused', async () => {
    for (const query of [
      "phase=closed' OR BatonTenant = 'rival",
      "outcome=failed') OR (BatonTenant = 'rival",
      'startedAfter=yesterday',
      "startedBefore=2001-01-01T00:00:00Z' OR BatonTenant = 'rival",
      'limit=0',
      'limit=101',
      'status=both',
    ]) {
      const { status, json } = await stage.as().call('GET', `/v1/escalations?${encodeURI(query)}`);
      expect([query, status, json['code']]).toEqual([query, 400, 'ESC_REQUEST_INVALID']);
    }
  });
});

describe('pages', () => {
  it('lead through everything once', async () => {
    const all = await ids({});
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: '2', ...(cursor && { cursor }) });
      expect(page.escalations.length).toBeLessThanOrEqual(2);
      found.push(...page.escalations.map(({ conversationId }) => conversationId));
      cursor = page.nextCursor;
    } while (cursor !== undefined);

    expect(found.sort()).toEqual(all);
  });

  it('have the open ones first, each the latest first', async () => {
    const { escalations } = await list({});
    const openOnes = escalations.filter(({ status }) => status === 'open');
    const instants = [
      openOnes.map(({ startedAt }) => startedAt),
      escalations.flatMap(({ closedAt }) => closedAt ?? []),
    ];

    expect(escalations.slice(0, openOnes.length)).toEqual(openOnes);
    for (const each of instants) expect(each).toEqual(each.toSorted().reverse());
    expect(instants.every(({ length }) => length > 1)).toBe(true);
  });

  it('a cursor of another tenant, of other filters, or none at all is refused', async () => {
    const { nextCursor = '' } = await list({ limit: '1' });
    const refused = async (query: Record<string, string>, tenant: StageTenant = 'acme'): Promise<void> => {
      const path = `/v1/escalations?${new URLSearchParams(query).toString()}`;
      const { status, json } = await stage.as(tenant).call('GET', path);
      expect([status, json['code']]).toEqual([400, 'ESC_REQUEST_INVALID']);
      expect(json['errors']).toEqual([{ pointer: '/cursor', detail: expect.any(String) }]);
    };

    expect(nextCursor).not.toBe('');
    await refused({ cursor: nextCursor }, 'rival');
    await refused({ cursor: nextCursor, status: 'open' });
    const { of } = JSON.parse(Buffer.from(nextCursor ?? '', 'base64url').toString()) as { of: string };
    const forged = JSON.stringify({ of, at: Buffer.from('no token').toString('base64') });
    await refused({ cursor: Buffer.from(forged).toString('base64url') });
    for (const cursor of ['garbage', 'bnVsbA', 'e30', '%00']) await refused({ cursor });
    expect((await list({ cursor: nextCursor })).escalations.length).toBeGreaterThan(0);
  });
});
