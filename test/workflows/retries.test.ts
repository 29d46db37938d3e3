// Faults of calls: what can be retried is, inside the rung's time; what is unknown is taken back, not sent twice.
import { aFallbackRung, aPlan, aRung } from '../support/builders';
import { aFault, failingFirst } from '../support/faults';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const connected = { kind: 'connected' } as const;
const twoRungs = aPlan({ rungs: [aRung(), aFallbackRung()] });
const twoConnectors = aPlan({ rungs: [aRung(), aRung({ connector: 'other', skill: 'queue-7' })] });
const targets = (scene: Scene): string[] => scene.world.transfers.map(({ target }) => target.id);

test('retries what can be retried until the platform answers', async () => {
  const faults = [
    aFault('ESC_PLATFORM_UNREACHABLE'),
    aFault('ESC_PLATFORM_ERROR'),
    aFault('ESC_PLATFORM_ERROR'),
  ];
  await stage.play(
    { record: 'transfer-retried', requestTransfer: failingFirst(faults, connected) },
    async (scene) => {
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0 });
      expect(scene.world.transfers).toHaveLength(4);
    },
  );
});

test('names every try of a rung by the same idempotency key', async () => {
  const faults = [aFault('ESC_PLATFORM_ERROR'), aFault('ESC_PLATFORM_TIMEOUT', { resultUnknown: true })];
  await stage.play({ requestTransfer: failingFirst(faults, connected) }, async (scene) => {
    await scene.handle.result();
    const keys = new Set(scene.world.transfers.map(({ transferId }) => transferId));
    expect([...keys]).toEqual([`${scene.conversationId}/r1/0`]);
  });
});

test('waits as long as the platform asks, by a timer that the history names', async () => {
  const faults = [aFault('ESC_PLATFORM_RATE_LIMITED', { retryAfterMs: 45_000 })];
  await stage.play(
    { record: 'retry-after', requestTransfer: failingFirst(faults, connected) },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(40_000);
      expect(scene.world.transfers).toHaveLength(1);
      await scene.pass(6_000);
      await scene.handle.result();

      expect(scene.world.transfers).toHaveLength(2);
      const { events } = await scene.handle.fetchHistory();
      const timer = events?.find((event) => event.timerStartedEventAttributes);
      expect(String(timer?.userMetadata?.summary?.data)).toContain('Wait 45 s');
    },
  );
});

test('goes to the next rung at once when the platform asks to wait longer than the rung lasts', async () => {
  await stage.play(
    {
      plan: twoRungs,
      requestTransfer: ({ target }) => {
        if (target.id === '4711') throw aFault('ESC_PLATFORM_RATE_LIMITED', { retryAfterMs: 600_000 });
        return connected;
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 2);
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
      expect(scene.world.seen).not.toContain('withdraw 4711');
    },
  );
});

test('ends a rung at once when the platform rejects it, without asking it to take anything back', async () => {
  await stage.play(
    {
      record: 'rejected',
      plan: twoRungs,
      requestTransfer: failingFirst([aFault('ESC_PLATFORM_REJECTED')], connected),
    },
    async (scene) => {
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
      expect(targets(scene)).toEqual(['4711', '4712']);
      expect(scene.world.seen).not.toContain('withdraw 4711');
    },
  );
});

test.each(['ESC_PLATFORM_UNAUTHORIZED', 'ESC_EGRESS_BLOCKED', 'ESC_CONFIG_UNKNOWN_NAME'] as const)(
  'fails as platform_down on %s, which no retry can help',
  async (code) => {
    await stage.play(
      {
        requestTransfer: () => {
          throw aFault(code);
        },
      },
      async (scene) => {
        await scene.until(() => scene.world.notices.length === 1);
        expect(scene.world.transfers).toHaveLength(1);
        expect(scene.world.notices[0]).toMatchObject({ reason: 'platform_down', detail: code });
        await scene.handle.result();
      },
    );
  },
);

test('takes a rejection for a no that may have a past when tries before it were in doubt', async () => {
  const faults = [aFault('ESC_PLATFORM_TIMEOUT', { resultUnknown: true }), aFault('ESC_PLATFORM_REJECTED')];
  await stage.play(
    { record: 'rejected-after-doubt', requestTransfer: failingFirst(faults, connected) },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      expect(scene.world.seen).toContain('withdraw 4711');
      expect(scene.world.notices[0]).toMatchObject({ reason: 'rejected' });
      await scene.handle.result();
    },
  );
});

test('withdraws a transfer whose result stayed unknown before it tries another', async () => {
  await stage.play(
    {
      record: 'unknown-result',
      plan: twoConnectors,
      requestTransfer: ({ target }) => {
        if (target.id === '4711') throw aFault('ESC_PLATFORM_TIMEOUT', { resultUnknown: true });
        return connected;
      },
    },
    async (scene) => {
      await scene.pass(181_000);
      await scene.until(() => scene.world.seen.includes('transfer queue-7'));
      await scene.handle.result();

      const order = scene.world.seen.filter((line) => /^(withdraw|transfer queue)/.test(line));
      expect(order).toEqual(['withdraw 4711', 'transfer queue-7']);
    },
  );
});

test('withdraws even if only an earlier try was in doubt', async () => {
  const faults = [aFault('ESC_PLATFORM_TIMEOUT', { resultUnknown: true })];
  const first = failingFirst(faults, undefined);
  await stage.play(
    {
      plan: twoConnectors,
      requestTransfer: ({ target }) => {
        if (target.id !== '4711') return connected;
        first();
        throw aFault('ESC_PLATFORM_UNREACHABLE');
      },
    },
    async (scene) => {
      await scene.pass(181_000);
      await scene.handle.result();
      expect(scene.world.seen).toContain('withdraw 4711');
    },
  );
});

test('counts the retries of a transfer against the rung’s three minutes', async () => {
  await stage.play(
    {
      record: 'platform-down',
      plan: twoConnectors,
      requestTransfer: ({ target }) => {
        if (target.id === '4711') throw aFault('ESC_PLATFORM_UNREACHABLE');
        return connected;
      },
    },
    async (scene) => {
      await scene.pass(150_000);
      expect(scene.world.seen).not.toContain('transfer queue-7');
      await scene.pass(35_000);
      await scene.until(() => scene.world.seen.includes('transfer queue-7'));
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
    },
  );
});

test('posts the failure text as soon as the bot’s platform takes it, for ten minutes', async () => {
  const faults = Array(6).fill(aFault('ESC_PLATFORM_UNREACHABLE')) as Error[];
  const posted = failingFirst(faults, { kind: 'posted' as const });
  await stage.play(
    {
      plan: aPlan({ retryWindowMs: 1_000 }),
      requestTransfer: () => ({ kind: 'declined', reason: 'no_agents' }),
      postToUser: ({ messages }) =>
        messages[0]?.id.endsWith('/failure')
          ? Promise.resolve().then(posted)
          : Promise.resolve({ kind: 'posted' }),
    },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.userRead.at(-1)).toBe(aPlan().failureMessage);
    },
  );
});

test('reports a watched desk that refuses to be watched as platform_down', async () => {
  const desk = { ...aRung().desk, events: 'watch' as const };
  await stage.play(
    {
      plan: aPlan({ rungs: [aRung({ desk })] }),
      awaitAnswer: () => Promise.reject(aFault('ESC_PLATFORM_UNAUTHORIZED')),
    },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      expect(scene.world.notices[0]).toMatchObject({
        reason: 'platform_down',
        detail: 'ESC_PLATFORM_UNAUTHORIZED',
      });
      expect(scene.world.seen).toContain('withdraw 4711');
      await scene.handle.result();
    },
  );
});

test('derives every id from what the bot said, so that a retry or a reset arrives at the same ones', async () => {
  await stage.play({ requestTransfer: () => ({ kind: 'declined', reason: 'no_agents' }) }, async (scene) => {
    await scene.handle.result();
    const { conversationId, world } = scene;

    expect(world.notices.map(({ id }) => id)).toEqual([
      `${conversationId}/r1/escalation.failed`,
      `${conversationId}/r1/escalation.ended`,
    ]);
    expect([...world.read]).toEqual([`${conversationId}/r1/transfer`, `${conversationId}/r1/failure`]);
    expect(world.transfers[0]?.transferId).toBe(`${conversationId}/r1/0`);
  });
});
