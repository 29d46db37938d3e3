// A user who cannot be reached holds up nobody else, and a bot that is told in its platform's words is told once.
import { aPlan } from '../support/builders';
import { aFault } from '../support/faults';
import { createStage, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const problem = { reason: 'invalid_target', detail: 'agentSkillId is not a skill id' } as const;

test('tells the bot while the user cannot be reached, and posts the text when that is possible', async () => {
  let reachable = false;
  await stage.play(
    {
      record: 'fallback-message-late',
      plan: aPlan({ rungs: [], problem }),
      postToUser: () => {
        if (!reachable) throw aFault('ESC_PLATFORM_UNREACHABLE');
        return Promise.resolve({ kind: 'posted' });
      },
    },
    async (scene) => {
      await scene.pass(60_000);
      await scene.until(() => scene.world.notices.length === 1);
      expect(scene.world.notices[0]).toMatchObject({ type: 'escalation.failed', reason: 'invalid_target' });
      expect(await scene.story()).not.toContain('posted');

      reachable = true;
      await scene.pass(60_000);

      await scene.until(async () => (await scene.story()).includes('posted'));
      await scene.cancel();
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'cancelled', by: 'bot' });
    },
  );
});

test('tells a bot in its platform’s own words by an activity that has time, not by a short local try', async () => {
  await stage.play(
    {
      record: 'own-words',
      plan: aPlan({ noticesInOwnWords: true }),
      requestTransfer: () => ({ kind: 'connected' }),
    },
    async (scene) => {
      await scene.handle.result();

      const { events } = await scene.handle.fetchHistory();
      const scheduled = (events ?? []).flatMap(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
      );
      expect(scheduled).toEqual(['deliverNotice']);
      expect(scene.world.notices).toHaveLength(1);
    },
  );
});
