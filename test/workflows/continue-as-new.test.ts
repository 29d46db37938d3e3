// A request that arrives when the end is decided is not lost: the workflow continues as new with it.
import { defineSearchAttributeKey } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { escalateAndWaitUpdate } from '../../workflows/messages';
import { aPlan, aRequest, aRung } from '../support/builders';
import { aFault, aGate } from '../support/faults';
import { createStage, type Scene, type SceneOptions, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

/** A call that is retried is tried again within this long; the server's time passes only when it is asked to. */
const NEXT_TRY_MS = 20_000;

const connected = (): { kind: 'connected' } => ({ kind: 'connected' });
const told = (scene: Scene): string[] =>
  scene.world.notices.map(({ requestId, type }) => `${requestId} ${type.replace('escalation.', '')}`);

/** Connected on the second rung, while the first one's withdrawal is not confirmed: the end is decided, not reached. */
function aLongEnd(): {
  options: SceneOptions;
  decided: (scene: Scene) => Promise<void>;
  settle: (scene: Scene) => void;
} {
  const desk = { answers: false };
  return {
    options: {
      plan: ({ requestId }) =>
        requestId === 'r1'
          ? aPlan({ rungs: [aRung(), aRung({ connector: 'other', skill: 'queue-7' })] })
          : aPlan(),
      requestTransfer: ({ target, transferId }) =>
        target.id === 'queue-7' || transferId.includes('/r2/') ? connected() : { kind: 'queued' },
      withdrawTransfer: () => {
        if (!desk.answers) throw aFault('ESC_PLATFORM_UNREACHABLE');
        return { kind: 'withdrawn' };
      },
    },
    decided: async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(215_000);
      await scene.until(async () => (await scene.status()).outcome !== undefined);
    },
    settle: (scene) => {
      desk.answers = true;
      // The first conversation with a human is over when the bot asks again.
      scene.world.humans.clear();
    },
  };
}

test('works on a request that comes after the end was decided', async () => {
  const { options, decided, settle } = aLongEnd();
  await stage.play({ record: 'continued', ...options }, async (scene) => {
    await decided(scene);
    await scene.ask(aRequest({ requestId: 'r2' }));
    settle(scene);
    await scene.handle.result();

    expect(told(scene)).toEqual(['r1 connected', 'r2 connected']);
    expect((await scene.status()).attempts).toHaveLength(1);
  });
});

test('takes only the first of two requests that come after the end was decided', async () => {
  const { options, decided, settle } = aLongEnd();
  await stage.play(options, async (scene) => {
    await decided(scene);
    await scene.ask(aRequest({ requestId: 'r2' }));
    await scene.ask(aRequest({ requestId: 'r3' }));
    settle(scene);
    await scene.handle.result();

    expect(told(scene)).toEqual(['r1 connected', 'r2 connected']);
  });
});

test('goes on counting the owner’s epochs, so that nothing older is taken for newer', async () => {
  const { options, decided, settle } = aLongEnd();
  await stage.play(options, async (scene) => {
    await decided(scene);
    await scene.ask(aRequest({ requestId: 'r2' }));
    settle(scene);
    await scene.handle.result();
    const [first, second] = scene.world.notices;

    expect(second?.epoch).toBeGreaterThan(first?.epoch ?? Infinity);
  });
});

test('works on a request that comes while the bot is being told of a success', async () => {
  await stage.play(
    {
      record: 'asks-again-within-success',
      requestTransfer: connected,
      deliverNotice: async (_notice, world) => {
        const { meanwhile } = world.script;
        delete world.script.meanwhile;
        await meanwhile?.();
      },
    },
    async (scene) => {
      scene.world.script.meanwhile = async () => {
        scene.world.humans.clear();
        await scene.ask(aRequest({ requestId: 'r2' }));
      };
      await scene.handle.result();

      expect(told(scene)).toEqual(['r1 connected', 'r2 connected']);
    },
  );
});

test('does not take up again what the run before has worked on', async () => {
  const { options, decided, settle } = aLongEnd();
  await stage.play(
    {
      ...options,
      requestTransfer: ({ target }) => (target.id === 'queue-7' ? connected() : { kind: 'queued' }),
    },
    async (scene) => {
      await decided(scene);
      await scene.ask(aRequest({ requestId: 'r2' }));
      settle(scene);
      await scene.pass(NEXT_TRY_MS);
      await scene.until(() => scene.world.transfers.at(-1)?.transferId.includes('/r2/') ?? false);
      await scene.ask(aRequest());
      await scene.deskSays('r2', 0, { kind: 'declined', reason: 'no_agents' });
      await scene.until(() => told(scene).includes('r2 failed'));
      await scene.ask(aRequest());
      await scene.handle.result();

      expect(told(scene)).toEqual(['r1 connected', 'r2 failed', 'r2 ended']);
    },
  );
});

test('begins again with a request that came after the bot’s cancel', async () => {
  const gate = aGate();
  let first = true;
  await stage.play(
    {
      record: 'continued-after-cancel',
      requestTransfer: ({ transferId }) => (transferId.includes('/r2/') ? connected() : { kind: 'queued' }),
      withdrawTransfer: async () => {
        if (first) {
          first = false;
          await gate.pass();
        }
        return { kind: 'withdrawn' };
      },
    },
    async (scene) => {
      await scene.until(async () => (await scene.status()).phase === 'queued');
      await scene.cancel();
      await scene.until(() => gate.waiting === 1);
      await scene.ask(aRequest({ requestId: 'r2' }));
      gate.open();
      await scene.handle.result();

      expect(told(scene)).toEqual(['r1 cancelled', 'r2 connected']);
    },
  );
});

test('answers a request that came after a cancel with the running one when a human was quicker', async () => {
  const gate = aGate();
  await stage.play(
    {
      withdrawTransfer: async () => {
        await gate.pass();
        return { kind: 'connected' };
      },
    },
    async (scene) => {
      await scene.until(async () => (await scene.status()).phase === 'queued');
      await scene.cancel();
      await scene.until(() => gate.waiting === 1);
      await scene.ask(aRequest({ requestId: 'r2' }));
      gate.open();
      await scene.handle.result();

      expect(told(scene)).toEqual(['r1 connected']);
      expect(scene.world.transfers).toHaveLength(1);
    },
  );
});

test('works on a request that comes while the failure text of a lapsed window is posted', async () => {
  const gate = aGate();
  await stage.play(
    {
      plan: aPlan({ retryWindowMs: 1_000 }),
      requestTransfer: ({ transferId }) =>
        transferId.includes('/r2/') ? connected() : { kind: 'declined', reason: 'no_agents' },
      postToUser: async ({ messages }) => {
        if (messages[0]?.id.endsWith('/r1/failure')) await gate.pass();
        return { kind: 'posted' };
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      await scene.pass(1_000);
      await scene.until(() => gate.waiting === 1);
      await scene.ask(aRequest({ requestId: 'r2' }));
      gate.open();
      // The user was told that there is nobody, and then there was: both are true, each of its request.
      scene.world.userRead.length = 0;
      await scene.until(() => told(scene).includes('r2 connected'));
      await scene.handle.result();

      expect(told(scene)).toEqual(['r1 failed', 'r1 ended', 'r2 connected']);
      scene.world.userRead.length = 0;
    },
  );
});

test('tells a caller who waits that another run works on the request', async () => {
  const { options, decided, settle } = aLongEnd();
  await stage.play(options, async (scene) => {
    await decided(scene);
    const update = scene.handle.executeUpdate(escalateAndWaitUpdate, {
      args: [aRequest({ requestId: 'r2' })],
    });

    await expect(update).rejects.toBeInstanceOf(WorkflowUpdateFailedError);
    await expect(update).rejects.toMatchObject({ cause: { type: 'ESC_ESCALATION_CLOSED' } });
    settle(scene);
    await scene.handle.result();
    expect(told(scene)).toEqual(['r1 connected', 'r2 connected']);
  });
});

test('begins the next run without the outcome of the one before', async () => {
  const { options, decided, settle } = aLongEnd();
  const requestTransfer: SceneOptions['requestTransfer'] = ({ target }) =>
    target.id === 'queue-7' ? connected() : { kind: 'queued' };
  await stage.play({ ...options, requestTransfer }, async (scene) => {
    await decided(scene);
    await scene.ask(aRequest({ requestId: 'r2' }));
    settle(scene);
    await scene.pass(NEXT_TRY_MS);
    await scene.until(() => scene.world.transfers.at(-1)?.transferId.includes('/r2/') ?? false);

    const running = scene.env.client.workflow.getHandle(scene.handle.workflowId);
    const { memo, typedSearchAttributes } = await running.describe();

    const outcome = defineSearchAttributeKey('BatonOutcome', 'KEYWORD');
    const conversation = defineSearchAttributeKey('BatonConversationId', 'KEYWORD');
    expect(typedSearchAttributes.get(outcome)).toBeUndefined();
    expect(typedSearchAttributes.get(conversation)).toBe(scene.conversationId);
    expect(memo).toEqual({ requestId: 'r2' });
    await scene.deskSays('r2', 0, { kind: 'connected' });
    await scene.handle.result();
  });
});
