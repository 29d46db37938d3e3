// An operator cancels the workflow: what was asked for is withdrawn, the bot is told, and Temporal shows it cancelled.
import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { aPlan, aRung, aWebhookDesk } from '../support/builders';
import { aFault } from '../support/faults';
import { createStage, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

test('ends the workflow as cancelled, after everything was taken back', async () => {
  await stage.play({ record: 'operator-cancel' }, async (scene) => {
    await scene.until(async () => (await scene.status()).phase === 'queued');
    await scene.handle.cancel();
    const error = await scene.handle.result().catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    expect((await scene.handle.describe()).status.name).toBe('CANCELLED');
    expect(scene.world.seen.slice(-2)).toEqual(['withdraw 4711', 'notice escalation.cancelled']);
    expect(await scene.status()).toMatchObject({
      phase: 'closed',
      owner: 'bot',
      outcome: { kind: 'cancelled', by: 'operator' },
    });
  });
});

test('ends at once when no request ever came', async () => {
  await stage.play({ request: null, record: 'operator-cancel-without-request' }, async (scene) => {
    await scene.handle.cancel();
    await scene.handle.result().catch(() => undefined);

    expect((await scene.handle.describe()).status.name).toBe('CANCELLED');
    expect(scene.world.seen).toEqual([]);
  });
});

test('finishes the withdrawal, however long it takes, before it ends', async () => {
  let tries = 0;
  await stage.play(
    {
      withdrawTransfer: () => {
        tries += 1;
        if (tries < 12) throw aFault('ESC_PLATFORM_UNREACHABLE');
        return { kind: 'withdrawn' };
      },
    },
    async (scene) => {
      await scene.until(async () => (await scene.status()).phase === 'queued');
      await scene.handle.cancel();
      await scene.handle.result().catch(() => undefined);

      expect(tries).toBe(12);
      expect(scene.world.notices.map(({ type }) => type)).toEqual(['escalation.cancelled']);
    },
  );
});

test('changes nothing once a human has joined', async () => {
  await stage.play(
    {
      plan: aPlan(),
      requestTransfer: () => ({ kind: 'connected' }),
      deliverNotice: async (_notice, world) => {
        const { meanwhile } = world.script;
        delete world.script.meanwhile;
        await meanwhile?.();
      },
    },
    async (scene) => {
      scene.world.script.meanwhile = async () => {
        await scene.handle.cancel();
      };

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0 });
    },
  );
});

test.each([
  ['is connected', { kind: 'connected' }, 'escalation.connected'],
  ['is queued', { kind: 'queued' }, 'escalation.queued'],
] as const)(
  'tells the bot one outcome when a cancel comes as it is told that the user %s',
  async (_what, reply, type) => {
    const desk = aWebhookDesk({ confirmsConnection: false });
    const told: string[] = [];
    await stage.play(
      {
        record: `cancel-while-told-${reply.kind}`,
        plan: aPlan({ rungs: [aRung({ desk })] }),
        requestTransfer: () => reply,
        deliverNotice: async (notice, world) => {
          told.push(notice.type);
          const { meanwhile } = world.script;
          delete world.script.meanwhile;
          await meanwhile?.();
        },
      },
      async (scene) => {
        scene.world.script.meanwhile = () => scene.cancel();
        await scene.handle.result();

        expect(new Set(told)).toEqual(new Set([type]));
      },
    );
  },
);
