// What GET /v1/escalations/{conversationId} tells, and how it says that it cannot tell.
import { escalationSchema } from '../../contract/http/answers';
import { setGatewayStage, type GatewayStage, type StageConversation } from '../support/gateway-stage';
import { until } from '../support/until';

let stage: GatewayStage;
beforeAll(async () => {
  stage = await setGatewayStage();
}, 120_000);
afterAll(() => stage?.close());

const asked = { requestId: 'r1', integration: 'sales' };

async function untilPhase({ path }: StageConversation, phase: string): Promise<Record<string, unknown>> {
  return until(`phase ${phase}`, async () => {
    const { json } = await stage.as().call('GET', path);
    return json['phase'] === phase && json;
  });
}

describe('an escalation', () => {
  it('that is open tells phase, rung, ladder, owner, deadline and where it is', async () => {
    const conversation = stage.conversation();
    await stage.as().escalate(conversation.conversationId, asked);

    const view = await untilPhase(conversation, 'queued');

    expect(escalationSchema.parse(view)).toMatchObject({
      conversationId: conversation.conversationId,
      status: 'open',
      owner: 'baton',
      epoch: 1,
      attempt: 1,
      requestId: 'r1',
      integration: 'sales',
      rung: 0,
      rungs: 1,
      target: { kind: 'skill', id: '4711' },
      waiting: { until: expect.stringMatching(/^\d{4}-.*Z$/) },
      attempts: [],
      url: conversation.path,
    });
  });

  it('that is over tells outcome, result and every attempt', async () => {
    const conversation = stage.conversation({
      requestTransfer: () => ({ kind: 'connected', agentId: 'maria' }),
    });
    await stage.as().escalate(conversation.conversationId, asked);

    const view = await untilPhase(conversation, 'closed');

    const outcome = { kind: 'connected', rung: 0, agentId: 'maria' };
    expect(escalationSchema.parse(view)).toMatchObject({
      status: 'closed',
      owner: 'agent',
      outcome,
      attempts: [{ requestId: 'r1', attempt: 1, outcome }],
    });
    expect(view).not.toHaveProperty('waiting');
  });

  it('that an operator terminated is closed, whatever it was doing', async () => {
    const conversation = stage.conversation();
    await stage.as().escalate(conversation.conversationId, asked);
    await untilPhase(conversation, 'queued');
    await stage.client.workflow.getHandle(stage.workflowId(conversation.conversationId)).terminate();

    const { status, json } = await stage.as().call('GET', conversation.path);

    expect(status).toBe(200);
    expect(escalationSchema.parse(json)).toMatchObject({ status: 'closed', phase: 'closed' });
    expect(json).not.toHaveProperty('waiting');
  });

  it('that is over can be neither cancelled nor left', async () => {
    const conversation = stage.conversation({ requestTransfer: () => ({ kind: 'connected' }) });
    await stage.as().escalate(conversation.conversationId, asked);
    await untilPhase(conversation, 'closed');

    for (const what of ['cancel', 'user-left']) {
      const { status, json } = await stage.as().call('POST', `${conversation.path}/${what}`, { body: {} });
      expect([status, json['code']]).toEqual([404, 'ESC_ESCALATION_NOT_FOUND']);
    }
  });
});

describe('without a worker', () => {
  beforeAll(() => stage.stopWorker());
  afterAll(() => stage.startWorker());

  it('a request is accepted and listed; where it stands is 503 ESC_NO_WORKER with Retry-After', async () => {
    const { conversationId, path } = stage.conversation();

    const accepted = await stage.as().escalate(conversationId, asked);
    const read = await stage.as().call('GET', path);
    const explained = await stage.as().call('GET', `${path}/explain`);

    expect(accepted.status).toBe(202);
    await until('the list to have it', async () => {
      const { json } = await stage.as().call('GET', `/v1/escalations?conversationId=${conversationId}`);
      return (json['escalations'] as unknown[]).length === 1;
    });
    for (const { status, json, headers } of [read, explained]) {
      expect([status, json['code']]).toEqual([503, 'ESC_NO_WORKER']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  it('cancel is taken', async () => {
    const { conversationId, path } = stage.conversation();
    await stage.as().escalate(conversationId, asked);

    expect((await stage.as().call('POST', `${path}/cancel`, { body: {} })).status).toBe(202);
  });

  it('what was ended before a worker had it is closed; nobody needs to answer for that', async () => {
    const { conversationId, path } = stage.conversation();
    await stage.as().escalate(conversationId, asked);
    await stage.client.workflow.getHandle(stage.workflowId(conversationId)).terminate();

    const read = await stage.as().call('GET', path);
    const explained = await stage.as().call('GET', `${path}/explain`);
    const owner = await stage.as().call('GET', `/v1/conversations/${conversationId}/owner`);

    expect(read.status).toBe(200);
    expect(escalationSchema.parse(read.json)).toMatchObject({
      status: 'closed',
      phase: 'closed',
      attempts: [],
    });
    expect([explained.status, explained.json['story']]).toEqual([200, []]);
    expect(owner.json).toMatchObject({ owner: 'bot', epoch: 0 });
  });
});
