// The gateway as a bot backend meets it, and what becomes of its promises while parts of the system are away.
import { createScenarios, type Scenario, type Scenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { agentIdOf, SKILLS } from '../support/system-configuration';
import { until } from '../support/until';

let system: System;
let scenarios: Scenarios;

beforeAll(async () => {
  // Longer than Temporal is away in the last test.
  system = await startSystem({ limits: { responseTimeout: '60s' } });
  scenarios = createScenarios(system);
}, 120_000);
afterEach(() => scenarios.replay());
afterAll(() => system?.close());

describe('asking', () => {
  it('the same request twice is one request, and still known after the end', async () => {
    const scenario = await scenarios.open();
    const waiting = { integration: 'with-fallback', variables: { skillId: SKILLS.returns } };

    const first = await scenario.ask(waiting);
    const second = await scenario.ask(waiting);
    const { attempts } = await scenario.ended();
    const third = await scenario.ask(waiting);

    expect([first, second, third].map(({ status, json }) => [status, json['taken']])).toEqual([
      [202, 'started'],
      [202, 'asked'],
      [202, 'known'],
    ]);
    expect(attempts).toBe(1);
    expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
    expect(first.headers['location']).toBe(`/v1/escalations/${scenario.conversationId}`);
  });

  it('another request while one is worked on is answered with the running one', async () => {
    const scenario = await scenarios.open();
    await scenario.ask({ variables: { skillId: SKILLS.billing } });
    await scenario.untilTold('queued');

    const other = await scenario.ask({ requestId: 'r2' });
    await scenario.untilTold('request_merged');
    await system.liveperson.control.agentJoins({ conversationId: scenario.conversationId, user: 'lena' });
    const { outcome, attempts } = await scenario.ended();

    expect(other.json['taken']).toBe('asked');
    expect(outcome).toMatchObject({ kind: 'connected', agentId: agentIdOf('lena') });
    expect(attempts).toBe(1);
  });

  it('another request after the end starts another escalation', async () => {
    const scenario = await scenarios.open();
    await scenario.ask({ integration: 'polite', variables: { skillId: 'returns' } });
    await scenario.untilNotices(1);
    await scenario.cancel();
    await scenario.ended();

    const answer = await scenario.ask({ requestId: 'r2' });
    await scenario.untilNotices(3);

    expect(answer.json['taken']).toBe('started');
    expect(await scenario.noticeTypes()).toEqual([
      'escalation.failed',
      'escalation.cancelled',
      'escalation.connected',
    ]);
  });

  it('with Prefer: wait is answered with the placement', async () => {
    const scenario = await scenarios.open();

    const { status, json, headers } = await scenario.ask({}, { prefer: 'wait=20' });

    expect(status).toBe(200);
    expect(json['result']).toEqual({
      attempt: 1,
      outcome: { kind: 'connected', rung: 0, agentId: agentIdOf('maria') },
    });
    expect(headers['preference-applied']).toBe('wait=20');
  });

  it('with Prefer: wait is answered 202 when that takes longer, and the escalation goes on', async () => {
    const scenario = await scenarios.open();

    const { status, json } = await scenario.ask(
      { variables: { skillId: SKILLS.billing } },
      { prefer: 'wait=1' },
    );
    await system.liveperson.control.agentJoins({ conversationId: scenario.conversationId, user: 'lena' });

    expect(status).toBe(202);
    expect(json['result']).toBeUndefined();
    expect((await scenario.ended()).outcome).toMatchObject({ kind: 'connected' });
  });

  it('tells where an escalation stands', async () => {
    const scenario = await scenarios.open();
    await scenario.ask({ variables: { skillId: SKILLS.billing } });
    await scenario.untilTold('queued');

    const { status, json } = await system.gateway.call('GET', `/v1/escalations/${scenario.conversationId}`);

    expect(status).toBe(200);
    expect(json).toMatchObject({
      phase: 'queued',
      owner: 'baton',
      attempt: 1,
      requestId: 'r1',
      target: { kind: 'skill', id: SKILLS.billing },
    });
    await scenario.cancel();
    await scenario.ended();
  });
});

describe('refusals', () => {
  const valid = { conversationId: 'refused', requestId: 'r1', integration: 'to-skill' };
  const refused = (body: unknown, headers?: Record<string, string>) =>
    system.gateway.call('POST', '/v1/escalations', { body, ...(headers && { headers }) });

  it.each([
    ['no key', { authorization: '' }],
    ['another key', { authorization: 'Bearer acme-key-for-tests-only-0123456788' }],
    ['another scheme', { authorization: 'Basic YWNtZTp4' }],
  ])('401 for %s', async (_what, headers) => {
    const { status, json, headers: answered } = await refused(valid, headers);

    expect(status).toBe(401);
    expect(json).toMatchObject({ code: 'ESC_KEY_UNKNOWN', status: 401 });
    expect(answered['content-type']).toContain('application/problem+json');
    expect(answered['www-authenticate']).toBe('Bearer');
  });

  it.each([
    'GET /v1/escalations/nobody',
    'GET /v1/escalations/nobody/explain',
    'GET /v1/escalations/no%00body',
    'POST /v1/escalations/nobody/cancel',
  ])('404 for an unknown conversation: %s', async (route) => {
    const [method, path] = route.split(' ') as ['GET' | 'POST', string];

    const { status, json } = await system.gateway.call(method, path, method === 'POST' ? { body: {} } : {});

    expect(status).toBe(404);
    expect(json).toMatchObject({ code: 'ESC_ESCALATION_NOT_FOUND' });
  });

  it('400 for a malformed request, with a pointer to each fault', async () => {
    const { status, json } = await refused({
      requestId: 7,
      integration: '',
      lastMessages: [{ id: 'm1' }],
      variables: { nested: {} },
    });

    expect(status).toBe(400);
    const pointers = (json['errors'] as { pointer: string }[]).map(({ pointer }) => pointer).sort();
    expect(pointers).toEqual([
      '/conversationId',
      '/integration',
      '/lastMessages/0/text',
      '/requestId',
      '/variables/nested',
    ]);
  });

  it.each([
    ['what is no JSON', '{"conversationId": ', 400, 'ESC_REQUEST_INVALID'],
    ['a list', '[]', 400, 'ESC_REQUEST_INVALID'],
    ['an unknown integration', { ...valid, integration: 'nothing' }, 422, 'ESC_PLAN_UNKNOWN_INTEGRATION'],
    ['a body of 300 KB', { ...valid, userMessage: 'x'.repeat(300_000) }, 413, 'ESC_REQUEST_TOO_LARGE'],
  ])('%s', async (_what, body, status, code) => {
    const answer = await refused(body);

    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ code });
  });

  it('start no workflow', async () => {
    const handle = system.client.workflow.getHandle(system.workflowId('refused'));

    await expect(handle.describe()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
  });
});

describe('while a part is away', () => {
  it('a request is accepted without a worker, and worked on by the next', async () => {
    await system.worker().kill();
    const scenario = await scenarios.open();

    const { status } = await scenario.ask();
    const reading = await system.gateway.call('GET', `/v1/escalations/${scenario.conversationId}`);
    await system.startWorker();
    const { outcome } = await scenario.ended();

    expect(status).toBe(202);
    expect(reading.status).toBe(503);
    expect(outcome).toMatchObject({ kind: 'connected' });
    expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
  });

  it('a gateway that was killed forgets nothing', async () => {
    const scenario = await scenarios.open();
    await scenario.ask({ variables: { skillId: SKILLS.billing } });
    await system.gatewayProcess().kill();

    await system.startGateway();
    await scenario.untilTold('queued');
    await scenario.cancel();

    expect((await scenario.ended()).outcome).toEqual({ kind: 'cancelled', by: 'bot' });
  });

  it('without Temporal the answer is 503 with Retry-After; afterwards everything works again', async () => {
    const before = await scenarios.open();
    await before.ask({ variables: { skillId: SKILLS.billing } });
    await before.untilTold('queued');
    await system.temporal.kill();
    const scenario = await scenarios.open();

    const [asked, read, ready, alive] = await Promise.all([
      scenario.ask(),
      system.gateway.call('GET', `/v1/escalations/${scenario.conversationId}`),
      system.gateway.call('GET', '/readyz'),
      system.gateway.call('GET', '/healthz'),
    ]);
    await system.temporal.restart();
    await until('the gateway to be ready', async () => {
      return (await system.gateway.call('GET', '/readyz')).status === 200;
    });
    const again = await untilTaken(scenario);
    await system.liveperson.control.agentJoins({ conversationId: before.conversationId, user: 'lena' });

    for (const { status, json, headers } of [asked, read]) {
      expect(status).toBe(503);
      expect(json).toMatchObject({ code: 'ESC_TEMPORAL_UNAVAILABLE' });
      expect(headers['content-type']).toContain('application/problem+json');
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    expect([ready.status, alive.status]).toEqual([503, 200]);
    expect(again).toBe(202);
    expect((await scenario.ended()).outcome).toMatchObject({ kind: 'connected' });
    expect((await before.ended()).outcome).toMatchObject({ kind: 'connected', agentId: agentIdOf('lena') });
    expect(await before.noticeTypes()).toEqual(['escalation.connected']);
  });

  async function untilTaken(scenario: Scenario): Promise<number> {
    return until('the request to be taken', async () => {
      const { status } = await scenario.ask();
      return status === 202 && status;
    });
  }
});
