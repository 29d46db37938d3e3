// Any bot and any desk by signed webhooks, and the other ways by which a bot hears: verified by the official package,
// in LivePerson's own words, as a signal to a workflow, and late, through the outbox.
import { NativeConnection, Worker } from '@temporalio/worker';
import { Webhook } from 'standardwebhooks';
import type { Notice } from '../../domain/notice';
import { signWebhook } from '../../platforms/webhook/signing';
import { uniqueId } from '../support/builders';
import { unlikeTheirSchema } from '../support/notice-schema';
import { createScenarios, type Scenario, type Scenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import {
  BOT_SECRET,
  BOT_WORKFLOW,
  DESK_SECRET,
  HOLD_ON,
  SKILLS,
  TENANT,
} from '../support/system-configuration';
import { until } from '../support/until';

const NIGHT = { kind: 'skill', id: 'night' } as const;

let system: System;
let scenarios: Scenarios;

beforeAll(async () => {
  system = await startSystem();
  scenarios = createScenarios(system);
}, 120_000);
afterEach(() => scenarios.replay());
afterAll(() => system?.close());

async function userRead({ conversationId }: Scenario): Promise<string[]> {
  const { transcripts } = await system.bot.state();
  return (transcripts[conversationId] ?? []).map(({ text }) => text);
}

describe('a generic bot and a generic desk', () => {
  const askDesk = (scenario: Scenario): Promise<unknown> =>
    scenario.ask({ integration: 'to-desk', variables: { skillId: NIGHT.id } });

  it('hand the user over by signed webhooks', async () => {
    await system.desk.setTarget({ ...NIGHT, behaviour: { kind: 'accepts', afterMs: 50 } });
    const scenario = scenarios.openElsewhere();

    await scenario.ask({
      integration: 'to-desk',
      variables: { skillId: NIGHT.id },
      lastMessages: [{ id: 'm1', text: 'One moment.' }],
    });
    const { outcome } = await scenario.ended();

    expect(outcome).toEqual({ kind: 'connected', rung: 0, agentId: 'agent-1' });
    expect(await userRead(scenario)).toEqual(['One moment.']);
    const { conversations, events } = await system.desk.state();
    expect(conversations[scenario.conversationId]).toMatchObject({ joined: ['agent-1'], userLeft: false });
    expect(conversations[scenario.conversationId]?.transcript.map(({ text }) => text)).toEqual([HOLD_ON]);
    const mine = events.filter(({ transferId }) => transferId.startsWith(scenario.conversationId));
    expect(mine.map(({ statuses }) => statuses)).toEqual([[202]]);
    expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
  });

  it('take an event that comes twice for one', async () => {
    await system.desk.setTarget({ ...NIGHT, behaviour: { kind: 'accepts', afterMs: 50 } });
    await system.desk.setEventMode({ duplicate: true });
    const scenario = scenarios.openElsewhere();

    await askDesk(scenario);
    const { outcome } = await scenario.ended();

    await system.desk.setEventMode({});
    expect(outcome).toMatchObject({ kind: 'connected' });
    expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
  });

  it.each([
    ['a 503', { kind: 'status', status: 503 }],
    ['a lost answer', { kind: 'lostAnswer' }],
    ['a 429 with Retry-After', { kind: 'status', status: 429, retryAfter: '1' }],
  ] as const)('get over %s with one transfer', async (_what, fault) => {
    await system.desk.setTarget({ ...NIGHT, behaviour: { kind: 'accepts', afterMs: 50 } });
    await system.desk.fault({ ...fault, on: 'transfer.requested' });
    const scenario = scenarios.openElsewhere();

    await askDesk(scenario);
    const { outcome } = await scenario.ended();

    expect(outcome).toMatchObject({ kind: 'connected' });
    const { transfers, conversations } = await system.desk.state();
    expect(transfers.filter((each) => each.conversationId === scenario.conversationId)).toHaveLength(1);
    expect(conversations[scenario.conversationId]?.joined).toEqual(['agent-1']);
  });

  it('end it as abandoned when the desk says that the user left', async () => {
    await system.desk.setTarget({ ...NIGHT, behaviour: { kind: 'silent' } });
    const scenario = scenarios.openElsewhere();
    await askDesk(scenario);
    await scenario.untilTold('queued');

    await system.desk.userLeaves(scenario.conversationId);
    const { outcome } = await scenario.ended();

    expect(outcome).toEqual({ kind: 'abandoned' });
    expect(await scenario.noticeTypes()).toEqual(['escalation.abandoned']);
  });

  it('fail by the word of the desk, and the bot may ask again', async () => {
    await system.desk.setTarget({ ...NIGHT, behaviour: { kind: 'declines', reason: 'no_agents' } });
    const scenario = scenarios.openElsewhere();
    await askDesk(scenario);
    const [notice] = await scenario.untilNotices(1);
    await system.desk.setTarget({ ...NIGHT, behaviour: { kind: 'accepts' } });

    await scenario.ask({ requestId: 'r2', integration: 'to-desk', variables: { skillId: NIGHT.id } });
    const { outcome } = await scenario.ended();

    expect(notice).toMatchObject({ type: 'escalation.failed', data: { reason: 'no_agents' } });
    expect(outcome).toMatchObject({ kind: 'connected' });
  });

  it('refuse a webhook that the desk did not sign: 401, and nothing happens', async () => {
    await system.desk.setTarget({ ...NIGHT, behaviour: { kind: 'silent' } });
    const scenario = scenarios.openElsewhere();
    await askDesk(scenario);
    await scenario.untilTold('queued');

    const forged = await post(scenario, BOT_SECRET);
    const unsigned = await system.gateway.call('POST', `/v1/webhooks/${TENANT}/desk`, { body: {} });
    const elsewhere = await system.gateway.call('POST', `/v1/webhooks/${TENANT}/nowhere`, { body: {} });
    const { phase } = (await scenario.explain()).status;
    const genuine = await post(scenario, DESK_SECRET);
    const { outcome } = await scenario.ended();

    expect([forged.status, unsigned.status, elsewhere.status]).toEqual([401, 401, 401]);
    expect(forged.json).toMatchObject({ code: 'ESC_WEBHOOK_UNAUTHORIZED' });
    expect(phase).toBe('queued');
    expect(genuine.status).toBe(202);
    expect(outcome).toMatchObject({ kind: 'connected', agentId: 'forger' });
  });

  it('get 2xx for an event of an escalation that is over, so that they do not send it for ever', async () => {
    await system.desk.setTarget({ ...NIGHT, behaviour: { kind: 'accepts', afterMs: 50 } });
    const scenario = scenarios.openElsewhere();
    await askDesk(scenario);
    await scenario.ended();

    const late = await post(scenario, DESK_SECRET);

    expect(late).toMatchObject({ status: 202, json: { accepted: 0 } });
  });

  function post({ conversationId }: Scenario, secret: string) {
    const transferId = `${conversationId}/r1/0`;
    const body = JSON.stringify({
      type: 'transfer.connected',
      timestamp: new Date().toISOString(),
      data: { conversationId, transferId, agentId: 'forger' },
    });
    const timestamp = Math.floor(Date.now() / 1000);
    const signed = signWebhook({ id: uniqueId('evt'), timestamp, body, secrets: [secret] });
    return system.gateway.call('POST', `/v1/webhooks/${TENANT}/desk`, { headers: { ...signed }, body });
  }
});

describe('notices', () => {
  it('verify with the official Standard Webhooks package', async () => {
    const scenario = await scenarios.open();

    await scenario.ask({ integration: 'recorded' });
    await scenario.ended();

    const received = system.recorder.requests.filter(
      ({ path, body }) => path === '/notices' && body.includes(scenario.conversationId),
    );
    expect(received).toHaveLength(1);
    const [{ body, headers } = { body: '', headers: {} }] = received;
    expect(new Webhook(BOT_SECRET).verify(body, headers)).toMatchObject({
      type: 'escalation.connected',
      data: { conversationId: scenario.conversationId, requestId: 'r1', attempt: 1 },
    });
    expect(() => new Webhook(DESK_SECRET).verify(body, headers)).toThrow();
  });

  it('come in the words of LivePerson to a bot that hears those, and its answer goes to the user', async () => {
    system.recorder.answer('/words', {
      status: 200,
      body: JSON.stringify({ response: [{ type: 'TEXT', data: { message: 'I will try again.' } }] }),
    });
    const scenario = await scenarios.open();

    await scenario.ask({ integration: 'words', variables: { skillId: SKILLS.returns } });
    await until('the words', () => words(scenario).length > 0);
    const text = 'I will try again.';
    await scenario.untilConversation('the answer of the bot', ({ transcript }) =>
      transcript.some((line) => line.text === text),
    );
    system.recorder.answer('/words', { status: 200, body: '{}' });
    await scenario.ask({ requestId: 'r2', integration: 'words' });
    await scenario.ended();

    expect(words(scenario).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { type: 'TEXT', data: { message: '__agent_escalation_failed__' }, context: { lpEvent: {} } },
      { type: 'CLOSE_CONVERSATION', data: {}, context: { lpEvent: {} } },
    ]);
    expect(words(scenario)[0]?.path).toContain('/v1/bots/bot-7/environments/production/conversations/');
    expect(words(scenario)[0]?.headers['authorization']).toBe('Bearer token-of-the-custom-endpoint');
    expect((await scenario.botTexts()).filter((each) => each === text)).toEqual([text]);
  });

  const words = ({ conversationId }: Scenario): typeof system.recorder.requests =>
    system.recorder.requests.filter(({ path }) => path.startsWith('/words') && path.includes(conversationId));

  it('are signals to a bot that is itself a Temporal workflow, progress and outcome in order', async () => {
    const connection = await NativeConnection.connect({ address: system.temporal.address });
    const worker = await Worker.create({
      connection,
      taskQueue: 'bots',
      workflowsPath: require.resolve('./bot-workflow'),
    });
    const heard = await worker.runUntil(async () => {
      const bot = await system.client.workflow.start('botWorkflow', {
        workflowId: BOT_WORKFLOW.workflowId,
        taskQueue: 'bots',
      });
      const scenario = await scenarios.open();
      await scenario.ask({ integration: 'to-workflow-bot' });
      await scenario.ended();
      return (await bot.result()) as readonly Notice[];
    });
    await connection.close();

    expect(heard).toMatchObject([
      { type: 'escalation.accepted', requestId: 'r1', sequence: 1, progress: true },
      { type: 'escalation.queued', requestId: 'r1', sequence: 2, progress: true },
      { type: 'escalation.connected', requestId: 'r1', sequence: 3 },
    ]);
    expect(heard.flatMap(unlikeTheirSchema)).toEqual([]);
  });

  it('that cannot be delivered wait in an outbox that operators find, and go out on their word', async () => {
    system.recorder.answer('/notices', { status: 503 });
    const scenario = await scenarios.open();

    await scenario.ask({ integration: 'recorded' });
    const { outcome } = await scenario.ended();
    const outbox = await untilListed(scenario);
    await until('the second try', () => tries(scenario) >= 2);
    system.recorder.answer('/notices', { status: 204 });
    const handle = system.client.workflow.getHandle(outbox);
    await handle.signal('redeliver');
    const result = await handle.result();

    expect(outcome).toMatchObject({ kind: 'connected' });
    expect(result).toEqual({ delivered: 1 });
    expect(await listed(scenario)).toEqual([]);
    const ids = system.recorder.requests.filter(mine(scenario)).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
  });

  const mine =
    ({ conversationId }: Scenario) =>
    ({ path, body }: { path: string; body: string }): boolean =>
      path === '/notices' && body.includes(conversationId);
  const tries = (scenario: Scenario): number => system.recorder.requests.filter(mine(scenario)).length;

  async function listed({ conversationId }: Scenario): Promise<string[]> {
    const query = `BatonNoticeUndelivered = true AND BatonConversationId = "${conversationId}"`;
    const found = [];
    for await (const { workflowId } of system.client.workflow.list({ query })) found.push(workflowId);
    return found;
  }

  const untilListed = (scenario: Scenario): Promise<string> =>
    until('the outbox in the list of workflows', async () => (await listed(scenario))[0]);
});
