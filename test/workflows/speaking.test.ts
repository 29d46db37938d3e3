// Who may speak: what a bot says is posted before the owner can change, or refused.
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { defineUpdate } from '@temporalio/workflow';
import type { SayResult } from '../../domain/ownership';
import type { escalation } from '../../workflows';
import { escalateAndWaitUpdate, returnedUpdate, sayUpdate } from '../../workflows/messages';
import { aPlan, aRequest } from '../support/builders';
import { aFault, aGate, type Gate } from '../support/faults';
import { TASK_QUEUE, TENANT } from '../support/scene';
import { createStage, type Scene, type SceneOptions, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const declined = (): { kind: 'declined'; reason: 'no_agents' } => ({ kind: 'declined', reason: 'no_agents' });
const connected = (): { kind: 'connected' } => ({ kind: 'connected' });
const afterAnAgent = { owner: 'agent', epoch: 4, requestIds: ['r0'], lastEscalation: 'run-0' } as const;
const afterABot = { epoch: 4, requestIds: ['r0'] };
const NOT_OWNER = 'ESC_NOT_OWNER';

/** How an update was refused: the failure's type and what it tells. */
async function refusal(update: Promise<unknown>): Promise<{ type: string; details: unknown }> {
  const error: unknown = await update.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  );
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) throw cause;
  return { type: cause.type ?? '', details: cause.details?.[0] };
}

/** Messages of the bot are held at a gate; Baton's own are not. */
function heldMessages(options: SceneOptions): { options: SceneOptions; gate: Gate } {
  const gate = aGate();
  const postToUser: SceneOptions['postToUser'] = async ({ messages }) => {
    if (messages[0]?.id.startsWith('m')) await gate.pass();
    return { kind: 'posted' };
  };
  return { gate, options: { ...options, postToUser } };
}

async function acceptedUpdates(scene: Scene): Promise<number> {
  const { events } = await scene.handle.fetchHistory();
  return (events ?? []).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;
}

const failedOnce = async (scene: Scene): Promise<void> =>
  scene.until(async () => (await scene.status()).phase === 'awaiting_bot');

const isSeen = (scene: Scene, what: string) => (): boolean => scene.world.seen.includes(what);

test('the bot owns the conversation again when it may ask again, and the notice has the epoch to speak under', async () => {
  await stage.play({ record: 'says-after-failure', requestTransfer: declined }, async (scene) => {
    await failedOnce(scene);
    const { owner, epoch } = await scene.status();
    expect(scene.world.notices[0]).toMatchObject({ type: 'escalation.failed', epoch });
    expect(owner).toBe('bot');

    expect(await scene.say('m1', epoch)).toEqual({ kind: 'posted', owner: 'bot', epoch });
    await scene.say('m2', epoch);
    expect(scene.world.userRead.slice(-2)).toEqual(['m1', 'm2']);
    await scene.cancel();
    expect(await scene.handle.result()).toMatchObject({ owner: 'bot', epoch });
  });
});

test('refuses a message while Baton transfers, and says who owns the conversation', async () => {
  await stage.play({}, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    for (const epoch of [0, 1, 2])
      expect(await refusal(scene.say('m1', epoch))).toEqual({
        type: NOT_OWNER,
        details: { owner: 'baton', epoch: 1 },
      });
    expect(scene.world.userRead).not.toContain('m1');
    await scene.deskSays('r1', 0, { kind: 'connected' });
    await scene.handle.result();
  });
});

test('refuses a message of an old epoch after the bot owns the conversation again', async () => {
  await stage.play({ requestTransfer: declined }, async (scene) => {
    await failedOnce(scene);

    expect(await refusal(scene.say('m1', 0))).toEqual({
      type: NOT_OWNER,
      details: { owner: 'bot', epoch: 2 },
    });
    expect(scene.world.userRead).not.toContain('m1');
    await scene.cancel();
    await scene.handle.result();
  });
});

test('a message being posted is waited for before the handoff begins, and nothing more is taken', async () => {
  const { options, gate } = heldMessages({ record: 'says-then-asks', requestTransfer: declined });
  await stage.play(options, async (scene) => {
    await failedOnce(scene);
    const first = scene.say('m1', 2);
    await scene.until(isSeen(scene, 'post m1'));
    const second = refusal(scene.say('m2', 2));
    await scene.until(async () => (await acceptedUpdates(scene)) === 2);
    await scene.ask(aRequest({ requestId: 'r2' }));
    await scene.until(async () => (await refusal(scene.say('m3', 2))).type === NOT_OWNER);
    expect(scene.world.seen).not.toContain('plan r2');
    gate.open();

    expect(await first).toMatchObject({ kind: 'posted', epoch: 2 });
    expect(await second).toEqual({ type: NOT_OWNER, details: { owner: 'bot', epoch: 2 } });
    await scene.until(async () => (await scene.status()).attempts.length === 2);
    expect(scene.world.seen.indexOf('post m1')).toBeLessThan(scene.world.seen.indexOf('plan r2'));
    expect(scene.world.userRead).not.toContain('m2');
    await scene.cancel();
    await scene.handle.result();
  });
});

test('posts messages one after another, in the order in which they came', async () => {
  const { options, gate } = heldMessages({ requestTransfer: declined });
  await stage.play(options, async (scene) => {
    await failedOnce(scene);
    const said: Promise<SayResult>[] = [];
    for (const id of ['m1', 'm2', 'm3']) {
      said.push(scene.say(id, 2));
      await scene.until(async () => (await acceptedUpdates(scene)) === said.length);
    }
    await scene.until(isSeen(scene, 'post m1'));
    expect(scene.world.seen).not.toContain('post m2');
    gate.open();

    expect((await Promise.all(said)).map(({ kind }) => kind)).toEqual(['posted', 'posted', 'posted']);
    expect(scene.world.userRead.slice(-3)).toEqual(['m1', 'm2', 'm3']);
    await scene.cancel();
    await scene.handle.result();
  });
});

test('an escalation that ends waits for the message that is being posted', async () => {
  const { options, gate } = heldMessages({ record: 'says-then-cancels', requestTransfer: declined });
  await stage.play(options, async (scene) => {
    await failedOnce(scene);
    const said = scene.say('m1', 2);
    await scene.until(isSeen(scene, 'post m1'));
    await scene.cancel();
    await scene.until(isSeen(scene, 'notice escalation.cancelled'));
    expect((await scene.status()).phase).not.toBe('closed');
    gate.open();

    expect(await said).toMatchObject({ kind: 'posted' });
    await scene.handle.result();
  });
});

test('says that the user is gone, and that a message could not be posted', async () => {
  const postToUser: SceneOptions['postToUser'] = ({ messages }) => {
    if (messages[0]?.id === 'm1') return Promise.resolve({ kind: 'gone' });
    if (messages[0]?.id === 'm2') return Promise.reject(aFault('ESC_PLATFORM_REJECTED'));
    return Promise.resolve({ kind: 'posted' });
  };
  await stage.play({ requestTransfer: declined, postToUser }, async (scene) => {
    await failedOnce(scene);

    expect(await scene.say('m1', 2)).toEqual({ kind: 'gone' });
    expect(await scene.say('m2', 2)).toEqual({ kind: 'not_posted', code: 'ESC_PLATFORM_REJECTED' });
    expect(await scene.say('m3', 2)).toMatchObject({ kind: 'posted' });
    await scene.cancel();
    await scene.handle.result();
  });
});

test('refuses what is no message, and what is no return', async () => {
  const say = defineUpdate<unknown, [unknown]>(sayUpdate.name);
  const giveBack = defineUpdate<unknown, [unknown]>(returnedUpdate.name);
  const message = { id: 'm1', text: 'Hello' };
  const long = 'x'.repeat(8_193);
  const bad = [
    null,
    7,
    {},
    { bot: 'b', epoch: 2 },
    { bot: '', epoch: 2, message },
    { bot: 'b', epoch: -1, message },
    { bot: 'b', epoch: 2, message: { id: 'm1', text: long } },
    { bot: 'b', epoch: 2, message: { id: long, text: 'x' } },
    { bot: 'b', epoch: 2, message: { id: 'm1', text: '' } },
  ];
  await stage.play({ requestTransfer: declined }, async (scene) => {
    await failedOnce(scene);
    for (const input of bad)
      expect(await refusal(scene.handle.executeUpdate(say, { args: [input] }))).toMatchObject({
        type: 'ESC_REQUEST_INVALID',
      });
    for (const input of [null, {}, { epoch: 'x' }, { epoch: 1.5 }])
      expect(await refusal(scene.handle.executeUpdate(giveBack, { args: [input] }))).toMatchObject({
        type: 'ESC_REQUEST_INVALID',
      });
    await scene.cancel();
    await scene.handle.result();
  });
});

test('an agent who connected gives the conversation back while the bot is still being told', async () => {
  let returned: unknown;
  const options: SceneOptions = {
    plan: aPlan({ noticesInOwnWords: true }),
    requestTransfer: connected,
    deliverNotice: async (_notice, world) => world.script.meanwhile?.(),
  };
  await stage.play(options, async (scene) => {
    scene.world.script.meanwhile = async () => {
      returned ??= await scene.giveBack(2);
    };
    const result = await scene.handle.result();

    expect(returned).toEqual({ owner: 'bot', epoch: 3 });
    expect(result).toMatchObject({ outcome: { kind: 'connected' }, owner: 'bot', epoch: 3 });
  });
});

describe('a run without an escalation', () => {
  test('posts what the bot says and ends, with what the next run has to know', async () => {
    await stage.play({ record: 'speaks', speaking: afterABot }, async (scene) => {
      expect(await scene.say('m1', 4)).toEqual({ kind: 'posted', owner: 'bot', epoch: 4 });

      expect(await scene.handle.result()).toEqual({
        spoke: true,
        attempts: 0,
        owner: 'bot',
        epoch: 4,
        requestIds: ['r0'],
      });
      expect(scene.world.seen).toEqual(['post m1']);
      expect((await scene.status()).phase).toBe('closed');
    });
  });

  test('refuses a message while an agent owns the conversation, and ends', async () => {
    await stage.play({ record: 'speaks-refused', speaking: afterAnAgent }, async (scene) => {
      expect(await refusal(scene.say('m1', 4))).toEqual({
        type: NOT_OWNER,
        details: { owner: 'agent', epoch: 4 },
      });
      expect(await scene.status()).toMatchObject({ phase: 'speaking', lastEscalation: 'run-0' });

      expect(await scene.handle.result()).toEqual({
        spoke: true,
        attempts: 0,
        owner: 'agent',
        epoch: 4,
        requestIds: ['r0'],
        lastEscalation: 'run-0',
      });
      expect(scene.world.seen).toEqual([]);
      expect(await scene.notices()).toEqual({ records: [], complete: true });
    });
  });

  test('an agent gives the conversation back: once more is no harm, an old return is refused', async () => {
    await stage.play({ record: 'gives-back', speaking: afterAnAgent }, async (scene) => {
      expect(await refusal(scene.giveBack(3))).toEqual({
        type: NOT_OWNER,
        details: { owner: 'agent', epoch: 4 },
      });
      expect(await scene.giveBack(4)).toEqual({ owner: 'bot', epoch: 5 });
      expect(await scene.handle.result()).toMatchObject({ spoke: true, owner: 'bot', epoch: 5 });
    });
    await stage.play({ speaking: { ...afterABot, epoch: 5 } }, async (scene) => {
      expect(await scene.giveBack(4)).toEqual({ owner: 'bot', epoch: 5 });
      expect(await scene.handle.result()).toMatchObject({ owner: 'bot', epoch: 5 });
    });
  });

  test('goes on as the escalation that the bot asks for meanwhile', async () => {
    const { options, gate } = heldMessages({ speaking: afterABot, requestTransfer: connected });
    await stage.play({ ...options, record: 'speaks-then-escalates' }, async (scene) => {
      const said = scene.say('m1', 4);
      await scene.until(isSeen(scene, 'post m1'));
      await scene.ask(aRequest());
      gate.open();

      expect(await said).toMatchObject({ kind: 'posted', epoch: 4 });
      expect(await scene.handle.result()).toMatchObject({
        outcome: { kind: 'connected' },
        owner: 'agent',
        epoch: 6,
        requestIds: ['r0', 'r1'],
      });
      expect(scene.world.seen.slice(0, 2)).toEqual(['post m1', 'plan r1']);
    });
  });

  test('answers a bot that asks and waits', async () => {
    await stage.play({ speaking: afterABot, requestTransfer: connected }, async (scene) => {
      const answer = await scene.handle.executeUpdate(escalateAndWaitUpdate, { args: [aRequest()] });

      expect(answer).toEqual({ attempt: 1, outcome: { kind: 'connected', rung: 0 } });
      expect(await scene.handle.result()).not.toHaveProperty('spoke');
    });
  });

  test('takes a request that was worked on before for the same, and ends without another escalation', async () => {
    await stage.play({ speaking: afterABot }, async (scene) => {
      await scene.ask(aRequest({ requestId: 'r0' }));

      expect(await scene.handle.result()).toMatchObject({ spoke: true, epoch: 4 });
      expect(scene.world.seen).toEqual([]);
    });
  });

  test('ends quietly when the user leaves or the bot cancels what was never asked', async () => {
    for (const does of [(scene: Scene) => scene.userLeaves(), (scene: Scene) => scene.cancel()])
      await stage.play({ speaking: afterABot }, async (scene) => {
        await does(scene);

        expect(await scene.handle.result()).toMatchObject({ spoke: true, owner: 'bot' });
        expect(scene.world.seen).toEqual([]);
      });
  });

  test('is started by the message itself, and by each one after it is over', async () => {
    await stage.play({ speaking: afterABot }, async (scene) => {
      await scene.say('m1', 4);
      await scene.handle.result();
      const { conversationId } = scene;
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof escalation>('escalation', {
        workflowId: scene.handle.workflowId,
        taskQueue: TASK_QUEUE,
        args: [{ tenant: TENANT, conversationId, speaking: true, continued: afterABot }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      const said = await scene.env.client.workflow.executeUpdateWithStart(sayUpdate, {
        startWorkflowOperation,
        args: [{ bot: 'shop-bot', epoch: 4, message: { id: 'm2', text: 'm2' } }],
      });

      expect(said).toMatchObject({ kind: 'posted' });
      const second = await startWorkflowOperation.workflowHandle();
      expect(await second.result()).toMatchObject({ spoke: true, epoch: 4 });
      const timers = (await second.fetchHistory()).events?.filter(
        (event) => event.timerStartedEventAttributes,
      );
      expect(timers).toEqual([]);
    });
  });
});
