// A human who cannot be taken back stays, whatever the escalation is doing: nobody else is asked, and the user is not
// told that there is nobody.
import type { WithdrawReply } from '../../activities/types';
import { aFallbackRung, aPlan, aRequest, aRung } from '../support/builders';
import { aFault } from '../support/faults';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

/** The desk answers no withdrawal until somebody looks; then it says that a human is there. */
function aHumanFoundLate(): { find: () => void; withdraw: () => WithdrawReply } {
  const desk = { answers: false };
  return {
    find: () => {
      desk.answers = true;
    },
    withdraw: () => {
      if (!desk.answers) throw aFault('ESC_PLATFORM_UNREACHABLE');
      return { kind: 'connected', agentId: 'found' };
    },
  };
}

async function failsUnconfirmed(scene: Scene): Promise<void> {
  await scene.until(() => scene.world.transfers.length === 1);
  await scene.pass(215_000);
  await scene.until(() => scene.world.notices.length === 1);
}

test('ends connected, without a failure text, when a human is found while the bot may ask again', async () => {
  const { find, withdraw } = aHumanFoundLate();
  await stage.play({ record: 'human-found-between-attempts', withdrawTransfer: withdraw }, async (scene) => {
    await failsUnconfirmed(scene);
    find();

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0, agentId: 'found' });
    expect(scene.world.notices.map(({ type }) => type)).toEqual([
      'escalation.failed',
      'escalation.connected',
    ]);
    expect(scene.world.seen).not.toContain('post failure');
  });
});

test('asks nobody else when the bot asks again and a human of the attempt before is found', async () => {
  const { find, withdraw } = aHumanFoundLate();
  const rungs = [aRung({ connector: 'other', skill: 'queue-7' })];
  await stage.play(
    {
      plan: (request) => (request.requestId === 'r1' ? aPlan() : aPlan({ rungs })),
      withdrawTransfer: ({ target }) => (target.id === 'queue-7' ? { kind: 'withdrawn' } : withdraw()),
    },
    async (scene) => {
      await failsUnconfirmed(scene);
      await scene.ask(aRequest({ requestId: 'r2' }));
      await scene.until(() => scene.world.transfers.length === 2);
      find();

      expect((await scene.handle.result()).outcome).toMatchObject({ kind: 'connected', agentId: 'found' });
      expect(scene.world.seen).toContain('withdraw queue-7');
      expect(scene.world.notices.map(({ type }) => type)).toEqual([
        'escalation.failed',
        'escalation.connected',
      ]);
    },
  );
});

test('undoes a human who joined right after the desk declined', async () => {
  const rungs = [aRung(), aFallbackRung()];
  const told: { scene?: Scene } = {};
  await stage.play(
    {
      record: 'declined-and-connected-at-once',
      plan: aPlan({ rungs }),
      requestTransfer: async ({ target }) => {
        if (target.id !== '4711') return { kind: 'queued' };
        // Both are in the history before the workflow hears the answer to its request.
        await told.scene?.deskSays('r1', 0, { kind: 'declined', reason: 'no_agents' });
        await told.scene?.deskSays('r1', 0, { kind: 'connected', agentId: 'late' });
        return { kind: 'queued' };
      },
    },
    async (scene) => {
      told.scene = scene;
      await scene.until(() => scene.world.transfers.length === 2);
      await scene.until(() => scene.world.seen.includes('withdraw 4711'));
      await scene.deskSays('r1', 1, { kind: 'connected', agentId: 'maria' });

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1, agentId: 'maria' });
      expect([...scene.world.humans]).toEqual([`${scene.conversationId}/r1/1`]);
    },
  );
});
