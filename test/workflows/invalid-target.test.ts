// A target that cannot be: the user reads the fallback message, the bot hears why, nothing is transferred.
import type { EscalationPlan } from '../../domain/plan';
import { aPlan, aRequest } from '../support/builders';
import { aFault } from '../support/faults';
import { createStage, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const problem = { reason: 'invalid_target', detail: 'agentSkillId is not a skill id' } as const;
const invalid = (): EscalationPlan => aPlan({ rungs: [], problem });

test('posts the fallback message, tells the bot invalid_target, and tries no transfer', async () => {
  await stage.play({ record: 'invalid-target', plan: invalid() }, async (scene) => {
    await scene.until(() => scene.world.notices.length === 1);

    expect(scene.world.userRead).toEqual(['I cannot transfer you.']);
    expect(scene.world.notices[0]).toMatchObject({
      type: 'escalation.failed',
      reason: 'invalid_target',
      detail: problem.detail,
      noticesLeft: 2,
    });
    expect(scene.world.seen).toEqual(['plan r1', 'post fallback', 'notice escalation.failed']);
    expect((await scene.handle.result()).outcome).toEqual({ kind: 'failed', ...problem });
    expect(scene.world.notices.at(-1)?.type).toBe('escalation.ended');
    expect(scene.world.userRead).toEqual(['I cannot transfer you.']);
  });
});

test('lets the bot ask again with a valid target', async () => {
  await stage.play(
    {
      record: 'invalid-target-then-valid',
      plan: (request) => (request.requestId === 'r1' ? invalid() : aPlan()),
      requestTransfer: () => ({ kind: 'connected' }),
    },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      await scene.ask(aRequest({ requestId: 'r2' }));

      expect(await scene.handle.result()).toMatchObject({
        outcome: { kind: 'connected', rung: 0 },
        attempts: 2,
      });
      expect(scene.world.notices.map((notice) => notice.type)).toEqual([
        'escalation.failed',
        'escalation.connected',
      ]);
    },
  );
});

test('ends with the fallback message alone when the fourth attempt is invalid too', async () => {
  await stage.play({ plan: invalid() }, async (scene) => {
    for (const [index, requestId] of ['r2', 'r3', 'r4'].entries()) {
      await scene.until(() => scene.world.notices.length === index + 1);
      await scene.ask(aRequest({ requestId }));
    }

    expect((await scene.handle.result()).attempts).toBe(4);
    expect(scene.world.notices.at(-1)?.type).toBe('escalation.ended');
    expect(scene.world.userRead).toEqual(Array(4).fill('I cannot transfer you.'));
  });
});

test('tells the bot and the user when a later request names no integration', async () => {
  await stage.play(
    {
      record: 'unknown-integration-later',
      plan: ({ integration }) => {
        if (integration === 'nowhere') throw aFault('ESC_PLAN_UNKNOWN_INTEGRATION');
        return aPlan();
      },
      requestTransfer: () => ({ kind: 'declined', reason: 'no_agents' }),
    },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      await scene.ask(aRequest({ requestId: 'r2', integration: 'nowhere' }));
      await scene.until(() => scene.world.notices.length === 2);

      expect(scene.world.notices[1]).toMatchObject({
        type: 'escalation.failed',
        requestId: 'r2',
        reason: 'invalid_target',
      });
      expect(scene.world.userRead.at(-1)).toBe('I cannot transfer you.');
      expect((await scene.handle.result()).attempts).toBe(2);
    },
  );
});

test('fails with the code of the plan when the first request names no integration', async () => {
  await stage.play(
    {
      record: 'unknown-integration',
      plan: () => {
        throw aFault('ESC_PLAN_UNKNOWN_INTEGRATION');
      },
    },
    async (scene) => {
      await expect(scene.handle.result()).rejects.toMatchObject({
        cause: { type: 'ESC_PLAN_UNKNOWN_INTEGRATION' },
      });
    },
  );
});

test('plans on when planning fails for a while', async () => {
  let tries = 0;
  await stage.play(
    {
      record: 'planning-retried',
      plan: () => {
        tries += 1;
        if (tries < 4) throw aFault('ESC_PLATFORM_UNREACHABLE');
        return aPlan();
      },
      requestTransfer: () => ({ kind: 'connected' }),
    },
    async (scene) => {
      expect((await scene.handle.result()).outcome?.kind).toBe('connected');
      expect(tries).toBe(4);
    },
  );
});
