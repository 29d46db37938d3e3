// Scripted agents: who is rung, who answers, what comes late.
import { startLivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import type { ConversationView, LivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import { RawSocket, addBot, aWorld, logIn, removeBot, toSkill, until } from './world';

describe('scripted agents', () => {
  let simulator: LivePersonSimulator;
  const read = (conversationId: string): Promise<ConversationView> =>
    simulator.control.conversation({ conversationId });
  const queued = async (skillId: string): Promise<string> =>
    (await simulator.control.createConversation({ skillId })).conversationId;

  beforeEach(async () => {
    simulator = await startLivePersonSimulator({ world: aWorld({ ringExpirationMs: 30 }) });
  });

  afterEach(() => simulator.close());

  it('rings online agents of the skill only', async () => {
    const id = await queued('20');

    expect((await read(id)).ringing).toEqual(['21']);
  });

  it('rings again after a ring that ran out, and after one that was rejected', async () => {
    await simulator.control.setUser({ userId: 'ben', behaviour: { kind: 'reject', afterMs: 5 } });
    const id = await queued('20');
    await until(async () => ((await read(id)).ringing.length === 0 ? true : undefined));
    await simulator.control.setUser({ userId: 'ben', behaviour: { kind: 'never' } });

    await until(async () => ((await read(id)).ringing[0] === '21' ? true : undefined));

    expect((await read(id)).joined).toEqual([]);
  });

  it('rings an agent who comes online later', async () => {
    await simulator.control.setUser({ userId: 'ann', availability: 'OFFLINE' });
    const id = await queued('10');
    expect((await read(id)).ringing).toEqual([]);

    await simulator.control.setUser({ userId: 'ann', availability: 'ONLINE' });

    const view = await until(async () => ((await read(id)).assignedTo ? read(id) : undefined));
    expect(view.assignedTo?.loginName).toBe('ann');
  });

  it('rings nobody whose slots are full, until one is free', async () => {
    await simulator.control.setUser({ userId: 'ann', maxAsyncChats: 1 });
    const first = await queued('10');
    await until(async () => ((await read(first)).assignedTo ? true : undefined));
    const second = await queued('10');
    expect((await read(second)).ringing).toEqual([]);

    await simulator.control.agentCloses({ conversationId: first, user: 'ann' });

    await until(async () => ((await read(second)).assignedTo ? true : undefined));
  });

  it('gives a conversation which its agent left back to the queue', async () => {
    const id = await queued('10');
    await until(async () => ((await read(id)).assignedTo ? true : undefined));
    await simulator.control.setUser({ userId: 'ann', behaviour: { kind: 'never' } });

    await simulator.control.agentMessage({ conversationId: id, user: 'ann', text: 'bye' });
    await simulator.control.agentLeaves({ conversationId: id, user: 'ann' });

    const view = await read(id);
    expect(view).toMatchObject({ ringing: ['11'], transcript: [{ from: 'human', text: 'bye' }] });
    expect(view.transfers).toMatchObject([{ kind: 'queue', byUserId: '11' }]);
  });

  describe('who comes after the conversation was taken back', () => {
    let socket: RawSocket;
    let id: string;

    beforeEach(async () => {
      socket = await RawSocket.open(simulator, (await logIn(simulator)).bearer);
      id = (await simulator.control.createConversation({ assignedTo: 'bot' })).conversationId;
      await socket.subscribe('555.1');
      await socket.update(id, removeBot, toSkill('20'));
      await socket.update(id, addBot);
    });

    afterEach(() => socket.close());

    it('is refused: his ring has ended', async () => {
      expect(await simulator.control.agentJoins({ conversationId: id, user: 'ben' })).toEqual({
        joined: false,
        scheduled: false,
      });
      expect((await read(id)).assignedTo?.userId).toBe('1');
    });

    it('replaces the bot when forced, also later, and the bot is told DELETE', async () => {
      const deletes = socket.changes().filter((change) => change.type === 'DELETE').length;

      await simulator.control.agentJoins({ conversationId: id, user: 'ben', force: true, afterMs: 5 });

      const view = await until(async () =>
        (await read(id)).assignedTo?.userId === '21' ? read(id) : undefined,
      );
      expect(view.participants).toHaveLength(1);
      expect(view.joined.map((record) => record.loginName)).toEqual(['bot', 'bot', 'ben']);
      await until(() =>
        socket.changes().filter((change) => change.type === 'DELETE').length > deletes ? true : undefined,
      );
    });

    it('is refused even when forced once the conversation is closed', async () => {
      await simulator.control.consumerCloses({ conversationId: id });

      expect(
        (await simulator.control.agentJoins({ conversationId: id, user: 'ben', force: true })).joined,
      ).toBe(false);
    });
  });
});
