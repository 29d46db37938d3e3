// The agent socket: the upgrade, the frames, events, subscriptions and rings.
import { WebSocket } from 'ws';
import { startLivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import type { LivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import { ACCOUNT, RawSocket, aWorld, logIn, removeBot, toSkill, until } from './world';

describe('the agent socket', () => {
  let simulator: LivePersonSimulator;
  let socket: RawSocket;

  beforeEach(async () => {
    simulator = await startLivePersonSimulator({ world: aWorld() });
    socket = await RawSocket.open(simulator, (await logIn(simulator)).bearer);
  });

  afterEach(async () => {
    socket.close();
    await simulator.close();
  });

  const create = async (assignedTo = 'bot'): Promise<string> =>
    (await simulator.control.createConversation({ assignedTo, message: 'hello' })).conversationId;

  const failure = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const ws = new WebSocket(simulator.url.replace('http', 'ws') + path);
      ws.on('error', (error) => resolve(error.message));
      ws.on('open', () => reject(new Error('the socket opened')));
    });

  it('refuses an upgrade with a bad bearer, another account, an unknown path or no version', async () => {
    const { bearer } = await logIn(simulator);
    const base = `/ws_api/account/${ACCOUNT}/messaging/brand`;

    expect(await failure(`${base}/bad?v=2.1`)).toContain('401');
    expect(await failure(`/ws_api/account/999/messaging/brand/${bearer}?v=2.1`)).toContain('401');
    expect(await failure(`/elsewhere?v=2.1`)).toContain('404');
    expect(await failure(`${base}/${bearer}`)).toContain('400');
  });

  it('tells the time', async () => {
    const frame = await socket.ask('.GetClock', {});

    expect(frame).toMatchObject({
      kind: 'resp',
      code: 200,
      body: { currentTime: expect.any(Number) as number },
    });
  });

  it.each([
    ['text that is not JSON', 'hello'],
    [
      'a frame of another kind',
      JSON.stringify({ kind: 'notification', id: '1', type: '.GetClock', body: {} }),
    ],
    [
      'an id longer than 64',
      JSON.stringify({ kind: 'req', id: 'x'.repeat(65), type: '.GetClock', body: {} }),
    ],
    [
      'encoded metadata that is not base64',
      JSON.stringify({ kind: 'req', id: '1', type: '.GetClock', body: {}, encodedMetadata: '%%' }),
    ],
  ])('refuses %s with 400 and stays open', async (_title, text) => {
    socket.ws.send(text);

    const refused = await until(() => socket.frames[0]);
    expect(refused).toMatchObject({ kind: 'resp', code: 400 });
    expect(refused.reqId).toBeUndefined();
    expect((await socket.ask('.GetClock', {})).code).toBe(200);
  });

  it('refuses a type that it does not know', async () => {
    expect(await socket.ask('.ams.cm.Nonsense', {})).toMatchObject({
      code: 400,
      body: 'Unknown request type',
    });
  });

  it('gives errors as objects where the account is told to', async () => {
    await simulator.control.setSettings({ errorBodies: 'object' });

    const { body } = await socket.ask('.ams.cm.Nonsense', {});

    expect(body).toMatchObject({ title: 'Unknown request type', errorCode: 40001 });
  });

  describe('events', () => {
    it('numbers, keeps and distributes a message with its external id', async () => {
      const dialogId = await create();
      const metadata = [{ type: 'ExternalId', id: 'm-1' }];

      const answer = await socket.publish(dialogId, 'hold on', metadata);

      expect(answer).toMatchObject({ code: 200, body: { sequence: 1 } });
      const stored = await socket.ask('.ams.ms.QueryMessages', { dialogId, newerThanSequence: 0 });
      expect(stored.type).toBe('.ams.ms.QueryMessages$Response');
      expect(stored.body).toMatchObject([
        { sequence: 1, dialogId, originatorId: '555.1', metadata, event: { message: 'hold on' } },
      ]);
      const told = await until(() => socket.notifications('OnlineEventDistribution').at(-1));
      expect(told.body).toMatchObject({
        sequence: 1,
        metadata,
        originatorMetadata: { role: 'ASSIGNED_AGENT' },
      });
      const { transcript } = await simulator.control.conversation({ conversationId: dialogId });
      expect(transcript).toMatchObject([
        { from: 'consumer', text: 'hello', sequence: 0 },
        { from: 'bot', text: 'hold on', sequence: 1, externalId: 'm-1' },
      ]);
    });

    it('keeps what is for agents and managers from the consumer', async () => {
      const dialogId = await create();
      const event = { type: 'ContentEvent', contentType: 'text/plain', message: 'a note' };

      await socket.ask('.ams.ms.PublishEvent', { dialogId, event, messageAudience: 'AGENTS_AND_MANAGERS' });

      const { transcript } = await simulator.control.conversation({ conversationId: dialogId });
      expect(transcript.map((line) => line.text)).toEqual(['hello']);
    });

    it('distributes typing without a sequence and does not keep it', async () => {
      const dialogId = await create();
      const event = { type: 'ChatStateEvent', chatState: 'COMPOSING' };

      const answer = await socket.ask('.ams.ms.PublishEvent', { dialogId, event });

      expect(answer.body).toEqual({ sequence: 0 });
      const told = await until(() => socket.notifications('OnlineEventDistribution').at(-1));
      expect(told.body).not.toHaveProperty('sequence');
      expect((await socket.publish(dialogId, 'next')).body).toEqual({ sequence: 1 });
    });

    it('tells participants what the consumer says, and others nothing', async () => {
      const conversationId = await create('other-bot');
      const mine = await create();

      await simulator.control.consumerMessage({ conversationId, text: 'not for you' });
      await simulator.control.consumerMessage({ conversationId: mine, text: 'for you' });

      await until(() => socket.notifications('OnlineEventDistribution')[0]);
      expect(socket.notifications('OnlineEventDistribution').map((frame) => frame.body)).toMatchObject([
        { dialogId: mine, originatorMetadata: { role: 'CONSUMER' }, event: { message: 'for you' } },
      ]);
    });

    it.each([
      ['an unknown event', { event: { type: 'Nonsense' } }, undefined, 400],
      ['an unknown audience', { messageAudience: 'EVERYBODY' }, undefined, 400],
      ['no dialog', { dialogId: 'unknown' }, undefined, 404],
      ['more members in ActionReason', {}, [{ type: 'ActionReason', reason: 'x', more: 1 }], 400],
      ['a long reason', {}, [{ type: 'ActionReason', reason: 'x'.repeat(65) }], 400],
      ['metadata that is no list', {}, { type: 'ExternalId', id: '1' }, 400],
    ])('refuses %s', async (_title, body, metadata, code) => {
      const dialogId = await create();
      const event = { type: 'ContentEvent', contentType: 'text/plain', message: 'x' };

      const answer = await socket.ask('.ams.ms.PublishEvent', { dialogId, event, ...body }, metadata);

      expect(answer.code).toBe(code);
      expect((await simulator.control.conversation({ conversationId: dialogId })).transcript).toHaveLength(1);
    });

    it('refuses a message from who is not in the conversation, or in one that was closed', async () => {
      const foreign = await create('other-bot');
      const closed = await create();
      await simulator.control.consumerCloses({ conversationId: closed });

      expect((await socket.publish(foreign, 'x')).code).toBe(400);
      expect(await socket.publish(closed, 'x')).toMatchObject({ code: 400, body: 'Conversation is closed' });
    });

    it('lets only who may see it read the messages of a conversation', async () => {
      const dialogId = await create();
      const other = await RawSocket.open(simulator, (await logIn(simulator, 'other-bot', 'pw2')).bearer);

      expect((await other.ask('.ams.ms.QueryMessages', { dialogId })).code).toBe(403);
      await simulator.control.setUser({ userId: 'other-bot', seesAllConversations: true });
      expect((await other.ask('.ams.ms.QueryMessages', { dialogId })).body).toHaveLength(1);
      other.close();
    });
  });

  describe('subscriptions', () => {
    it('sends a snapshot of all, or of own conversations only', async () => {
      const mine = await create();
      const foreign = await create('other-bot');
      const own = await RawSocket.open(simulator, (await logIn(simulator)).bearer);

      expect((await socket.subscribe()).body).toMatchObject({ subscriptionId: expect.any(String) as string });
      await own.subscribe('555.1');

      await until(() => (socket.changes().length === 2 ? true : undefined));
      expect(new Set(socket.changes().map((change) => change.result.convId))).toEqual(
        new Set([mine, foreign]),
      );
      await until(() => own.changes()[0]);
      expect(own.changes().map((change) => change.result.convId)).toEqual([mine]);
      own.close();
    });

    it('covers no more than 1000 conversations in the snapshot, but tells later changes of the others', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 1003; n += 1) ids.push(await create());

      await socket.subscribe();

      await until(() => (socket.changes().length >= 1000 ? true : undefined));
      await socket.ask('.GetClock', {});
      expect(socket.changes()).toHaveLength(1000);
      await simulator.control.consumerCloses({ conversationId: ids[0] ?? '' });
      await socket.update(ids[1002] ?? '', removeBot, toSkill('20'));
      await until(() => (socket.changes().length >= 1002 ? true : undefined));
      expect(
        socket
          .changes()
          .slice(1000)
          .map((change) => [change.type, change.result.convId]),
      ).toEqual([
        ['DELETE', ids[0]],
        ['UPSERT', ids[1002]],
      ]);
    });

    it('needs the permission for conversations of others', async () => {
      const other = await RawSocket.open(simulator, (await logIn(simulator, 'other-bot', 'pw2')).bearer);

      expect((await other.subscribe()).code).toBe(403);
      expect((await other.subscribe('555.1')).code).toBe(403);
      expect((await other.subscribe('555.2')).code).toBe(200);
      other.close();
    });

    it('tells nothing more after unsubscribing', async () => {
      const { body } = await socket.subscribe();

      expect((await socket.ask('.ams.aam.UnsubscribeExConversations', body)).code).toBe(200);
      expect((await socket.ask('.ams.aam.UnsubscribeExConversations', body)).code).toBe(400);

      await create();
      await socket.ask('.GetClock', {});
      expect(socket.changes()).toEqual([]);
    });

    it('gives ids in participantsDetails in the form which the account uses', async () => {
      await simulator.control.setSettings({ participantIds: 'pid' });
      const { users } = await simulator.control.users();
      const bot = users.find((user) => user.loginName === 'bot');
      await create();

      await socket.subscribe();

      const [change] = await until(() => (socket.changes().length > 0 ? socket.changes() : undefined));
      const details = change?.result.conversationDetails;
      expect(details?.dialogs[0]?.participantsDetails[1]?.id).toBe(bot?.pid);
      expect(details?.participants['ASSIGNED_AGENT']).toEqual(['555.1']);
      expect(details?.participantsPId['ASSIGNED_AGENT']).toEqual([bot?.pid]);
    });

    it('tells the state of an agent and its changes', async () => {
      await socket.ask('.ams.routing.SubscribeAgentsState', { agentId: '555.11', brandId: ACCOUNT });
      await simulator.control.setUser({ userId: 'ann', availability: 'AWAY' });

      const states = await until(() => {
        const all = socket.notifications('AgentStateNotification');
        return all.length === 2 ? all : undefined;
      });
      expect(states.map((frame) => frame.body)).toMatchObject([
        { changes: [{ result: { agentUserId: '555.11', availability: 'ONLINE' } }] },
        { changes: [{ result: { availability: 'AWAY' } }] },
      ]);
    });

    it('knows the profile of a consumer', async () => {
      await simulator.control.createConversation({ consumerId: 'c-1', consumerName: 'Kim' });

      const known = await socket.ask('.ams.userprofile.GetUserProfile', 'c-1');
      const unknown = await socket.ask('.ams.userprofile.GetUserProfile', 'c-2');

      expect(known).toMatchObject({ code: 200, type: '.ams.userprofile.GetUserProfile$Response' });
      expect(unknown.code).toBe(404);
    });
  });

  describe('rings', () => {
    const setState = (availability: string): ReturnType<RawSocket['ask']> =>
      socket.ask('.ams.routing.SetAgentState', {
        availability,
        channels: ['MESSAGING'],
        agentUserId: '555.1',
      });
    const ringOf = (frame: { readonly body: unknown } | undefined): Record<string, unknown> | undefined =>
      (frame?.body as { changes: { result: { ringsDetails: Record<string, unknown>[] } }[] } | undefined)
        ?.changes[0]?.result.ringsDetails[0];

    it('refuses a state that is none, and the state of somebody else from who may not', async () => {
      expect(await setState('SLEEPING')).toMatchObject({ code: 400 });
      expect(await setState('ONLINE')).toMatchObject({ code: 200, body: 'Agent state updated successfully' });
      const other = await RawSocket.open(simulator, (await logIn(simulator, 'other-bot', 'pw2')).bearer);
      const foreign = { availability: 'ONLINE', channels: ['MESSAGING'], agentUserId: '555.1' };
      expect((await other.ask('.ams.routing.SetAgentState', foreign)).code).toBe(403);
      other.close();
    });

    it('rings an online bot of the skill, which accepts once', async () => {
      await simulator.control.setUser({ userId: 'bot', skillIds: ['20'] });
      await setState('ONLINE');
      await socket.ask('.ams.routing.SubscribeRoutingTasks', {
        channelType: 'MESSAGING',
        agentId: '555.1',
        brandId: ACCOUNT,
      });
      const { conversationId } = await simulator.control.createConversation({ skillId: '20' });

      const ring = ringOf(await until(() => socket.notifications('RoutingTaskNotification')[0]));
      const accept = { ringId: ring?.['ringId'], ringState: 'ACCEPTED' };

      expect(ring).toMatchObject({ ringState: 'WAITING', convId: conversationId, skillId: '20' });
      expect(await socket.ask('.ams.routing.UpdateRingState', accept)).toMatchObject({
        code: 200,
        body: 'Ring state updated successfully',
      });
      expect((await socket.ask('.ams.routing.UpdateRingState', accept)).code).toBe(400);
      const view = await simulator.control.conversation({ conversationId });
      expect(view).toMatchObject({ assignedTo: { userId: '1' }, ringing: [] });
    });

    it('sends the waiting rings to a late subscriber, and DELETE when another agent was faster', async () => {
      await simulator.control.setUser({ userId: 'bot', skillIds: ['20'] });
      await setState('ONLINE');
      const { conversationId } = await simulator.control.createConversation({ skillId: '20' });
      const subscription = { channelType: 'MESSAGING', agentId: '555.1', brandId: ACCOUNT };
      await socket.ask('.ams.routing.SubscribeRoutingTasks', subscription);

      expect((await simulator.control.agentJoins({ conversationId, user: 'ben' })).joined).toBe(true);

      const frames = await until(() => {
        const all = socket.notifications('RoutingTaskNotification');
        return all.length === 2 ? all : undefined;
      });
      expect(frames.map((frame) => ringOf(frame)?.['ringState'])).toEqual(['WAITING', 'CANCELLED']);
    });
  });
});
