// Desks that may do everything twice if they are asked twice: a request that may have arrived is never sent again.
import { aPlan, aRung, aWatchedDesk } from '../support/builders';
import { aFault, aGate, failingFirst } from '../support/faults';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const connected = { kind: 'connected' } as const;
const flow = { kind: 'flow', id: 'Hand_Over' } as const;
const desk = aWatchedDesk({ carriesMessage: false, confirmsConnection: false, unrepeatable: true });
const plan = aPlan({
  rungs: [aRung({ target: flow, desk }), aRung({ connector: 'other', skill: 'queue-7' })],
});
const targets = (scene: Scene): string[] => scene.world.transfers.map(({ target }) => target.id);

test('asks again what certainly did nothing, each time by an activity that nobody repeats', async () => {
  const faults = [
    aFault('ESC_PLATFORM_ERROR'),
    aFault('ESC_PLATFORM_RATE_LIMITED', { retryAfterMs: 30_000 }),
  ];
  await stage.play(
    { record: 'unrepeatable-did-nothing', plan, requestTransfer: failingFirst(faults, { kind: 'queued' }) },
    async (scene) => {
      await scene.pass(40_000);
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'queued_only', rung: 0 });

      expect(targets(scene)).toEqual(['Hand_Over', 'Hand_Over', 'Hand_Over']);
      const { events = [] } = await scene.handle.fetchHistory();
      const asked = (events ?? [])
        .map((event) => event.activityTaskScheduledEventAttributes)
        .filter((scheduled) => scheduled?.activityType?.name === 'requestTransfer');
      expect(asked.map((scheduled) => scheduled?.retryPolicy?.maximumAttempts)).toEqual([1, 1, 1]);
    },
  );
});

test.each([
  ['was lost', () => aFault('ESC_PLATFORM_UNREACHABLE', { resultUnknown: true })],
  ['cannot be read', () => aFault('ESC_PLATFORM_PROTOCOL', { resultUnknown: true })],
])('takes back what it can and goes on when the answer %s', async (_how, fault) => {
  await stage.play(
    {
      record: 'unrepeatable-in-doubt',
      plan,
      requestTransfer: ({ target }) => {
        if (target.kind === 'flow') throw fault();
        return connected;
      },
    },
    async (scene) => {
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });

      const order = scene.world.seen.filter((line) => /^(withdraw|transfer)/.test(line));
      expect(order).toEqual(['transfer Hand_Over', 'withdraw Hand_Over', 'transfer queue-7']);
    },
  );
});

test('does not ask again after an interrupt, and takes back what may have arrived', async () => {
  const gate = aGate();
  await stage.play(
    {
      plan,
      requestTransfer: async () => {
        await gate.pass();
        throw aFault('ESC_PLATFORM_UNREACHABLE', { resultUnknown: true });
      },
    },
    async (scene) => {
      await scene.until(() => gate.waiting === 1);
      await scene.userLeaves();
      await scene.until(async () => (await scene.story()).some((line) => line.includes('left')));
      gate.open();

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'abandoned' });
      expect(targets(scene)).toEqual(['Hand_Over']);
      expect(scene.world.seen).toContain('withdraw Hand_Over');
    },
  );
});
