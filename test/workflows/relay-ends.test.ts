// How the time with a human ends: who ended it and why, what is still carried, and whether the desk is told.
import type { ChatEnd } from '../../domain/chat';
import type { DeskWord } from '../../domain/desk-event';
import { aChatPlan, aChatRung } from '../support/builders';
import { aFault, aGate } from '../support/faults';
import { agentEnds, agentGot, ids, isInLaterRun, joins, patiently, userGot } from '../support/relay-scene';
import { createStage, type Scene, type SceneOptions, type Stage } from '../support/time-skipping-stage';
import { carryAll } from '../support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const IDLE = { warnAfterMs: 60_000, endAfterMs: 90_000, warning: 'Are you still there?' };

interface End {
  readonly name: string;
  readonly recorded: string;
  readonly options?: SceneOptions;
  readonly happens: (scene: Scene) => Promise<void>;
  readonly returned: Omit<ChatEnd, 'at'>;
  /** The desk has to be told. */
  readonly closes: boolean;
}

const says =
  (...words: DeskWord[]) =>
  (scene: Scene): Promise<void> =>
    scene.deskTells('r1', 0, words);

const ENDS: readonly End[] = [
  {
    name: 'the agent ends it',
    recorded: 'relay-ended-agent',
    happens: agentEnds,
    returned: { by: 'agent', reason: 'left' },
    closes: false,
  },
  {
    name: 'the desk ends it without saying who',
    recorded: 'relay-ended-desk',
    happens: says({ kind: 'ended' }),
    returned: { by: 'system', reason: 'left' },
    closes: false,
  },
  {
    name: 'the user leaves',
    recorded: 'relay-ended-user',
    happens: (scene) => scene.userLeaves(),
    returned: { by: 'user', reason: 'left' },
    closes: true,
  },
  {
    name: 'the bot takes it back',
    recorded: 'relay-ended-bot',
    happens: (scene) => scene.cancel(),
    returned: { by: 'bot', reason: 'cancelled' },
    closes: true,
  },
  {
    name: 'an operator cancels the workflow',
    recorded: 'relay-ended-operator',
    happens: async (scene) => void (await scene.handle.cancel()),
    returned: { by: 'operator', reason: 'cancelled' },
    closes: true,
  },
  {
    name: 'the user is silent',
    recorded: 'relay-ended-idle',
    options: { plan: aChatPlan({ limits: { userIdle: IDLE } }) },
    happens: async (scene) => {
      await scene.pass(61_000);
      await scene.until(() => scene.world.userRead.includes(IDLE.warning));
      await scene.pass(31_000);
    },
    returned: { by: 'system', reason: 'idle' },
    closes: true,
  },
  {
    name: 'it has lasted too long',
    recorded: 'relay-ended-too-long',
    options: { plan: aChatPlan({ limits: { maxLengthMs: 600_000 } }) },
    happens: (scene) => scene.pass(601_000),
    returned: { by: 'system', reason: 'too_long' },
    closes: true,
  },
  {
    name: 'the agent is gone and nobody else joins',
    recorded: 'relay-ended-agent-gone',
    happens: async (scene) => {
      await says({ kind: 'agentLeft' })(scene);
      await scene.until(async () => (await scene.story()).includes('agent_left'));
      await scene.pass(121_000);
    },
    returned: { by: 'agent', reason: 'agent_gone' },
    closes: true,
  },
  {
    name: 'the desk knows of no chat any more',
    recorded: 'relay-ended-desk-gone',
    options: {
      plan: aChatPlan(),
      carry: (input, world) =>
        input.toAgent.messages.some(({ id }) => id === 'u2')
          ? { toAgent: { taken: 0, gone: true }, toUser: { taken: 0 } }
          : carryAll(input, world),
    },
    happens: async (scene) => {
      await scene.userWrites('u2');
      await scene.until(() => scene.world.carried.length === 2);
      await scene.pass(6_000);
    },
    returned: { by: 'system', reason: 'desk_lost' },
    closes: true,
  },
  {
    name: 'the user is gone when the agent writes',
    recorded: 'relay-ended-user-gone',
    options: {
      plan: aChatPlan(),
      carry: (input, world) =>
        input.toUser.length > 0
          ? { toAgent: { taken: 0 }, toUser: { taken: 0, gone: true } }
          : carryAll(input, world),
    },
    happens: (scene) => scene.agentWrites('a1'),
    returned: { by: 'user', reason: 'left' },
    closes: true,
  },
];

test.each(ENDS)('returns to the bot when $name', async ({ recorded, options, happens, returned, closes }) => {
  await stage.play({ record: recorded, plan: aChatPlan(), ...options }, async (scene) => {
    await joins(scene);
    await scene.userWrites('u1');
    await scene.until(() => agentGot(scene).length === 1);
    await happens(scene);
    const result = await scene.handle.result();

    expect(result).toMatchObject({ outcome: { kind: 'connected' }, returned, owner: 'bot', epoch: 3 });
    expect(scene.world.notices.at(-1)).toMatchObject({ type: 'escalation.returned', ended: returned });
    expect(scene.world.seen.includes('close 4711')).toBe(closes);
  });
});

test('returns to the bot when the agent gives the conversation back, and answers with the new epoch', async () => {
  await stage.play({ record: 'relay-given-back', plan: aChatPlan() }, async (scene) => {
    await joins(scene);
    await scene.agentWrites('a1');
    const ownership = await scene.giveBack(2);
    const { returned } = await scene.handle.result();

    expect(ownership).toEqual({ owner: 'bot', epoch: 3 });
    expect(returned).toMatchObject({ by: 'agent', reason: 'left' });
    expect(userGot(scene)).toEqual(['a1']);
    expect(scene.world.notices.at(-1)).toMatchObject({ type: 'escalation.returned', epoch: 3 });
  });
});

test('the agent’s last words reach the user before the bot may speak, even where they need a second try', async () => {
  await stage.play(
    {
      plan: aChatPlan(),
      carry: (input, world) => {
        if (world.carried.length === 1) throw aFault('ESC_PLATFORM_UNREACHABLE');
        return carryAll(input, world);
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.deskTells('r1', 0, [
        { kind: 'message', message: { id: 'a1', text: 'Goodbye.' } },
        { kind: 'ended', by: 'agent' },
      ]);
      await scene.handle.result();

      expect(userGot(scene)).toEqual(['a1']);
      expect(scene.world.notices.at(-1)?.transcript).toEqual([
        { at: expect.any(Number), from: 'agent', text: 'Goodbye.' },
      ]);
    },
  );
});

test('the user’s last words reach the agent before the chat is closed', async () => {
  const gate = aGate();
  await stage.play(
    {
      record: 'relay-last-words-of-user',
      plan: aChatPlan(),
      carry: async (input, world) => {
        if (world.carried.length === 1) await gate.pass();
        return carryAll(input, world);
      },
      closeChat: ({ conversationId }) => void closed.push(conversationId),
    },
    async (scene) => {
      await joins(scene);
      await scene.userWrites('u1');
      await scene.until(() => gate.waiting === 1);
      await scene.userWrites('u2');
      await scene.userLeaves();
      expect(closed).toEqual([]);
      gate.open();
      await scene.handle.result();

      expect(agentGot(scene)).toEqual(['u1', 'u2']);
      expect(closed).toEqual([scene.conversationId]);
    },
  );
});

const closed: string[] = [];

test('tells the user what did not reach the agent who ended the chat, and the bot in the transcript', async () => {
  const gate = aGate();
  await stage.play(
    {
      plan: aChatPlan(),
      carry: async (input, world) => {
        if (world.carried.length === 1) await gate.pass();
        return carryAll(input, world);
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.agentWrites('a1');
      await scene.until(() => gate.waiting === 1);
      await agentEnds(scene);
      await scene.userWrites('u1');
      gate.open();
      await scene.handle.result();

      expect(scene.world.seen).toContain('post undelivered%2F1');
      expect(scene.world.notices.at(-1)?.transcript).toMatchObject([
        { from: 'agent', text: 'a1' },
        { from: 'user', text: 'u1', undelivered: true },
      ]);
    },
  );
});

test('does not wait for ever for an other side that takes nothing any more', async () => {
  await stage.play(
    {
      plan: aChatPlan(),
      carry: () => {
        throw aFault('ESC_PLATFORM_UNREACHABLE');
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.agentWrites('a1');
      await scene.until(() => scene.world.carried.length >= 1);
      await agentEnds(scene);
      await scene.handle.result();

      expect(scene.world.notices.at(-1)?.transcript).toMatchObject([{ text: 'a1', undelivered: true }]);
    },
  );
});

test('goes on with another agent, by name, when the first one is gone', async () => {
  await stage.play({ record: 'relay-another-agent', plan: aChatPlan() }, async (scene) => {
    await joins(scene);
    await says({ kind: 'agentChanged', agentName: 'Maria' }, { kind: 'agentLeft' })(scene);
    await scene.until(async () => (await scene.story()).includes('agent_left'));
    await scene.userWrites('u1');
    await scene.pass(100_000);
    await says({ kind: 'connected', agentId: 'ben' }, { kind: 'agentChanged', agentName: 'Ben' })(scene);
    await scene.until(async () => (await scene.story()).includes('agent_joined'));
    await scene.pass(100_000);
    await scene.agentWrites('a1');
    await scene.until(() => userGot(scene).length === 1);
    await agentEnds(scene);
    await scene.handle.result();

    expect(scene.world.userGot).toEqual([{ id: 'a1', text: 'a1', agentName: 'Ben' }]);
    expect(agentGot(scene)).toEqual(['u1']);
  });
});

test('a warm transfer is no end: who leaves as another joins', async () => {
  await stage.play({ plan: aChatPlan() }, async (scene) => {
    await joins(scene);
    await says({ kind: 'agentLeft' }, { kind: 'agentChanged', agentName: 'Ben' })(scene);
    await scene.pass(300_000);
    expect((await scene.status()).relay).toMatchObject({ agentName: 'Ben' });
    await agentEnds(scene);
    await scene.handle.result();

    expect(scene.world.notices.at(-1)).toMatchObject({ ended: { by: 'agent', reason: 'left' } });
  });
});

test('warns a silent user once, who then may stay', async () => {
  await stage.play({ plan: aChatPlan({ limits: { userIdle: IDLE } }) }, async (scene) => {
    await joins(scene);
    await scene.pass(61_000);
    await scene.until(() => scene.world.userRead.includes(IDLE.warning));
    await scene.userWrites('u1');
    await scene.until(() => agentGot(scene).length === 1);
    await scene.pass(45_000);
    expect((await scene.status()).relay?.ended).toBeUndefined();
    await agentEnds(scene);
    await scene.handle.result();

    expect(scene.world.userRead.filter((text) => text === IDLE.warning)).toHaveLength(1);
  });
});

test('tells the desk of a human who found the user gone', async () => {
  await stage.play(
    {
      record: 'relay-human-found-user-gone',
      plan: aChatPlan(),
      withdrawTransfer: () => ({ kind: 'connected', agentId: 'maria' }),
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length > 0);
      await scene.userLeaves();
      const { outcome, returned } = await scene.handle.result();

      expect(outcome).toEqual({ kind: 'abandoned' });
      expect(returned).toBeUndefined();
      expect(scene.world.seen).toContain('close 4711');
    },
  );
});

test('keeps a transcript of at most 50 kB and says how many lines it left out', async () => {
  await stage.play({ plan: aChatPlan({ chat: { maxChars: 10_000 } }) }, async (scene) => {
    await joins(scene);
    for (const id of ids('u', 20)) await scene.userWrites({ id, text: `${id} ${'x'.repeat(5_000)}` });
    await scene.until(() => agentGot(scene).length === 20);
    await agentEnds(scene);
    await scene.handle.result();
    const { transcript = [], transcriptOmitted = 0 } = scene.world.notices.at(-1) ?? {};

    expect(JSON.stringify(transcript).length).toBeLessThan(50_000);
    expect(transcriptOmitted).toBeGreaterThan(0);
    expect(transcript.length + transcriptOmitted).toBe(20);
    expect(transcript.at(-1)?.text).toMatch(/^u20 /);
  });
});

test('tells the user their place in the queue when it changes, not too often, and never once a human is there', async () => {
  const limits = { queueMessage: 'You are number {position}, about {wait} min.' };
  const place = (position: number): DeskWord => ({ kind: 'position', position, waitMs: position * 60_000 });
  const read = ({ world }: Scene): string[] => world.userRead.filter((text) => text.startsWith('You are'));
  await stage.play(
    { record: 'relay-queue-place', plan: aChatPlan({ limits, rungs: [aChatRung()] }) },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length > 0);
      await says({ kind: 'queued' }, place(7))(scene);
      await scene.until(() => read(scene).length === 1);
      await says(place(7), place(6), place(5))(scene);
      await scene.pass(20_000);
      expect(read(scene)).toHaveLength(1);
      await scene.pass(15_000);
      await scene.until(() => read(scene).length === 2);
      await says(place(4))(scene);
      await joins(scene);
      await scene.pass(60_000);
      await agentEnds(scene);
      await scene.handle.result();

      expect(read(scene)).toEqual(['You are number 7, about 7 min.', 'You are number 5, about 5 min.']);
    },
  );
});

test('what the bot has not heard comes before what it hears in a later run', async () => {
  const bot = { isDown: true };
  await stage.play(
    {
      record: 'relay-outbox-before-next-run',
      plan: aChatPlan({ limits: { eventsPerRun: 40 } }),
      deliverNotice: () => {
        if (bot.isDown) throw aFault('ESC_NOTICE_NOT_TAKEN');
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length > 0);
      const outbox = scene.outbox('r1', 'escalation.connected');
      await says({ kind: 'connected' })(scene);
      await scene.until(async () => (await scene.story()).includes('relay_begun'));
      for (let n = 1; n < 50 && !(await isInLaterRun(scene)); n += 1) {
        await patiently(scene, () => scene.userWrites(`u${n}`));
        await scene.until(() => agentGot(scene).length === n);
      }
      await agentEnds(scene);
      await scene.until(async () => (await scene.status()).phase === 'closed');
      bot.isDown = false;
      await outbox.signal('redeliver');
      await scene.until(() => scene.world.notices.length === 2);
      await outbox.result();
      await scene.handle.result();

      expect(scene.world.notices.map(({ sequence }) => sequence)).toEqual([3, 4]);
    },
  );
});
