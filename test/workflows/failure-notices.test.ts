// After a failure the bot hears of it and may ask again: three notices, then the user's text and the end.
import { aPlan, aRequest, aRung } from '../support/builders';
import { aFault } from '../support/faults';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const DEFAULT_TEXT = 'Not able to transfer to Agent at this time. Please try later.';
const declined = (): { kind: 'declined'; reason: 'no_agents' } => ({ kind: 'declined', reason: 'no_agents' });
const types = (scene: Scene): string[] => scene.world.notices.map((notice) => notice.type);

async function askUntil(scene: Scene, ...requestIds: string[]): Promise<void> {
  for (const requestId of requestIds) {
    const told = scene.world.notices.length + 1;
    await scene.ask(aRequest({ requestId }));
    await scene.until(() => scene.world.notices.length === told);
  }
}

test('sends three failure notices; the fourth failure ends it and posts the default text exactly once', async () => {
  await stage.play({ record: 'four-failures', requestTransfer: declined }, async (scene) => {
    await scene.until(() => scene.world.notices.length === 1);
    await askUntil(scene, 'r2', 'r3');
    expect(scene.world.userRead).not.toContain(DEFAULT_TEXT);
    await askUntil(scene, 'r4');

    expect(await scene.handle.result()).toMatchObject({
      outcome: { kind: 'failed', reason: 'no_agents' },
      attempts: 4,
    });
    expect(types(scene)).toEqual([
      'escalation.failed',
      'escalation.failed',
      'escalation.failed',
      'escalation.ended',
    ]);
    expect(scene.world.notices.map((notice) => notice.noticesLeft)).toEqual([2, 1, 0, undefined]);
    expect(scene.world.userRead.filter((text) => text === DEFAULT_TEXT)).toHaveLength(1);
    expect(scene.world.seen.slice(-2)).toEqual(['post failure', 'notice escalation.ended']);
  });
});

test('posts the bot’s default user-friendly response where it has one', async () => {
  const failureMessage = 'Nobody is here today.';
  await stage.play(
    {
      requestTransfer: declined,
      plan: aPlan({ failureMessage, retryWindowMs: 1_000 }),
      texts: { failure: failureMessage, fallback: '' },
    },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.userRead.at(-1)).toBe(failureMessage);
    },
  );
});

test('tells the user and ends when the bot does not ask again within the retry window', async () => {
  await stage.play(
    { record: 'retry-window-lapses', requestTransfer: declined, plan: aPlan({ retryWindowMs: 300_000 }) },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      await scene.pass(290_000);
      expect(await scene.status()).toMatchObject({
        phase: 'awaiting_bot',
        waiting: { for: 'the bot to ask again' },
      });
      await scene.pass(20_000);

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'failed', reason: 'no_agents' });
      expect(types(scene)).toEqual(['escalation.failed', 'escalation.ended']);
      expect(scene.world.userRead.filter((text) => text === DEFAULT_TEXT)).toHaveLength(1);
    },
  );
});

test('connects on the bot’s second try', async () => {
  await stage.play(
    {
      record: 'second-attempt-connects',
      plan: ({ requestId }) => aPlan({ rungs: [aRung({ skill: requestId === 'r1' ? '4711' : '5000' })] }),
      requestTransfer: ({ target }) => (target.id === '4711' ? declined() : { kind: 'connected' }),
    },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      await scene.ask(aRequest({ requestId: 'r2' }));

      expect((await scene.handle.result()).attempts).toBe(2);
      expect(types(scene)).toEqual(['escalation.failed', 'escalation.connected']);
      expect(scene.world.notices[1]).toMatchObject({
        requestId: 'r2',
        attempt: 2,
        target: { id: '5000' },
      });
      expect(scene.world.userRead).not.toContain(DEFAULT_TEXT);
    },
  );
});

test('takes a bot’s request that comes while its failure notice is still being delivered', async () => {
  await stage.play(
    {
      record: 'asks-again-within-notice',
      requestTransfer: ({ transferId }) => (transferId.includes('/r1/') ? declined() : { kind: 'connected' }),
      deliverNotice: async (notice, world) => {
        const { meanwhile } = world.script;
        delete world.script.meanwhile;
        if (notice.requestId === 'r1') await meanwhile?.();
      },
    },
    async (scene) => {
      scene.world.script.meanwhile = () => scene.ask(aRequest({ requestId: 'r2' }));

      expect(await scene.handle.result()).toMatchObject({
        outcome: { kind: 'connected', rung: 0 },
        attempts: 2,
      });
      expect(types(scene)).toEqual(['escalation.failed', 'escalation.connected']);
    },
  );
});

test('answers a new request with the running one', async () => {
  await stage.play({ record: 'request-merged' }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.ask(aRequest({ requestId: 'r2' }));
    await scene.until(async () => (await scene.story()).includes('request_merged'));
    await scene.deskSays('r1', 0, { kind: 'connected' });

    expect(await scene.handle.result()).toMatchObject({
      outcome: { kind: 'connected', rung: 0 },
      attempts: 1,
    });
    expect(scene.world.notices.map((notice) => notice.requestId)).toEqual(['r1']);
  });
});

test('takes the same request twice for one, while it runs and after it failed', async () => {
  await stage.play({ requestTransfer: declined }, async (scene) => {
    await scene.ask(aRequest());
    await scene.until(() => scene.world.notices.length === 1);
    await scene.ask(aRequest());

    expect((await scene.handle.result()).attempts).toBe(1);
    expect(scene.world.transfers).toHaveLength(1);
  });
});

test('tells by when and how often the bot may ask again', async () => {
  await stage.play({ requestTransfer: declined }, async (scene) => {
    await scene.until(() => scene.world.notices.length === 1);
    const [notice] = scene.world.notices;

    expect(notice).toMatchObject({ noticesLeft: 2, askAgainBy: (notice?.at ?? 0) + 600_000 });
    await scene.handle.result();
  });
});

test('tells the result of the transform script with the success, and its error where it failed', async () => {
  const result = { responseVariable: 'escalation', script: 'x' };
  const requestTransfer = (): { kind: 'connected'; raw: { id: number } } => ({
    kind: 'connected',
    raw: { id: 7 },
  });
  const plan = aPlan({ result });
  await stage.play(
    {
      record: 'transform-result',
      plan,
      requestTransfer,
      transformResult: ({ raw }) => Promise.resolve({ data: { id: (raw as { id: number }).id } }),
    },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.notices[0]).toMatchObject({ type: 'escalation.connected', data: { id: 7 } });
      expect(scene.world.transfers[0]?.keepRaw).toBe(true);
    },
  );
  await stage.play(
    {
      plan,
      requestTransfer,
      transformResult: () => Promise.resolve({ data: {}, error: 'ESC_TRANSFORM_TIMED_OUT' }),
    },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.notices[0]).toMatchObject({
        type: 'escalation.connected',
        dataError: 'ESC_TRANSFORM_TIMED_OUT',
      });
    },
  );
});

test('goes on when the script cannot be run at all', async () => {
  await stage.play(
    {
      record: 'transform-fails',
      plan: aPlan({ result: { responseVariable: 'escalation', script: 'x' } }),
      requestTransfer: () => ({ kind: 'connected', raw: {} }),
      transformResult: () => Promise.reject(aFault('ESC_TRANSFORM_BUSY')),
    },
    async (scene) => {
      expect((await scene.handle.result()).outcome?.kind).toBe('connected');
      expect(scene.world.notices[0]?.dataError).toBe('ESC_TRANSFORM_BUSY');
    },
  );
});
