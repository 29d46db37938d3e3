// The chat between user and agent: carried both ways, in order and once, until it ends and the bot owns the
// conversation again.
import { aChatPlan, aRequest } from '../support/builders';
import { aGate } from '../support/faults';
import { agentEnds, agentGot, ids, joins, userGot } from '../support/relay-scene';
import { createStage, type Stage } from '../support/time-skipping-stage';
import { carryAll } from '../support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

test('carries what user and agent write, and gives the conversation back when the agent ends it', async () => {
  await stage.play({ record: 'relay-deliver', plan: aChatPlan() }, async (scene) => {
    await joins(scene);
    await scene.userWrites('u1');
    await scene.until(() => agentGot(scene).length === 1);
    await scene.agentWrites('a1', 'a2');
    await scene.until(() => userGot(scene).length === 2);
    await scene.userWrites('u2');
    await scene.until(() => agentGot(scene).length === 2);
    await scene.deskTells('r1', 0, [
      { kind: 'message', message: { id: 'bye', text: 'bye' }, agentName: 'Maria' },
      { kind: 'ended', by: 'agent' },
    ]);
    const result = await scene.handle.result();

    expect(agentGot(scene)).toEqual(['u1', 'u2']);
    expect(userGot(scene)).toEqual(['a1', 'a2', 'bye']);
    expect(result).toMatchObject({
      outcome: { kind: 'connected' },
      returned: { by: 'agent', reason: 'left' },
      owner: 'bot',
      epoch: 3,
    });
    expect(scene.world.notices.map(({ type }) => type)).toEqual([
      'escalation.connected',
      'escalation.returned',
    ]);
    expect(scene.world.notices[1]).toMatchObject({
      epoch: 3,
      ended: { by: 'agent', reason: 'left' },
      transcript: [
        { from: 'user', text: 'u1' },
        { from: 'agent', text: 'a1' },
        { from: 'agent', text: 'a2' },
        { from: 'user', text: 'u2' },
        { from: 'agent', text: 'bye', agentName: 'Maria' },
      ],
    });
    expect(scene.world.seen).not.toContain('close 4711');
  });
});

test('carries each message once, in the order in which it came first, however often signals repeat it', async () => {
  await stage.play({ plan: aChatPlan() }, async (scene) => {
    await joins(scene);
    for (const id of ['u2', 'u1', 'u2', 'u3', 'u1']) await scene.userWrites(id);
    const words = ['a9', 'a1', 'a9'].map((id) => ({ kind: 'message', message: { id, text: id } }) as const);
    await scene.deskTells('r1', 0, words, { ids: ['w9', 'w1', 'w9'] });
    await scene.deskTells('r1', 0, words, { ids: ['w9', 'w1', 'w10'] });
    await scene.deskTells('r1', 0, [{ kind: 'message', message: { id: 'a2', text: 'a2' } }]);
    await scene.until(() => agentGot(scene).length === 3 && userGot(scene).length === 3);
    await agentEnds(scene);
    await scene.handle.result();

    expect(agentGot(scene)).toEqual(['u2', 'u1', 'u3']);
    expect(scene.world.agentGot.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(userGot(scene)).toEqual(['a9', 'a1', 'a2']);
  });
});

test('carries a burst at once: ten messages each way cost one call', async () => {
  const gate = aGate();
  await stage.play(
    {
      record: 'relay-burst',
      plan: aChatPlan(),
      carry: async (input, world) => {
        if (world.carried.length === 1) await gate.pass();
        return carryAll(input, world);
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.userWrites('u0');
      await scene.until(() => gate.waiting === 1);
      for (const id of ids('u', 10)) await scene.userWrites(id);
      await scene.agentWrites(...ids('a', 10));
      gate.open();
      await scene.until(() => agentGot(scene).length === 11 && userGot(scene).length === 10);
      await agentEnds(scene);
      await scene.handle.result();

      expect(scene.world.carried).toHaveLength(2);
      expect(agentGot(scene)).toEqual(['u0', ...ids('u', 10)]);
    },
  );
});

test('hands the agent first what the user wrote while waiting, in its order', async () => {
  await stage.play(
    { record: 'relay-written-while-waiting', plan: aChatPlan({ interactionDelayMs: 5_000 }) },
    async (scene) => {
      await scene.userWrites('u1');
      await scene.pass(6_000);
      await scene.until(() => scene.world.transfers.length > 0);
      await scene.userWrites('u2');
      await scene.deskTells('r1', 0, [
        { kind: 'queued' },
        { kind: 'connected', agentId: 'maria' },
        { kind: 'message', message: { id: 'a1', text: 'a1' } },
      ]);
      await scene.userWrites('u3');
      await scene.until(() => agentGot(scene).length === 3);
      await agentEnds(scene);
      await scene.handle.result();

      expect(agentGot(scene)).toEqual(['u1', 'u2', 'u3']);
      expect(userGot(scene)).toEqual(['a1']);
    },
  );
});

test('carries what a desk said before its transfer counted as connected, and its end after that', async () => {
  await stage.play({ record: 'relay-early-words', plan: aChatPlan() }, async (scene) => {
    await scene.until(() => scene.world.transfers.length > 0);
    await scene.deskTells('r1', 0, [
      { kind: 'message', message: { id: 'a1', text: 'a1' } },
      { kind: 'connected' },
      { kind: 'message', message: { id: 'a2', text: 'a2' } },
      { kind: 'ended', by: 'agent' },
    ]);
    const { returned } = await scene.handle.result();

    expect(userGot(scene)).toEqual(['a1', 'a2']);
    expect(returned).toMatchObject({ by: 'agent', reason: 'left' });
  });
});

test('answers a bot that asks again meanwhile with the escalation that runs', async () => {
  await stage.play({ record: 'relay-asked-meanwhile', plan: aChatPlan() }, async (scene) => {
    await joins(scene);
    await scene.ask(aRequest({ requestId: 'r2' }));
    await scene.userWrites('u1');
    await scene.until(() => agentGot(scene).length === 1);
    await agentEnds(scene);
    await scene.handle.result();

    expect(await scene.story()).toContain('request_merged');
    expect(scene.world.seen.filter((what) => what.startsWith('plan'))).toEqual(['plan r1']);
  });
});

test('works on a request that comes once the human is done', async () => {
  await stage.play(
    {
      record: 'relay-asks-after-return',
      plan: aChatPlan(),
      deliverNotice: async ({ type }, { script, humans }) => {
        const { meanwhile } = script;
        if (type !== 'escalation.returned' || !meanwhile) return;
        delete script.meanwhile;
        humans.clear();
        await meanwhile();
      },
    },
    async (scene) => {
      scene.world.script.meanwhile = () => scene.ask(aRequest({ requestId: 'r2' }));
      await joins(scene);
      await agentEnds(scene);
      await scene.until(() => scene.world.transfers.length === 2);
      await scene.deskTells('r2', 0, [{ kind: 'connected' }, { kind: 'ended', by: 'agent' }]);
      await scene.handle.result();

      expect(scene.world.notices.map(({ requestId, type }) => `${requestId} ${type}`)).toEqual([
        'r1 escalation.connected',
        'r1 escalation.returned',
        'r2 escalation.connected',
        'r2 escalation.returned',
      ]);
    },
  );
});

test('shows operators counts and who is there, and neither texts nor what the desk keeps', async () => {
  await stage.play({ plan: aChatPlan() }, async (scene) => {
    await joins(scene);
    await scene.userWrites({ id: 'u1', text: 'my secret' });
    await scene.deskTells(
      'r1',
      0,
      [{ kind: 'message', message: { id: 'a1', text: 'your secret' }, agentName: 'Maria' }],
      { chat: { generation: 3, session: 'sealed' } },
    );
    await scene.until(() => userGot(scene).length === 1 && agentGot(scene).length === 1);
    const explanation = await scene.explain();
    await agentEnds(scene);
    await scene.handle.result();

    expect(explanation.status.relay).toEqual({
      toAgent: { carried: 1, undelivered: 0, waiting: 0 },
      toUser: { carried: 1, undelivered: 0, waiting: 0 },
      agentName: 'Maria',
    });
    expect(JSON.stringify(explanation)).not.toMatch(/secret|sealed/);
  });
});

test('tells the desk where its chat stands: the newest generation, and of one generation the latest', async () => {
  await stage.play(
    {
      plan: aChatPlan(),
      requestTransfer: () => ({ kind: 'queued', chat: { generation: 1, at: 'request' } }),
      carry: (input, world) => ({ ...carryAll(input, world), chat: { generation: 2, at: 'carry' } }),
    },
    async (scene) => {
      await joins(scene);
      await scene.userWrites('u1');
      await scene.until(() => agentGot(scene).length === 1);
      await scene.deskTells('r1', 0, [], { chat: { generation: 1, at: 'old' } });
      await scene.userWrites('u2');
      await scene.until(() => agentGot(scene).length === 2);
      await scene.deskTells('r1', 0, [], { chat: { generation: 2, at: 'later' } });
      await scene.userWrites('u3');
      await scene.until(() => agentGot(scene).length === 3);
      await agentEnds(scene);
      await scene.handle.result();

      expect(scene.world.carried.map(({ chat }) => chat?.['at'])).toEqual(['request', 'carry', 'later']);
    },
  );
});

test('reads back: what the desk says it has is not sent again', async () => {
  const gate = aGate();
  await stage.play(
    {
      plan: aChatPlan(),
      carry: async (input, world) => {
        if (world.carried.length > 1) return carryAll(input, world);
        await gate.pass();
        carryAll(input, world);
        throw new Error('the answer was lost');
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.userWrites('u1');
      await scene.until(() => gate.waiting === 1);
      await scene.userWrites('u2');
      await scene.deskTells('r1', 0, [{ kind: 'delivered', count: 1 }]);
      gate.open();
      await scene.until(() => agentGot(scene).length === 2);
      await agentEnds(scene);
      await scene.handle.result();

      expect(agentGot(scene)).toEqual(['u1', 'u2']);
    },
  );
});

test('dead-letters what it cannot read and takes the words beside it', async () => {
  await stage.play({ plan: aChatPlan() }, async (scene) => {
    await joins(scene);
    await scene.handle.signal('userMessage', { id: 'u1' });
    await scene.handle.signal('deskNews', { transferId: 7, news: [] });
    const news = [
      { id: 'w1', word: { kind: 'message', message: { id: 'a1', text: 7 } } },
      { id: 'w2', word: { kind: 'message', message: { id: 'a2', text: 'a2' } } },
      { id: 'w3', word: { kind: 'nonsense' } },
      'nothing',
    ];
    await scene.handle.signal('deskNews', { transferId: `${scene.conversationId}/r1/0`, news });
    await scene.until(() => userGot(scene).length === 1);
    const { deadLetters } = await scene.explain();
    await agentEnds(scene);
    await scene.handle.result();

    expect(userGot(scene)).toEqual(['a2']);
    expect(deadLetters.map(({ signal }) => signal)).toEqual([
      'userMessage',
      'deskNews',
      'deskNews',
      'deskNews',
      'deskNews',
    ]);
  });
});

test('carries nothing where the plan has no chat: the platform does', async () => {
  await stage.play({}, async (scene) => {
    await scene.until(() => scene.world.transfers.length > 0);
    await scene.userWrites('u1');
    await scene.deskSays('r1', 0, { kind: 'connected' });
    const result = await scene.handle.result();

    expect(result.returned).toBeUndefined();
    expect(scene.world.carried).toEqual([]);
  });
});

test('costs five events of history for a message that comes alone: signal, workflow task, call', async () => {
  await stage.play({ plan: aChatPlan() }, async (scene) => {
    const length = async (): Promise<number> => (await scene.handle.fetchHistory()).events?.length ?? 0;
    // A query while a call is under way would cost a workflow task on this server: nobody asks.
    const writes = async (id: string): Promise<void> => {
      const before = await length();
      await scene.userWrites(id);
      await scene.until(() => agentGot(scene).includes(id));
      await scene.until(async () => (await length()) >= before + 5);
    };
    await joins(scene);
    await scene.pass(1_000);
    await writes('u1');
    const before = await length();
    for (const id of ids('u', 10, 2)) await writes(id);
    const after = await length();
    await agentEnds(scene);
    await scene.handle.result();

    expect(after - before).toBe(50);
  });
});
