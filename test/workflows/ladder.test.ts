// The ladder: targets in order, three minutes each, skipped with a reason where they cannot answer.
import type { DeclineReason } from '../../domain/desk-event';
import { aFallbackRung, aPlan, aRequest, aRung, aWatchedDesk, aWebhookDesk } from '../support/builders';
import { aGate } from '../support/faults';
import { createStage, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const twoRungs = aPlan({ rungs: [aRung(), aFallbackRung()] });

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
      owner: 'agent',
      epoch: 2,
      requestIds: ['r1'],
    });
    expect(world.seen).toEqual(['plan r1', 'post transfer', 'transfer 4711', 'notice escalation.connected']);
    expect(world.notices[0]).toMatchObject({
      target: { id: '4711' },
      agentId: 'maria',
      attempt: 1,
      epoch: 2,
    });
  });
});

test('moves to the fallback skill when nobody answers for three minutes', async () => {
  await stage.play({ record: 'fallback-skill', plan: twoRungs }, async (scene) => {
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
    expect(world.notices[0]?.target?.id).toBe('4712');
  });
});

test('watches a desk that has no webhooks and hears that a human joined', async () => {
  await stage.play(
    { record: 'watched-desk', plan: aPlan({ rungs: [aRung({ desk: aWatchedDesk() })] }) },
    async (scene) => {
      expect((await scene.handle.result()).outcome?.kind).toBe('connected');
      expect(scene.world.seen).toEqual([
        'plan r1',
        'transfer 4711',
        'await 4711',
        'notice escalation.connected',
      ]);
      expect(scene.world.transfers[0]?.message?.text).toBe('Hold on while I connect you with an agent.');
    },
  );
});

test('takes a human who answers at once without waiting for news', async () => {
  await stage.play(
    { requestTransfer: () => ({ kind: 'connected', agentId: 'maria' }), plan: twoRungs },
    async (scene) => {
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0, agentId: 'maria' });
      expect(scene.world.transfers).toHaveLength(1);
    },
  );
});

test('ends at once as queued_only on a desk that never tells of a human', async () => {
  const desk = aWebhookDesk({ confirmsConnection: false });
  await stage.play({ record: 'queued-only', plan: aPlan({ rungs: [aRung({ desk })] }) }, async (scene) => {
    expect((await scene.handle.result()).outcome).toEqual({ kind: 'queued_only', rung: 0 });
    expect(scene.world.notices.map((notice) => notice.type)).toEqual(['escalation.queued']);
  });
});

test('waits for the queueing on a desk that accepts first and queues later', async () => {
  const desk = aWebhookDesk({ confirmsConnection: false });
  await stage.play(
    { plan: aPlan({ rungs: [aRung({ desk })] }), requestTransfer: () => ({ kind: 'requested' }) },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      expect((await scene.status()).phase).toBe('requested');
      await scene.deskSays('r1', 0, { kind: 'queued' });
      expect((await scene.handle.result()).outcome?.kind).toBe('queued_only');
    },
  );
});

test('lets the queue timeout bound the wait once the desk has queued the request', async () => {
  const plan = aPlan({ rungs: [aRung({ queueTimeoutMs: 600_000 }), aFallbackRung()] });
  await stage.play({ record: 'queue-timeout', plan }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.pass(590_000);
    expect(await scene.status()).toMatchObject({ phase: 'queued', rung: 0 });
    await scene.pass(20_000);
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 1, { kind: 'connected' });

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
  });
});

test('keeps the response timeout while the desk has not queued the request', async () => {
  const plan = aPlan({ rungs: [aRung({ queueTimeoutMs: 600_000 }), aFallbackRung()] });
  await stage.play({ plan, requestTransfer: () => ({ kind: 'requested' }) }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.pass(181_000);
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 1, { kind: 'connected' });

    expect((await scene.handle.result()).outcome?.kind).toBe('connected');
  });
});

test('tells of positions in the queue without starting the time again', async () => {
  await stage.play({ plan: twoRungs }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.pass(100_000);
    await scene.deskSays('r1', 0, { kind: 'position', position: 3 });
    await scene.until(async () => (await scene.story()).includes('position'));
    await scene.pass(81_000);
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 1, { kind: 'connected' });

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
  });
});

const REASONS: DeclineReason[] = ['no_agents', 'closed_hours', 'rejected', 'invalid_target'];

test.each(REASONS)('moves on at once when the desk declines with %s, and tells why', async (reason) => {
  await stage.play(
    { requestTransfer: () => ({ kind: 'declined', reason, detail: 'E1' }), plan: twoRungs },
    async (scene) => {
      const result = await scene.handle.result();

      expect(result.outcome).toEqual({ kind: 'failed', reason, detail: 'E1' });
      expect(scene.world.transfers).toHaveLength(2);
      expect(scene.world.seen).not.toContain('withdraw 4711');
      expect(scene.world.notices[0]).toMatchObject({ type: 'escalation.failed', reason, detail: 'E1' });
    },
  );
});

test('moves on when the desk declines after it had queued the request', async () => {
  await stage.play({ record: 'declined-late', plan: twoRungs }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.deskSays('r1', 0, { kind: 'declined', reason: 'no_agents' });
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 1, { kind: 'ended', by: 'agent' });

    expect((await scene.handle.result()).outcome).toEqual({
      kind: 'failed',
      reason: 'rejected',
      detail: 'ended',
    });
  });
});

test('skips a rung outside its business hours and says so', async () => {
  const closed = aRung({ open: [[0, 1]] });
  await stage.play(
    { record: 'closed-hours-skipped', plan: aPlan({ rungs: [closed, aFallbackRung()] }) },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.deskSays('r1', 1, { kind: 'connected' });
      const { story } = await scene.explain();

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
      expect(scene.world.transfers[0]?.target.id).toBe('4712');
      expect(story.find((line) => line.event === 'rung_skipped')?.detail).toContain('closed_hours');
    },
  );
});

test('tries a rung inside its business hours', async () => {
  const open = aRung({ open: [[0, Date.now() + 1e12]] });
  await stage.play(
    { plan: aPlan({ rungs: [open] }), requestTransfer: () => ({ kind: 'connected' }) },
    async (scene) => {
      expect((await scene.handle.result()).outcome?.kind).toBe('connected');
    },
  );
});

test('asks first where a rung is only for available targets, and skips it with the desk’s reason', async () => {
  const rungs = [aRung({ onlyIfAvailable: true }), aFallbackRung()];
  await stage.play(
    {
      record: 'unavailable-skipped',
      plan: aPlan({ rungs }),
      checkTarget: () => Promise.resolve({ kind: 'skip', reason: 'no_agents' }),
      requestTransfer: () => ({ kind: 'connected' }),
    },
    async (scene) => {
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
      expect(scene.world.seen).toEqual([
        'plan r1',
        'post transfer',
        'check 4711',
        'transfer 4712',
        'notice escalation.connected',
      ]);
    },
  );
});

test('tries a rung whose availability cannot be asked for', async () => {
  const rungs = [aRung({ onlyIfAvailable: true })];
  await stage.play(
    {
      plan: aPlan({ rungs }),
      checkTarget: () => Promise.reject(new Error('no')),
      requestTransfer: () => ({ kind: 'connected' }),
    },
    async (scene) => {
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0 });
    },
  );
});

test('fails with the first reason when every rung is skipped, and tries nothing', async () => {
  const rungs = [aRung({ open: [] }), aFallbackRung({ onlyIfAvailable: true })];
  await stage.play(
    {
      record: 'all-skipped',
      plan: aPlan({ rungs }),
      checkTarget: () => Promise.resolve({ kind: 'skip', reason: 'no_agents' }),
    },
    async (scene) => {
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'failed', reason: 'closed_hours' });
      expect(scene.world.transfers).toEqual([]);
      expect(scene.world.notices[0]).toMatchObject({ type: 'escalation.failed', reason: 'closed_hours' });
    },
  );
});

test('goes on to a further rung on another connector before the fallback skill', async () => {
  const rungs = [aRung(), aRung({ connector: 'other', skill: 'queue-7' }), aFallbackRung()];
  await stage.play({ plan: aPlan({ rungs }) }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.pass(181_000);
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.pass(181_000);
    await scene.until(() => scene.world.transfers.length === 3);
    await scene.deskSays('r1', 2, { kind: 'connected' });

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 2 });
    expect(scene.world.transfers.map(({ connector, target }) => `${connector} ${target.id}`)).toEqual([
      'desk 4711',
      'other queue-7',
      'desk 4712',
    ]);
  });
});

test('gives each rung its own response timeout', async () => {
  const plan = aPlan({ rungs: [aRung({ responseTimeoutMs: 20_000 }), aFallbackRung()] });
  await stage.play({ plan }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.pass(21_000);
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.pass(170_000);
    await scene.deskSays('r1', 1, { kind: 'connected' });

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 1 });
  });
});

test('hears a watched desk out: queued, a position, then a human', async () => {
  const news = [{ kind: 'queued' }, { kind: 'position', position: 2 }, { kind: 'connected' }] as const;
  const seen: unknown[] = [];
  await stage.play(
    {
      record: 'watched-desk-queue',
      plan: aPlan({ rungs: [aRung({ desk: aWatchedDesk() })] }),
      requestTransfer: () => ({ kind: 'requested' }),
      awaitAnswer: (input) => {
        seen.push(input.seen);
        return Promise.resolve(news[seen.length - 1] ?? { kind: 'connected' });
      },
    },
    async (scene) => {
      expect((await scene.handle.result()).outcome?.kind).toBe('connected');
      expect(seen).toEqual([undefined, 'queued', 'position']);
    },
  );
});

test('withdraws from a watched desk when its time is over', async () => {
  const desk = aWatchedDesk();
  const silence = aGate();
  await stage.play(
    {
      record: 'watched-desk-timeout',
      plan: aPlan({ rungs: [aRung({ desk, responseTimeoutMs: 2_000 })] }),
      awaitAnswer: async () => {
        await silence.pass();
        return { kind: 'queued' };
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.seen.includes('withdraw 4711'));
      silence.open();
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'failed', reason: 'timed_out' });
    },
  );
});

test('carries intent and user message to the desk only where the plan has them', async () => {
  const context = { intent: 'billing', userMessage: 'my bill is wrong' };
  await stage.play(
    { plan: aPlan({ context }), requestTransfer: () => ({ kind: 'connected' }), request: aRequest() },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.transfers[0]?.context).toEqual(context);
    },
  );
});
