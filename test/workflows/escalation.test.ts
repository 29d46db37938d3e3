// The escalation's promises, on the time-skipping server, with every branch of the story.
import { createStage, type Stage } from '../support/time-skipping-stage';
import { aFallbackRung, aPlan, aRung, aWatchedDesk } from '../support/builders';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

test('hands the conversation to the first skill that answers and tells the bot', async () => {
  await stage.play({ record: 'plain-success', plan: aPlan({ interactionDelayMs: 6_000 }) }, async (scene) => {
    const { world } = scene;
    await scene.pass(7_000);
    await scene.until(() => world.transfers.length === 1);
    await scene.deskSays('r1', 0, { kind: 'connected', agentId: 'maria' });

    const result = await scene.handle.result();

    expect(result).toEqual({
      outcome: { kind: 'connected', rung: 0, agentId: 'maria' },
      attempts: 1,
      requestIds: ['r1'],
    });
    expect(world.seen).toEqual(['plan r1', 'post transfer', 'transfer 4711', 'notice escalation.connected']);
  });
});

test('moves to the fallback skill when nobody answers for three minutes', async () => {
  await stage.play(
    { record: 'fallback-skill', plan: aPlan({ rungs: [aRung(), aFallbackRung()] }) },
    async (scene) => {
      const { world } = scene;
      await scene.until(() => world.transfers.length === 1);
      await scene.pass(179_000);
      expect(world.seen).not.toContain('withdraw 4711');
      await scene.pass(2_000);
      await scene.until(() => world.transfers.length === 2);
      await scene.deskSays('r1', 1, { kind: 'connected' });

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
      expect(world.seen.slice(2)).toEqual([
        'transfer 4711',
        'withdraw 4711',
        'transfer 4712',
        'notice escalation.connected',
      ]);
    },
  );
});

test('watches a desk that has no webhooks and hears that a human joined', async () => {
  await stage.play({ plan: aPlan({ rungs: [aRung({ desk: aWatchedDesk() })] }) }, async (scene) => {
    expect((await scene.handle.result()).outcome.kind).toBe('connected');
    expect(scene.world.seen).toEqual([
      'plan r1',
      'transfer 4711',
      'await 4711',
      'notice escalation.connected',
    ]);
    expect(scene.world.transfers[0]?.message?.text).toBe('Hold on while I connect you with an agent.');
  });
});
