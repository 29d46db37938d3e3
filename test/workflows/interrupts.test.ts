// The user leaves, or the bot or an operator takes it back, at every point of the story: what was asked for is
// withdrawn, the outcome says so, the bot hears it once, and the user reads nothing more.
import type { Outcome } from '../../domain/outcome';
import type { EscalationPlan } from '../../domain/plan';
import { aFallbackRung, aPlan, aRequest, aRung, aWatchedDesk } from '../support/builders';
import { aFault, aGate, failingFirst } from '../support/faults';
import type { SceneOptions } from '../support/time-skipping-stage';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

interface Interruption {
  readonly who: string;
  readonly does: (scene: Scene) => Promise<unknown>;
  readonly outcome: Outcome;
}

const INTERRUPTIONS: readonly Interruption[] = [
  { who: 'the user leaves', does: (scene) => scene.userLeaves(), outcome: { kind: 'abandoned' } },
  { who: 'the bot cancels', does: (scene) => scene.cancel(), outcome: { kind: 'cancelled', by: 'bot' } },
  {
    who: 'an operator cancels',
    does: (scene) => scene.handle.cancel(),
    outcome: { kind: 'cancelled', by: 'operator' },
  },
];

/** The end as the workflow knows it: an operator's cancel leaves no result. */
async function endOf(scene: Scene): Promise<Outcome | undefined> {
  await scene.handle.result().catch(() => undefined);
  return (await scene.status()).outcome;
}

/** Waits until the workflow has seen the interrupt. */
async function stopped(scene: Scene): Promise<void> {
  await scene.until(async () => (await scene.story()).some((line) => /left|cancelled/.test(line)));
}

function lastNotice(scene: Scene): string | undefined {
  return scene.world.notices.at(-1)?.type;
}

const notice = (outcome: Outcome): string => `escalation.${outcome.kind}`;

describe.each(INTERRUPTIONS)('when $who', ({ who, does, outcome }) => {
  const name = (point: string): string => `${point}-when-${who.replaceAll(' ', '-')}`;

  test('while the plan is made: nothing is posted or transferred', async () => {
    const gate = aGate();
    const first = failingFirst([aFault('ESC_PLATFORM_UNREACHABLE')], undefined);
    const plan = async (): Promise<EscalationPlan> => {
      first();
      await gate.pass();
      return aPlan();
    };
    await stage.play({ record: name('planning'), plan }, async (scene) => {
      await scene.until(() => gate.waiting === 1);
      await does(scene);
      await stopped(scene);
      gate.open();

      expect(await endOf(scene)).toEqual(outcome);
      expect(scene.world.seen).toEqual(['plan r1', 'plan r1', `notice ${notice(outcome)}`]);
    });
  });

  test('while planning fails again and again: the escalation ends at once', async () => {
    const plan = (): never => {
      throw aFault('ESC_PLATFORM_UNREACHABLE');
    };
    await stage.play({ plan }, async (scene) => {
      await scene.until(() => scene.world.seen.length > 1);
      await does(scene);

      expect(await endOf(scene)).toEqual(outcome);
      expect(scene.world.notices).toEqual([]);
    });
  });

  test('while the last words are posted: no transfer follows', async () => {
    const gate = aGate();
    const first = failingFirst([aFault('ESC_PLATFORM_ERROR')], undefined);
    const postToUser = async (): Promise<{ kind: 'posted' }> => {
      first();
      await gate.pass();
      return { kind: 'posted' };
    };
    await stage.play({ postToUser }, async (scene) => {
      await scene.until(() => gate.waiting === 1);
      await does(scene);
      await stopped(scene);
      gate.open();

      expect(await endOf(scene)).toEqual(outcome);
      expect(scene.world.transfers).toEqual([]);
      expect(scene.world.notices).toHaveLength(1);
    });
  });

  test('in the delay: no transfer is tried', async () => {
    await stage.play(
      { record: name('delay'), plan: aPlan({ interactionDelayMs: 60_000 }) },
      async (scene) => {
        await scene.until(async () => (await scene.status()).phase === 'delaying');
        await does(scene);

        expect(await endOf(scene)).toEqual(outcome);
        expect(scene.world.transfers).toEqual([]);
        expect(lastNotice(scene)).toBe(notice(outcome));
      },
    );
  });

  test('while availability is asked for: no transfer is sent', async () => {
    const gate = aGate();
    const first = failingFirst([aFault('ESC_PLATFORM_ERROR')], undefined);
    const options: SceneOptions = {
      plan: aPlan({ rungs: [aRung({ onlyIfAvailable: true }), aFallbackRung()] }),
      checkTarget: async () => {
        first();
        await gate.pass();
        return { kind: 'go' };
      },
    };
    await stage.play(options, async (scene) => {
      await scene.until(() => gate.waiting === 1);
      await does(scene);
      await stopped(scene);
      gate.open();

      expect(await endOf(scene)).toEqual(outcome);
      expect(scene.world.transfers).toEqual([]);
    });
  });

  test('during a slow transfer call: the call is waited for, then what it asked for is withdrawn', async () => {
    const gate = aGate();
    const first = failingFirst([aFault('ESC_PLATFORM_ERROR')], undefined);
    const ended: string[] = [];
    const options: SceneOptions = {
      record: name('slow-transfer'),
      requestTransfer: async () => {
        first();
        await gate.pass();
        ended.push('transfer');
        return { kind: 'queued' };
      },
      withdrawTransfer: () => {
        ended.push('withdraw');
        return { kind: 'withdrawn' };
      },
    };
    await stage.play(options, async (scene) => {
      await scene.until(() => gate.waiting === 1);
      await does(scene);
      await stopped(scene);
      gate.open();

      expect(await endOf(scene)).toEqual(outcome);
      expect(ended).toEqual(['transfer', 'withdraw']);
      expect(lastNotice(scene)).toBe(notice(outcome));
    });
  });

  test('while the desk has not answered: the request is withdrawn', async () => {
    await stage.play(
      { record: name('requested'), requestTransfer: () => ({ kind: 'requested' }) },
      async (scene) => {
        await scene.until(async () => (await scene.status()).phase === 'requested');
        await scene.until(() => scene.world.transfers.length === 1);
        await does(scene);

        expect(await endOf(scene)).toEqual(outcome);
        expect(scene.world.seen).toContain('withdraw 4711');
        expect(scene.world.notices).toHaveLength(1);
      },
    );
  });

  test('in the queue: withdrawn, and the fallback skill is not tried', async () => {
    const plan = aPlan({ rungs: [aRung(), aFallbackRung()] });
    await stage.play({ record: name('queued'), plan }, async (scene) => {
      await scene.until(async () => (await scene.status()).phase === 'queued');
      await does(scene);

      expect(await endOf(scene)).toEqual(outcome);
      expect(scene.world.seen.slice(2)).toEqual([
        'transfer 4711',
        'withdraw 4711',
        `notice ${notice(outcome)}`,
      ]);
    });
  });

  test('while a desk is watched: the watch ends and the request is withdrawn', async () => {
    const gate = aGate();
    const options: SceneOptions = {
      plan: aPlan({ rungs: [aRung({ desk: aWatchedDesk() })] }),
      awaitAnswer: async () => {
        await gate.pass();
        return { kind: 'queued' };
      },
      withdrawTransfer: async (_ref, world) => {
        await world.script.meanwhile?.();
        return { kind: 'withdrawn' };
      },
    };
    await stage.play(options, async (scene) => {
      // The time of this server stands still for ever once a workflow ends before an activity that it left alone.
      scene.world.script.meanwhile = async () => {
        gate.open();
        await scene.until(async () => {
          const { raw } = await scene.handle.describe();
          return (raw.pendingActivities?.length ?? 0) === 0;
        });
      };
      await scene.until(() => gate.waiting === 1);
      await does(scene);

      expect(await endOf(scene)).toEqual(outcome);
    });
  });

  test('during a withdrawal: no further rung is tried', async () => {
    const gate = aGate();
    const first = failingFirst([aFault('ESC_PLATFORM_ERROR')], undefined);
    const options: SceneOptions = {
      record: name('withdrawing'),
      plan: aPlan({ rungs: [aRung(), aFallbackRung()] }),
      withdrawTransfer: async () => {
        first();
        await gate.pass();
        return { kind: 'withdrawn' };
      },
    };
    await stage.play(options, async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      const passed = scene.pass(181_000);
      await scene.until(() => gate.waiting === 1);
      await does(scene);
      await stopped(scene);
      gate.open();
      await passed;

      expect(await endOf(scene)).toEqual(outcome);
      expect(scene.world.transfers).toHaveLength(1);
    });
  });

  test('while the bot may ask again: the escalation ends, and the bot hears it', async () => {
    const requestTransfer = (): { kind: 'declined'; reason: 'no_agents' } => ({
      kind: 'declined',
      reason: 'no_agents',
    });
    await stage.play({ record: name('awaiting-bot'), requestTransfer }, async (scene) => {
      await scene.until(async () => (await scene.status()).phase === 'awaiting_bot');
      await does(scene);

      expect(await endOf(scene)).toEqual(outcome);
      expect(scene.world.notices.map(({ type }) => type)).toEqual(['escalation.failed', notice(outcome)]);
    });
  });
});

test('ends as abandoned when the desk says that the user left', async () => {
  await stage.play({ record: 'desk-says-user-left' }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.deskSays('r1', 0, { kind: 'userLeft' });

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'abandoned' });
    expect(scene.world.seen).toContain('withdraw 4711');
  });
});

test('ends as abandoned when the user ended the conversation at the desk', async () => {
  await stage.play({}, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.deskSays('r1', 0, { kind: 'ended', by: 'user' });

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'abandoned' });
  });
});

test('ends as abandoned when the transfer call finds that the user left', async () => {
  await stage.play({ requestTransfer: () => ({ kind: 'userLeft' }) }, async (scene) => {
    expect((await scene.handle.result()).outcome).toEqual({ kind: 'abandoned' });
  });
});

test('ends as abandoned when the withdrawal finds that the user left', async () => {
  await stage.play({ withdrawTransfer: () => ({ kind: 'userLeft' }) }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    expect((await scene.handle.result()).outcome).toEqual({ kind: 'abandoned' });
  });
});

test('is connected when a human accepted before the user left', async () => {
  await stage.play({ record: 'accept-then-user-left' }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.deskSays('r1', 0, { kind: 'connected' });
    await scene.userLeaves().catch(() => undefined);

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'connected', rung: 0 });
    expect(scene.world.notices.map(({ type }) => type)).toEqual(['escalation.connected']);
  });
});

test('is abandoned when the user left before a human accepted, even if the desk cannot take it back', async () => {
  await stage.play(
    { record: 'user-left-then-accept', withdrawTransfer: () => ({ kind: 'connected', agentId: 'maria' }) },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.userLeaves();

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'abandoned' });
      expect(scene.world.notices.map(({ type }) => type)).toEqual(['escalation.abandoned']);
    },
  );
});

test.each(['bot', 'operator'])(
  'is connected when a human joined before the %s’s cancel could be carried out',
  async (by) => {
    await stage.play(
      {
        record: `cancel-too-late-by-${by}`,
        plan: aPlan({ result: { responseVariable: 'x', customData: {} } }),
        requestTransfer: () => ({ kind: 'queued', raw: { id: 7 } }),
        withdrawTransfer: () => ({ kind: 'connected', agentId: 'maria' }),
        transformResult: ({ raw }) => Promise.resolve({ data: { id: (raw as { id: number }).id } }),
      },
      async (scene) => {
        await scene.until(async () => (await scene.status()).phase === 'queued');
        await (by === 'bot' ? scene.cancel() : scene.handle.cancel());

        expect((await scene.handle.result()).outcome).toEqual({
          kind: 'connected',
          rung: 0,
          agentId: 'maria',
        });
        expect(scene.world.notices[0]).toMatchObject({ type: 'escalation.connected', data: { id: 7 } });
      },
    );
  },
);

test('lets the first of two interrupts stand', async () => {
  await stage.play({}, async (scene) => {
    await scene.until(async () => (await scene.status()).phase === 'queued');
    await scene.cancel();
    await scene.userLeaves().catch(() => undefined);

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'cancelled', by: 'bot' });
  });
});

test('takes back what the bot asked and cancelled in the same breath, and tells it', async () => {
  await stage.play({ request: null }, async (scene) => {
    await scene.ask(aRequest());
    await scene.cancel();

    expect((await scene.handle.result()).outcome).toEqual({ kind: 'cancelled', by: 'bot' });
    expect(scene.world.notices.map(({ type }) => type)).toEqual(['escalation.cancelled']);
    expect([...scene.world.humans]).toEqual([]);
  });
});

describe.each([
  { who: 'the user leaves', does: (scene: Scene) => scene.userLeaves(), told: 'escalation.abandoned' },
  { who: 'the bot cancels', does: (scene: Scene) => scene.cancel(), told: 'escalation.cancelled' },
])('when $who and the desk, asked to take it back, has done so', ({ does, told }) => {
  test('its word of a human who joined, on the way meanwhile, changes nothing that was told', async () => {
    let playing: Scene | undefined;
    let isSaid = false;
    await stage.play(
      {
        // The word comes while the task runs that withdraws, tells the bot and closes: Temporal has it done again.
        withdrawTransfer: async () => {
          if (!isSaid) await playing?.deskSays('r1', 0, { kind: 'connected', agentId: 'maria' });
          isSaid = true;
          return { kind: 'withdrawn' };
        },
      },
      async (scene) => {
        playing = scene;
        await scene.until(async () => (await scene.status()).phase === 'queued');
        await does(scene);
        await endOf(scene);

        expect(scene.world.notices.map(({ type }) => type)).toEqual([told]);
      },
    );
  });
});
