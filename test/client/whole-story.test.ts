// A bot backend's day with the client alone, on a real gateway, server and worker.
import { BatonClient, BatonProblem } from '../../client';
import { keyOf, setGatewayStage, type GatewayStage } from '../support/gateway-stage';
import { until } from '../support/until';

let stage: GatewayStage;
let baton: BatonClient;
beforeAll(async () => {
  stage = await setGatewayStage();
  baton = new BatonClient({ baseUrl: stage.url, apiKey: keyOf('acme') });
}, 120_000);
afterAll(() => stage?.close());

it('starts, follows, waits, reads and lists', async () => {
  const { conversationId } = stage.conversation({
    requestTransfer: () => ({ kind: 'connected', agentId: 'maria' }),
  });
  const request = { conversationId, requestId: 'r1', integration: 'sales' };

  const taken = await baton.start(request, { idempotencyKey: `key-${conversationId}` });
  const types = [];
  for await (const { notice } of baton.events(conversationId)) types.push(notice.type);
  const awaited = await baton.waitForOutcome(conversationId);
  const again = await baton.start(request);
  const { story } = await baton.explain(conversationId);

  expect(taken).toMatchObject({ taken: 'started', conversationId });
  expect(types).toEqual(['escalation.accepted', 'escalation.connected']);
  expect(awaited).toMatchObject({
    kind: 'concluded',
    notice: { type: 'escalation.connected', data: { requestId: 'r1', agentId: 'maria' } },
  });
  expect(again).toMatchObject({ taken: 'known' });
  expect(story.length).toBeGreaterThan(0);
  expect(await baton.get(conversationId)).toMatchObject({ status: 'closed', outcome: { kind: 'connected' } });
  await until('the list to have it', async () => {
    for await (const each of baton.list({ conversationId })) if (each.status === 'closed') return true;
    return false;
  });
});

it('is answered with the outcome in the start itself', async () => {
  const { conversationId } = stage.conversation({ requestTransfer: () => ({ kind: 'connected' }) });

  const { result } = await baton.start(
    { conversationId, requestId: 'r1', integration: 'sales' },
    { waitSeconds: 20 },
  );

  expect(result).toMatchObject({ attempt: 1, outcome: { kind: 'connected' } });
});

it('takes the handoff back, and tells what became of an escalation that never was', async () => {
  const { conversationId } = stage.conversation();
  await baton.start({ conversationId, requestId: 'r1', integration: 'sales' });

  await baton.cancel(conversationId);

  expect(await baton.waitForOutcome(conversationId, { requestId: 'r1' })).toMatchObject({
    kind: 'concluded',
    notice: { type: 'escalation.cancelled' },
  });
  const problem: unknown = await baton.get('never').catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(BatonProblem);
  expect(problem).toMatchObject({ code: 'ESC_ESCALATION_NOT_FOUND', status: 404 });
});
