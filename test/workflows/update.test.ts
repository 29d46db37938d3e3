// The update: a caller asks and is answered with how the attempt ended.
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { defineUpdate } from '@temporalio/workflow';
import { escalationWorkflowId } from '../../domain/ids';
import type { EscalationRequest } from '../../domain/request';
import type { escalation } from '../../workflows';
import { escalateAndWaitUpdate } from '../../workflows/messages';
import { aRequest } from '../support/builders';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const anything = defineUpdate<unknown, [unknown]>(escalateAndWaitUpdate.name);
const connected = (): { kind: 'connected'; agentId: string } => ({ kind: 'connected', agentId: 'maria' });
const declined = (): { kind: 'declined'; reason: 'no_agents' } => ({ kind: 'declined', reason: 'no_agents' });

function askAndWait(
  scene: Scene,
  request: EscalationRequest,
  updateId = request.requestId,
): Promise<unknown> {
  return scene.handle.executeUpdate(escalateAndWaitUpdate, { args: [request], updateId });
}

test('is answered with the outcome when it starts the escalation', async () => {
  await stage.play({ request: null, requestTransfer: connected }, async (scene) => {
    const operation = new WithStartWorkflowOperation<typeof escalation>('escalation', {
      workflowId: escalationWorkflowId('acme', scene.conversationId),
      taskQueue: 'stage',
      args: [{ tenant: 'acme', conversationId: scene.conversationId }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    const answer = await scene.env.client.workflow.executeUpdateWithStart(escalateAndWaitUpdate, {
      startWorkflowOperation: operation,
      args: [aRequest()],
      updateId: 'r1',
    });

    expect(answer).toEqual({ attempt: 1, outcome: { kind: 'connected', rung: 0, agentId: 'maria' } });
    await scene.handle.result();
  });
});

test('is answered for a request that runs already', async () => {
  await stage.play({ record: 'update' }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    const answer = askAndWait(scene, aRequest());
    await scene.deskSays('r1', 0, { kind: 'connected' });

    expect(await answer).toEqual({ attempt: 1, outcome: { kind: 'connected', rung: 0 } });
    await scene.handle.result();
    expect(scene.world.transfers).toHaveLength(1);
  });
});

test('answers a new request with the running one', async () => {
  await stage.play({}, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    const answer = askAndWait(scene, aRequest({ requestId: 'r2' }));
    await scene.until(async () => (await scene.story()).includes('request_merged'));
    await scene.deskSays('r1', 0, { kind: 'connected' });

    expect(await answer).toMatchObject({ attempt: 1, outcome: { kind: 'connected' } });
    await scene.handle.result();
  });
});

test('answers a request that was merged, when it is asked again, with the attempt that it was merged into', async () => {
  await stage.play({ requestTransfer: () => ({ kind: 'requested' }) }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.ask(aRequest({ requestId: 'r2' }));
    await scene.until(async () => (await scene.story()).includes('request_merged'));
    await scene.deskSays('r1', 0, { kind: 'declined', reason: 'rejected' });
    await scene.until(() => scene.world.notices.length === 1);

    expect(await askAndWait(scene, aRequest({ requestId: 'r2' }))).toMatchObject({
      attempt: 1,
      outcome: { kind: 'failed', reason: 'rejected' },
    });
    await scene.handle.result();
  });
});

test('answers the same update id twice with one attempt', async () => {
  await stage.play({ requestTransfer: declined }, async (scene) => {
    await scene.until(() => scene.world.notices.length === 1);
    const [one, two] = await Promise.all([
      askAndWait(scene, aRequest({ requestId: 'r2' }), 'u1'),
      askAndWait(scene, aRequest({ requestId: 'r2' }), 'u1'),
    ]);

    expect(one).toEqual({ attempt: 2, outcome: { kind: 'failed', reason: 'no_agents' } });
    expect(two).toEqual(one);
    expect((await scene.handle.result()).attempts).toBe(2);
  });
});

test('answers each of several attempts with its own outcome', async () => {
  await stage.play(
    {
      record: 'update-each-attempt',
      requestTransfer: ({ transferId }) => (transferId.includes('/r3/') ? connected() : declined()),
    },
    async (scene) => {
      expect(await askAndWait(scene, aRequest())).toMatchObject({ attempt: 1, outcome: { kind: 'failed' } });
      expect(await askAndWait(scene, aRequest({ requestId: 'r2' }))).toMatchObject({ attempt: 2 });
      expect(await askAndWait(scene, aRequest({ requestId: 'r3' }))).toMatchObject({
        attempt: 3,
        outcome: { kind: 'connected' },
      });
      await scene.handle.result();
    },
  );
});

test('answers even when an operator cancels the escalation', async () => {
  await stage.play({ record: 'update-cancelled' }, async (scene) => {
    await scene.until(async () => (await scene.status()).phase === 'queued');
    const answer = askAndWait(scene, aRequest());
    await scene.until(
      async () => (await scene.handle.fetchHistory()).events?.some(isUpdateAccepted) ?? false,
    );
    await scene.handle.cancel();

    expect(await answer).toEqual({ attempt: 1, outcome: { kind: 'cancelled', by: 'operator' } });
    await scene.handle.result().catch(() => undefined);
  });
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['no integration', { requestId: 'r2' }],
  ['100 KB of variables', { requestId: 'r2', integration: 'i', variables: { a: 'x'.repeat(100_000) } }],
])('is refused, without a trace in the history, with %s', async (_what, bad) => {
  await stage.play({}, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    const refused = await scene.handle
      .executeUpdate(anything, { args: [bad] })
      .catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
    expect(refused).toMatchObject({ cause: { type: 'ESC_REQUEST_INVALID' } });
    await scene.cancel();
    await scene.handle.result();
    const { events } = await scene.handle.fetchHistory();
    expect(events?.some(isUpdateAccepted)).toBe(false);
  });
});

function isUpdateAccepted(event: { workflowExecutionUpdateAcceptedEventAttributes?: unknown }): boolean {
  return Boolean(event.workflowExecutionUpdateAcceptedEventAttributes);
}
