// Desks that are listened to: an activity hears them from the request until the chat is over, one at a time, and the
// next one goes on where it was.
import { Context } from '@temporalio/activity';
import type { ListenInput } from '../../activities/types';
import type { ChatState } from '../../domain/chat';
import type { EscalationPlan, Rung } from '../../domain/plan';
import { aChatRung, aPlan, aWebhookDesk } from '../support/builders';
import { aFault } from '../support/faults';
import { agentEnds, agentGot, joins, patiently, userGot } from '../support/relay-scene';
import { createStage, type Scene, type SceneOptions, type Stage } from '../support/time-skipping-stage';
import { carryAll } from '../support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

/** Who listens hears with a heartbeat that they shall stop. Where time is skipped, none may be late. */
const SOON = 1_000;
const NEVER_LATE = 86_400_000;
const aStreamPlan = (heartbeatMs = SOON, rungs: readonly Partial<Rung>[] = [{}]): EscalationPlan => {
  const desk = aWebhookDesk({ platform: 'stream', events: 'stream', heartbeatMs });
  return aPlan({ rungs: rungs.map((rung, index) => aChatRung({ skill: `471${index + 1}`, desk, ...rung })) });
};

/** A desk that somebody listens to until they are told to stop, or the chat is over. */
interface Radio {
  readonly listen: NonNullable<SceneOptions['listenToDesk']>;
  /** Every time somebody began: the transfer's number, and where the chat stood. */
  readonly began: { readonly target: string; readonly chat: ChatState | undefined }[];
  /** Who listens now. */
  readonly on: Set<object>;
  /** The most that ever listened at a time. */
  most: number;
  /** Everybody who listens now hears that it is over. */
  over(chat?: ChatState): void;
}

function aRadio(faults: readonly Error[] = []): Radio {
  const left = [...faults];
  const ends = new Set<(chat: ChatState | undefined) => void>();
  const radio: Radio = {
    began: [],
    on: new Set(),
    most: 0,
    over: (chat) => ends.forEach((end) => end(chat)),
    listen: async (input: ListenInput) => {
      const listener = {};
      radio.began.push({ target: input.target.id, chat: input.chat });
      radio.on.add(listener);
      radio.most = Math.max(radio.most, radio.on.size);
      try {
        const fault = left.shift();
        if (fault) throw fault;
        return await untilOver(ends);
      } finally {
        radio.on.delete(listener);
      }
    },
  };
  return radio;
}

async function untilOver(ends: Set<(chat: ChatState | undefined) => void>): Promise<{ chat?: ChatState }> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 100);
  let end: ((chat: ChatState | undefined) => void) | undefined;
  try {
    const over = new Promise<{ chat?: ChatState }>((resolve) => {
      end = (chat) => resolve(chat ? { chat } : {});
      ends.add(end);
    });
    return await Promise.race([over, context.cancelled]);
  } finally {
    clearInterval(beat);
    if (end) ends.delete(end);
  }
}

const listening = (scene: Scene, radio: Radio, times = 1): Promise<void> =>
  scene.until(() => radio.began.length === times && radio.on.size === 1);

test('listens once from the request on, with where the chat stands, and stops when the chat is over', async () => {
  const radio = aRadio();
  await stage.play(
    {
      record: 'relay-stream',
      plan: aStreamPlan(),
      requestTransfer: () => ({ kind: 'requested', chat: { generation: 1, session: 's1' } }),
      listenToDesk: radio.listen,
    },
    async (scene) => {
      await listening(scene, radio);
      await joins(scene);
      await scene.agentWrites('a1');
      await scene.userWrites('u1');
      await scene.until(() => userGot(scene).length === 1 && agentGot(scene).length === 1);
      await agentEnds(scene);
      await scene.handle.result();

      expect(radio.began).toEqual([{ target: '4711', chat: { generation: 1, session: 's1' } }]);
      expect(radio.on.size).toBe(0);
    },
  );
});

test('takes a desk that has nothing more to say for one that ended the chat', async () => {
  const radio = aRadio();
  await stage.play({ plan: aStreamPlan(), listenToDesk: radio.listen }, async (scene) => {
    await listening(scene, radio);
    await joins(scene);
    radio.over();
    const { returned } = await scene.handle.result();

    expect(returned).toMatchObject({ by: 'system', reason: 'left' });
  });
});

test('listens again after a fault that may pass', async () => {
  const radio = aRadio([aFault('ESC_PLATFORM_UNREACHABLE'), aFault('ESC_PLATFORM_TIMEOUT')]);
  await stage.play({ plan: aStreamPlan(NEVER_LATE), listenToDesk: radio.listen }, async (scene) => {
    await scene.until(() => radio.began.length === 1);
    await scene.pass(5_000);
    await listening(scene, radio, 3);
    await joins(scene);
    radio.over();
    const { returned } = await scene.handle.result();

    expect(returned).toMatchObject({ by: 'system', reason: 'left' });
    expect(radio.most).toBe(1);
  });
});

test('ends the chat when nobody can listen any more, and tells the desk', async () => {
  const radio = aRadio();
  const desk = { refuses: false };
  await stage.play(
    {
      record: 'relay-stream-lost',
      plan: aStreamPlan(),
      listenToDesk: async (input) => {
        const heard = await radio.listen(input);
        if (desk.refuses) throw aFault('ESC_PLATFORM_REJECTED');
        return heard;
      },
    },
    async (scene) => {
      await listening(scene, radio);
      await joins(scene);
      desk.refuses = true;
      radio.over();
      const { returned } = await scene.handle.result();

      expect(returned).toMatchObject({ by: 'system', reason: 'desk_lost' });
      expect(scene.world.seen).toContain('close 4711');
    },
  );
});

test('moves on at once when nobody can listen while a human is waited for', async () => {
  const radio = aRadio([aFault('ESC_PLATFORM_REJECTED')]);
  await stage.play({ plan: aStreamPlan(SOON, [{}, {}]), listenToDesk: radio.listen }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskTells('r1', 1, [{ kind: 'connected' }, { kind: 'ended', by: 'agent' }]);
    const { outcome } = await scene.handle.result();

    expect(outcome).toMatchObject({ kind: 'connected', rung: 1 });
    expect(scene.world.seen).toContain('withdraw 4711');
  });
});

test('stops listening to a rung that is withdrawn, and listens to the next', async () => {
  const radio = aRadio();
  const plan = aStreamPlan(SOON, [{ responseTimeoutMs: 1_000 }, {}]);
  await stage.play({ record: 'relay-stream-ladder', plan, listenToDesk: radio.listen }, async (scene) => {
    await listening(scene, radio);
    await scene.userWrites('u1');
    await scene.deskTells('r1', 0, [{ kind: 'message', message: { id: 'auto', text: 'Please hold.' } }]);
    await listening(scene, radio, 2);
    await scene.deskTells('r1', 1, [{ kind: 'connected' }]);
    await scene.until(() => agentGot(scene).length === 1);
    await scene.deskTells('r1', 1, [{ kind: 'ended', by: 'agent' }]);
    const { outcome } = await scene.handle.result();

    expect(outcome).toMatchObject({ kind: 'connected', rung: 1 });
    expect(radio.began.map(({ target }) => target)).toEqual(['4711', '4712']);
    expect(radio.on.size).toBe(0);
    expect(userGot(scene)).toEqual([]);
  });
});

test('stops listening when the escalation is called off', async () => {
  const radio = aRadio();
  await stage.play(
    { record: 'relay-stream-cancelled', plan: aStreamPlan(), listenToDesk: radio.listen },
    async (scene) => {
      await listening(scene, radio);
      await scene.cancel();
      const { outcome } = await scene.handle.result();

      expect(outcome).toMatchObject({ kind: 'cancelled' });
      expect(radio.on.size).toBe(0);
    },
  );
});

test('listens again in the next run of a long chat, from where the chat stands', async () => {
  const radio = aRadio();
  const plan = aStreamPlan();
  const relay = {
    deliverWithinMs: 120_000,
    maxLengthMs: 28_800_000,
    agentGoneMs: 120_000,
    undelivered: 'No.',
  };
  await stage.play(
    {
      record: 'relay-stream-long',
      plan: { ...plan, relay: { ...relay, eventsPerRun: 60 } },
      listenToDesk: radio.listen,
      carry: (input, world) => ({ ...carryAll(input, world), chat: { generation: world.carried.length } }),
    },
    async (scene) => {
      await listening(scene, radio);
      await joins(scene);
      for (let n = 1; radio.began.length === 1 && n < 100; n += 1) {
        await patiently(scene, () => scene.userWrites(`u${n}`));
        await scene.until(() => agentGot(scene).length === n);
      }
      await listening(scene, radio, 2);
      const carried = scene.world.carried.length;
      await scene.agentWrites('a1');
      await scene.until(() => userGot(scene).length === 1);
      await agentEnds(scene);
      const { returned } = await scene.handle.result();

      expect(returned).toMatchObject({ by: 'agent', reason: 'left' });
      // Some may have been carried since.
      const { generation = 0 } = radio.began[1]?.chat ?? {};
      expect(generation).toBeGreaterThan(2);
      expect(generation).toBeLessThanOrEqual(carried);
      expect(radio.most).toBe(1);
    },
  );
});
