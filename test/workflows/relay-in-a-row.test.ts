// While one batch follows another, each fifth is a regular activity, so that no workflow task goes on for as long as
// people write. See docs/decisions/0019.
import { aChatPlan } from '../support/builders';
import { aFault, aGate } from '../support/faults';
import { agentEnds, agentGot, ids, joins, userGot } from '../support/relay-scene';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';
import { carryAll } from '../support/world';

const BATCHES = 7;
/** Ten go in one batch. */
const SENT = ids('a', BATCHES * 10);

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

test('each fifth batch ends the workflow task', async () => {
  await stage.play({ record: 'relay-in-a-row', plan: aChatPlan() }, async (scene) => {
    await agentWritesAll(scene);

    expect(userGot(scene)).toEqual(SENT);
    expect(scene.world.carried).toHaveLength(BATCHES);
    expect(await regularCarries(scene)).toBe(1);
  });
});

test('five messages with a rest between them are carried without', async () => {
  await stage.play({ plan: aChatPlan() }, async (scene) => {
    await joins(scene);
    for (const [index, id] of ids('u', 6).entries()) {
      await scene.userWrites(id);
      await scene.until(() => agentGot(scene).length === index + 1);
    }
    await agentEnds(scene);
    await scene.handle.result();

    expect(await regularCarries(scene)).toBe(0);
  });
});

test('a plan of an earlier release carries all of them in one task', async () => {
  await stage.play({ plan: aChatPlan({ v: 2 }) }, async (scene) => {
    await agentWritesAll(scene);

    expect(userGot(scene)).toEqual(SENT);
    expect(await regularCarries(scene)).toBe(0);
  });
});

test('a fifth batch that does not get through is tried again beside what goes the other way', async () => {
  let calls = 0;
  await stage.play(
    {
      record: 'relay-in-a-row-with-a-fault',
      plan: aChatPlan(),
      carry: (input, world) => {
        calls += 1;
        if (calls === 5 || calls === 6) throw aFault('ESC_PLATFORM_UNREACHABLE');
        return carryAll(input, world);
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.agentWrites(...SENT);
      await scene.until(() => calls >= 6);
      await scene.userWrites('u1');
      await scene.until(() => agentGot(scene).length === 1);
      await scene.pass(20_000);
      await scene.until(() => userGot(scene).length === SENT.length);
      await agentEnds(scene);
      await scene.handle.result();

      expect(agentGot(scene)).toEqual(['u1']);
      expect(userGot(scene)).toEqual(SENT);
    },
  );
});

test('what comes while a fifth batch is under way is heard, and waits for it', async () => {
  const gate = aGate();
  let calls = 0;
  await stage.play(
    {
      record: 'relay-in-a-row-and-over',
      plan: aChatPlan(),
      carry: async (input, world) => {
        calls += 1;
        if (calls === 5) await gate.pass();
        return carryAll(input, world);
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.agentWrites(...SENT);
      await scene.until(() => gate.waiting === 1);
      await scene.userWrites('u1');
      await agentEnds(scene);
      gate.open();
      const { returned } = await scene.handle.result();

      expect(returned).toMatchObject({ by: 'agent', reason: 'left' });
      expect(userGot(scene)).toEqual(SENT);
      expect(agentGot(scene)).toEqual([]);
    },
  );
});

async function agentWritesAll(scene: Scene): Promise<void> {
  await joins(scene);
  await scene.agentWrites(...SENT);
  await scene.until(() => userGot(scene).length === SENT.length);
  await agentEnds(scene);
  await scene.handle.result();
}

async function regularCarries({ handle }: Scene): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'carry',
  ).length;
}
