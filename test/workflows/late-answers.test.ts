// Late and double answers: two agents never get one user, and nothing a desk says is lost.
import { aFallbackRung, aPlan, aRequest, aRung } from '../support/builders';
import { aFault, aGate, failingFirst } from '../support/faults';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const twoRungs = aPlan({ rungs: [aRung(), aFallbackRung()] });
const twoConnectors = aPlan({ rungs: [aRung(), aRung({ connector: 'other', skill: 'queue-7' })] });
const withdrawals = (scene: Scene, target = '4711'): number =>
  scene.world.seen.filter((line) => line === `withdraw ${target}`).length;

test('undoes the late answer of a withdrawn rung while the next rung waits', async () => {
  await stage.play({ record: 'late-answer', plan: twoRungs }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.pass(181_000);
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 0, { kind: 'connected', agentId: 'late' });
    await scene.until(() => withdrawals(scene) === 2);
    await scene.deskSays('r1', 1, { kind: 'connected', agentId: 'maria' });

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1, agentId: 'maria' });
    expect(await scene.story()).toEqual(expect.arrayContaining(['late_answer', 'late_answer_undone']));
  });
});

test('undoes a late answer while the bot may ask again', async () => {
  await stage.play({ record: 'late-answer-awaiting-bot' }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.pass(181_000);
    await scene.until(async () => (await scene.status()).phase === 'awaiting_bot');
    await scene.deskSays('r1', 0, { kind: 'connected' });
    await scene.until(() => withdrawals(scene) === 2);

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'failed', reason: 'timed_out' });
    expect(scene.world.notices.map(({ type }) => type)).toEqual(['escalation.failed', 'escalation.ended']);
  });
});

test('undoes a late answer that comes after another human connected, before it ends', async () => {
  const gate = aGate();
  await stage.play(
    {
      record: 'late-answer-after-connected',
      plan: twoRungs,
      deliverNotice: async () => {
        await gate.pass();
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(181_000);
      await scene.until(() => scene.world.transfers.length === 2);
      await scene.deskSays('r1', 1, { kind: 'connected' });
      await scene.until(() => gate.waiting === 1);
      await scene.deskSays('r1', 0, { kind: 'connected' });
      gate.open();

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
      expect(withdrawals(scene)).toBe(2);
      expect([...scene.world.humans]).toEqual([`${scene.conversationId}/r1/1`]);
    },
  );
});

test('undoes an answer that comes after the desk declined', async () => {
  await stage.play({ plan: twoRungs }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.deskSays('r1', 0, { kind: 'declined', reason: 'no_agents' });
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 0, { kind: 'connected' });
    await scene.until(() => withdrawals(scene) === 1);
    await scene.deskSays('r1', 1, { kind: 'connected' });

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
  });
});

test('ends with the late human when the desk will not take them back', async () => {
  let first = true;
  await stage.play(
    {
      record: 'late-answer-adopted',
      plan: twoConnectors,
      withdrawTransfer: ({ target }) => {
        if (target.id === '4711' && !first) return { kind: 'connected', agentId: 'late' };
        first = false;
        return { kind: 'withdrawn' };
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(181_000);
      await scene.until(() => scene.world.transfers.length === 2);
      await scene.deskSays('r1', 0, { kind: 'connected', agentId: 'late' });

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0, agentId: 'late' });
      expect(withdrawals(scene, 'queue-7')).toBe(1);
      expect(scene.world.notices[0]).toMatchObject({ type: 'escalation.connected', target: { id: '4711' } });
    },
  );
});

test('takes a human who joined while the rung’s time ran out', async () => {
  await stage.play(
    { plan: twoRungs, withdrawTransfer: () => ({ kind: 'connected', agentId: 'maria' }) },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(181_000);

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0, agentId: 'maria' });
      expect(scene.world.transfers).toHaveLength(1);
    },
  );
});

test('counts an answer that comes just before the time is over', async () => {
  await stage.play({ record: 'accept-at-the-last-moment', plan: twoRungs }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.pass(179_500);
    await scene.deskSays('r1', 0, { kind: 'connected' });

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0 });
    expect(scene.world.seen).not.toContain('withdraw 4711');
  });
});

test('gives the user one human and the bot one outcome when an answer races the timer', async () => {
  await stage.play({ plan: twoRungs }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await Promise.all([scene.pass(180_000), scene.deskSays('r1', 0, { kind: 'connected' })]);
    const isDecided = async (): Promise<boolean> => (await scene.status()).outcome !== undefined;
    await scene.until(async () => scene.world.transfers.length === 2 || (await isDecided()));
    if (scene.world.transfers.length === 2) await scene.deskSays('r1', 1, { kind: 'connected' });
    const { outcome } = await scene.handle.result();

    expect(scene.world.humans.size).toBe(outcome?.kind === 'connected' ? 1 : 0);
    expect(scene.world.notices.filter(({ type }) => type !== 'escalation.ended')).toHaveLength(1);
  });
});

test('tries no further rung on a connector whose withdrawal is not confirmed, but does on another', async () => {
  const rungs = [aRung(), aFallbackRung(), aRung({ connector: 'other', skill: 'queue-7' })];
  await stage.play(
    {
      record: 'withdrawal-unconfirmed',
      plan: aPlan({ rungs }),
      withdrawTransfer: () => {
        throw aFault('ESC_PLATFORM_UNREACHABLE');
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(181_000);
      await scene.pass(40_000);
      await scene.until(() => scene.world.transfers.length === 2);
      const before = withdrawals(scene);
      await scene.pass(60_000);
      expect(withdrawals(scene)).toBeGreaterThan(before);
      await scene.deskSays('r1', 1, { kind: 'connected' }).catch(() => undefined);
      scene.world.humans.clear();
      await scene.deskSays('r1', 2, { kind: 'connected' });

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 2 });
      expect(scene.world.transfers.map(({ target }) => target.id)).toEqual(['4711', 'queue-7']);
      expect(await scene.story()).toContain('withdrawal_given_up');
    },
  );
});

test('goes on withdrawing in the background until it is confirmed', async () => {
  const settles = failingFirst(Array(8).fill(aFault('ESC_PLATFORM_UNREACHABLE')), {
    kind: 'withdrawn' as const,
  });
  await stage.play(
    {
      record: 'withdrawal-settled-late',
      plan: twoConnectors,
      withdrawTransfer: ({ target }) => (target.id === '4711' ? settles() : { kind: 'withdrawn' }),
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(215_000);
      await scene.until(() => scene.world.transfers.length === 2);
      await scene.pass(120_000);
      const { transfers } = await scene.explain();
      expect(transfers.map((transfer) => transfer.standing)).toEqual(['withdrawn', 'open']);
      await scene.deskSays('r1', 1, { kind: 'connected' });

      expect((await scene.handle.result()).outcome?.kind).toBe('connected');
      expect(await scene.story()).not.toContain('withdrawal_given_up');
    },
  );
});

test('ends with a human whom an unconfirmed withdrawal finds at last', async () => {
  const finds = failingFirst(Array(8).fill(aFault('ESC_PLATFORM_UNREACHABLE')), {
    kind: 'connected' as const,
    agentId: 'found',
  });
  await stage.play(
    {
      plan: twoConnectors,
      withdrawTransfer: ({ target }) => (target.id === '4711' ? finds() : { kind: 'withdrawn' }),
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(215_000);
      await scene.until(() => scene.world.transfers.length === 2);

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0, agentId: 'found' });
      expect(withdrawals(scene, 'queue-7')).toBe(1);
    },
  );
});

test('takes a human who joined while the withdrawal could not be confirmed', async () => {
  await stage.play(
    {
      plan: twoConnectors,
      withdrawTransfer: () => {
        throw aFault('ESC_PLATFORM_UNREACHABLE');
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(185_000);
      await scene.deskSays('r1', 0, { kind: 'connected', agentId: 'maria' });

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0, agentId: 'maria' });
      expect(scene.world.transfers).toHaveLength(1);
    },
  );
});

test('does not ask again on a connector with an unconfirmed withdrawal from the attempt before', async () => {
  const gate = aGate();
  await stage.play(
    {
      record: 'unconfirmed-across-attempts',
      withdrawTransfer: async () => {
        if (!gate.waiting) throw aFault('ESC_PLATFORM_UNREACHABLE');
        await gate.pass();
        return { kind: 'withdrawn' };
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(215_000);
      await scene.until(() => scene.world.notices.length === 1);
      await scene.ask(aRequest({ requestId: 'r2' }));
      await scene.until(() => scene.world.notices.length === 2);

      expect(scene.world.transfers).toHaveLength(1);
      expect(scene.world.notices[1]).toMatchObject({ requestId: 'r2', reason: 'platform_down' });
      await scene.handle.result();
    },
  );
});

test('takes an event that comes twice for one', async () => {
  await stage.play({ plan: twoRungs }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.deskSays('r1', 0, { kind: 'declined', reason: 'no_agents' }, 'e1');
    await scene.deskSays('r1', 0, { kind: 'declined', reason: 'no_agents' }, 'e1');
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 1, { kind: 'position', position: 1 }, 'e2');
    await scene.deskSays('r1', 1, { kind: 'position', position: 1 }, 'e2');
    await scene.deskSays('r1', 1, { kind: 'connected' }, 'e3');

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
    const story = await scene.story();
    expect(story.filter((line) => line === 'declined')).toHaveLength(1);
    expect(story.filter((line) => line === 'position').length).toBeLessThanOrEqual(1);
  });
});

test('hears a human who joins while the transfer call still fails', async () => {
  await stage.play(
    {
      record: 'event-before-reply',
      requestTransfer: () => {
        throw aFault('ESC_PLATFORM_TIMEOUT', { resultUnknown: true });
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length >= 1);
      await scene.deskSays('r1', 0, { kind: 'connected', agentId: 'maria' });

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0, agentId: 'maria' });
      expect(scene.world.seen).not.toContain('withdraw 4711');
    },
  );
});

test('ignores what a desk says of a transfer that is over', async () => {
  await stage.play({ plan: twoRungs }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.pass(181_000);
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 0, { kind: 'queued' });
    await scene.until(async () => (await scene.story()).includes('event_ignored'));
    await scene.deskSays('r1', 1, { kind: 'connected' });

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
  });
});
