// Messages that do not get through: tried for as long as the plan says, then their sender is told and the next goes on.
import { aChatPlan } from '../support/builders';
import { aFault, aGate } from '../support/faults';
import { agentEnds, agentGot, ids, joins, userGot } from '../support/relay-scene';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';
import { agentTakes, carryAll, userTakes } from '../support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const NOTHING = { taken: 0 };
const UNREACHABLE = { code: 'ESC_PLATFORM_UNREACHABLE', terminal: false };

async function ends(scene: Scene): Promise<void> {
  await agentEnds(scene);
  await scene.handle.result();
}

test('goes on carrying one way while the other way is down, and nothing is lost', async () => {
  const desk = { isDown: true };
  await stage.play(
    {
      record: 'relay-one-way-down',
      plan: aChatPlan(),
      carry: (input, world) => {
        if (!desk.isDown) return carryAll(input, world);
        if (input.toUser.length === 0) throw aFault('ESC_PLATFORM_UNREACHABLE');
        const toUser = userTakes(input, world, input.toUser.length);
        const isTried = input.toAgent.messages.length > 0;
        return { toAgent: { taken: 0, ...(isTried && { fault: UNREACHABLE }) }, toUser };
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.userWrites('u1');
      await scene.until(() => scene.world.carried.length >= 2);
      await scene.agentWrites('a1');
      await scene.userWrites('u2');
      await scene.agentWrites('a2');
      await scene.until(() => userGot(scene).length === 2);
      expect(agentGot(scene)).toEqual([]);
      desk.isDown = false;
      await scene.pass(20_000);
      await scene.until(() => agentGot(scene).length === 2);
      await ends(scene);

      expect(agentGot(scene)).toEqual(['u1', 'u2']);
      expect(userGot(scene)).toEqual(['a1', 'a2']);
    },
  );
});

test('gives a message of the user up after the limit, tells the user, and carries the next one', async () => {
  await stage.play(
    {
      record: 'relay-undelivered',
      plan: aChatPlan({ limits: { undelivered: 'That did not arrive.' } }),
      carry: (input, world) => {
        if (input.toAgent.messages[0]?.id === 'u1') throw aFault('ESC_PLATFORM_UNREACHABLE');
        return carryAll(input, world);
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.userWrites('u1');
      await scene.userWrites('u2');
      // The last try is that after which no other fits into the limit.
      await scene.pass(100_000);
      expect(scene.world.userRead).not.toContain('That did not arrive.');
      await scene.pass(25_000);
      await scene.until(() => scene.world.userRead.includes('That did not arrive.'));
      await scene.until(() => agentGot(scene).length === 1);
      await ends(scene);

      expect(agentGot(scene)).toEqual(['u2']);
      expect(scene.world.userRead.filter((text) => text === 'That did not arrive.')).toHaveLength(1);
      expect(scene.world.notices.at(-1)?.transcript).toMatchObject([
        { text: 'u1', undelivered: true },
        { text: 'u2' },
      ]);
    },
  );
});

test('tells the agent in the chat when a message did not reach the user', async () => {
  await stage.play(
    {
      record: 'relay-undelivered-to-user',
      plan: aChatPlan(),
      carry: (input, world) => {
        if (input.toUser[0]?.id === 'a1') throw aFault('ESC_PLATFORM_UNREACHABLE');
        return carryAll(input, world);
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.agentWrites('a1', 'a2');
      await scene.pass(125_000);
      await scene.until(() => userGot(scene).length === 1 && agentGot(scene).length === 1);
      await ends(scene);

      expect(userGot(scene)).toEqual(['a2']);
      expect(scene.world.agentGot[0]?.text).toBe('Your last message did not reach the user.');
    },
  );
});

test('goes on after the part of a batch that got through', async () => {
  const gate = aGate();
  await stage.play(
    {
      plan: aChatPlan(),
      carry: async (input, world) => {
        const first = world.carried.length === 1;
        if (first) await gate.pass();
        if (world.carried.length !== 2) return carryAll(input, world);
        return { toAgent: { ...agentTakes(input, world, 3), fault: UNREACHABLE }, toUser: NOTHING };
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.userWrites('u1');
      await scene.until(() => gate.waiting === 1);
      for (const id of ids('u', 6, 2)) await scene.userWrites(id);
      gate.open();
      await scene.until(() => agentGot(scene).length === 7);
      await ends(scene);

      expect(agentGot(scene)).toEqual(ids('u', 7));
      expect(scene.world.carried.map(({ toAgent }) => toAgent.first)).toEqual([1, 2, 5]);
    },
  );
});

test('gives up at once what a desk refuses, and tells the user', async () => {
  await stage.play(
    {
      plan: aChatPlan(),
      carry: (input, world) => {
        const refused = input.toAgent.messages[0]?.id === 'u1' && ('rejected' as const);
        return refused ? { toAgent: { taken: 0, refused }, toUser: NOTHING } : carryAll(input, world);
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.userWrites('u1');
      await scene.userWrites('u2');
      await scene.until(() => agentGot(scene).length === 1);
      await scene.until(() => scene.world.userRead.some((text) => text.includes('could not be delivered')));
      await ends(scene);

      expect(agentGot(scene)).toEqual(['u2']);
      expect(scene.world.seen).toContain('post undelivered%2F1');
    },
  );
});

test('refuses an attachment that the desk cannot take, tells the user, and carries its text', async () => {
  await stage.play({ plan: aChatPlan({ chat: { attachments: 'refused' } }) }, async (scene) => {
    await joins(scene);
    const attachment = { url: 'https://files.test/1.png', name: '1.png', mediaType: 'image/png' };
    await scene.userWrites({ id: 'u1', text: 'look', attachment });
    await scene.until(() => agentGot(scene).length === 1);
    await scene.until(() => scene.world.userRead.some((text) => text.includes('could not be delivered')));
    await ends(scene);

    expect(scene.world.agentGot).toEqual([{ id: 'u1', text: 'look', number: 1 }]);
    expect(scene.world.notices.at(-1)?.transcript).toMatchObject([
      { text: 'look' },
      { attachment, undelivered: true },
    ]);
  });
});

test('carries an attachment by reference where the desk takes it', async () => {
  await stage.play({ plan: aChatPlan() }, async (scene) => {
    await joins(scene);
    const attachment = { url: 'https://files.test/1.png', name: '1.png', mediaType: 'image/png' };
    await scene.userWrites({ id: 'u1', attachment });
    await scene.deskTells('r1', 0, [{ kind: 'message', message: { id: 'a1', attachment } }]);
    await scene.until(() => agentGot(scene).length === 1 && userGot(scene).length === 1);
    await ends(scene);

    expect(scene.world.agentGot[0]).toEqual({ id: 'u1', attachment, number: 1 });
    expect(scene.world.userGot[0]).toEqual({ id: 'a1', attachment });
  });
});

test('sends a platform no more than it takes in a minute, and loses nothing', async () => {
  const sent: number[] = [];
  await stage.play(
    {
      record: 'relay-paced',
      plan: aChatPlan({ chat: { perMinute: 22, maxChars: 100 } }),
      carry: async (input, world) => {
        const now = await scenes.now();
        sent.push(...input.toAgent.messages.map(() => now));
        return carryAll(input, world);
      },
    },
    async (scene) => {
      scenes.now = () => scene.env.currentTimeMs();
      await joins(scene);
      for (const id of ids('u', 50)) await scene.userWrites(id);
      await scene.until(() => agentGot(scene).length === 22);
      await scene.pass(70_000);
      await scene.until(() => agentGot(scene).length === 44);
      await scene.pass(70_000);
      await scene.until(() => agentGot(scene).length === 50);
      await ends(scene);

      expect(agentGot(scene)).toEqual(ids('u', 50));
      for (const at of sent)
        expect(sent.filter((other) => other > at - 60_000 && other <= at).length).toBeLessThanOrEqual(22);
    },
  );
});

const scenes = { now: (): Promise<number> => Promise.resolve(0) };

test('waits as a platform asks before it tries again', async () => {
  await stage.play(
    {
      record: 'relay-retry-after',
      plan: aChatPlan(),
      carry: (input, world) => {
        if (world.carried.length === 1) throw aFault('ESC_PLATFORM_RATE_LIMITED', { retryAfterMs: 30_000 });
        return carryAll(input, world);
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.userWrites('u1');
      await scene.until(() => scene.world.carried.length === 1);
      await scene.pass(28_000);
      expect(agentGot(scene)).toEqual([]);
      await scene.pass(5_000);
      await scene.until(() => agentGot(scene).length === 1);
      await ends(scene);
    },
  );
});

test('tells the user when more waits for an agent than can be kept', async () => {
  await stage.play({ plan: aChatPlan() }, async (scene) => {
    await scene.until(() => scene.world.transfers.length > 0);
    for (const id of ids('u', 9)) await scene.userWrites({ id, text: id.padEnd(8_000, '.') });
    await scene.until(() => scene.world.userRead.some((text) => text.includes('could not be delivered')));
    await joins(scene);
    await scene.until(() => agentGot(scene).length >= 8);
    await ends(scene);

    expect(new Set(scene.world.agentGot.map(({ id }) => id.split('#')[0]))).toEqual(new Set(ids('u', 8)));
  });
});

test('tells the user of several messages at once while the first such text is on its way', async () => {
  const gate = aGate();
  await stage.play(
    {
      plan: aChatPlan({ chat: { attachments: 'refused' } }),
      postToUser: async ({ messages }) => {
        if (messages.some(({ id }) => id.includes('undelivered'))) await gate.pass();
        return { kind: 'posted' };
      },
    },
    async (scene) => {
      await joins(scene);
      const attachment = { url: 'https://files.test/1.png', name: '1.png', mediaType: 'image/png' };
      for (const id of ids('u', 3)) {
        await scene.userWrites({ id, attachment });
        await scene.until(() => gate.waiting === 1);
      }
      await scene.userWrites('u4');
      await scene.until(() => agentGot(scene).length === 1);
      gate.open();
      await scene.until(() => scene.world.userRead.length === 3);
      await ends(scene);

      expect(scene.world.seen.filter((what) => what.startsWith('post undelivered'))).toHaveLength(2);
    },
  );
});
