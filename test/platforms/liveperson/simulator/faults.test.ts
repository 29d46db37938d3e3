// Every fault that can be asked for: what the peer sees, and whether the request took effect.
import { fetch } from 'undici';
import { connectControl, startLivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import type { FaultAction, FaultSpec, LivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import { ACCOUNT, RawSocket, aWorld, logIn, post, removeBot, toSkill, until } from './world';

describe('faults', () => {
  let simulator: LivePersonSimulator;
  let socket: RawSocket;
  let conversationId: string;

  beforeEach(async () => {
    simulator = await startLivePersonSimulator({ world: aWorld() });
    socket = await RawSocket.open(simulator, (await logIn(simulator)).bearer);
    ({ conversationId } = await simulator.control.createConversation({ assignedTo: 'bot' }));
  });

  afterEach(async () => {
    socket.close();
    await simulator.close();
  });

  const fault = (spec: FaultSpec): Promise<unknown> => simulator.control.addFault(spec);
  const onTransfer = (action: FaultAction): Promise<unknown> =>
    fault({ channel: 'ws', match: 'UpdateConversationField', times: 1, action });
  const transferred = async (): Promise<boolean> =>
    (await simulator.control.conversation({ conversationId })).transfers.length === 1;
  const csds = (signal?: AbortSignal): ReturnType<typeof fetch> =>
    fetch(`${simulator.url}/api/account/${ACCOUNT}/service/baseURI.json?version=1.0`, {
      ...(signal ? { signal } : {}),
    });
  const login = (): ReturnType<typeof post> =>
    post(`${simulator.url}/api/account/${ACCOUNT}/login?v=1.3`, { username: 'bot', password: 'pw' });
  const transfer = [removeBot, toSkill('20')] as const;

  describe('on the socket', () => {
    it('answers a status without any effect', async () => {
      await onTransfer({ kind: 'status', status: 503, body: 'busy' });

      expect(await socket.update(conversationId, ...transfer)).toMatchObject({ code: 503, body: 'busy' });
      expect(await transferred()).toBe(false);
      expect((await socket.update(conversationId, ...transfer)).code).toBe(200);
    });

    it('hangs without any effect', async () => {
      await onTransfer({ kind: 'hang' });
      const id = socket.send('.ams.cm.UpdateConversationField', {
        conversationId,
        conversationField: transfer,
      });

      await socket.ask('.GetClock', {});

      expect(socket.frames.some((frame) => frame.reqId === id)).toBe(false);
      expect(await transferred()).toBe(false);
    });

    it('loses the answer of what it did', async () => {
      await socket.subscribe('555.1');
      await onTransfer({ kind: 'loseAnswer' });
      const id = socket.send('.ams.cm.UpdateConversationField', {
        conversationId,
        conversationField: transfer,
      });

      await until(() => socket.changes().find((change) => change.type === 'DELETE'));

      expect(socket.frames.some((frame) => frame.reqId === id)).toBe(false);
      expect(await transferred()).toBe(true);
    });

    it('answers as if done, and does nothing', async () => {
      await fault({ channel: 'ws', match: 'PublishEvent', times: 1, action: { kind: 'loseEffect' } });

      expect(await socket.publish(conversationId, 'lost')).toMatchObject({
        code: 200,
        body: { sequence: 0 },
      });
      expect((await simulator.control.conversation({ conversationId })).transcript).toEqual([]);
    });

    it.each([
      ['before', false],
      ['after', true],
    ] as const)('cuts the socket %s the effect', async (moment, effect) => {
      await onTransfer({ kind: moment === 'before' ? 'dropBefore' : 'dropAfter' });
      const id = socket.send('.ams.cm.UpdateConversationField', {
        conversationId,
        conversationField: transfer,
      });

      expect(await until(() => socket.closeCode)).toBe(1006);

      expect(socket.frames.some((frame) => frame.reqId === id)).toBe(false);
      expect(await transferred()).toBe(effect);
    });

    it.each([4401, 4407, 1011, 1006])('closes with %i on a request', async (code) => {
      await onTransfer({ kind: 'close', code });
      socket.send('.ams.cm.UpdateConversationField', { conversationId, conversationField: transfer });

      expect(await until(() => socket.closeCode)).toBe(code);
      expect(await transferred()).toBe(false);
    });

    it.each([4401, 1011, 1006])('closes every socket of a user with %i at once', async (code) => {
      expect(await simulator.control.closeSockets({ user: 'bot', code })).toEqual({ closed: 1 });

      expect(await until(() => socket.closeCode)).toBe(code);
      await until(async () => ((await simulator.control.sockets()).sockets.length === 0 ? true : undefined));
    });

    it('answers late, after other requests', async () => {
      await onTransfer({ kind: 'delay', ms: 40 });
      const late = socket.update(conversationId, ...transfer);

      const clock = await socket.ask('.GetClock', {});
      const answer = await late;

      expect(answer.code).toBe(200);
      expect(socket.frames.indexOf(clock)).toBeLessThan(socket.frames.indexOf(answer));
    });

    it('tells DELETE before the answer', async () => {
      await socket.subscribe('555.1');
      await onTransfer({ kind: 'notifyBeforeAnswer' });

      const answer = await socket.update(conversationId, ...transfer);

      const before = socket.frames.slice(0, socket.frames.indexOf(answer));
      expect(JSON.stringify(before.at(-1)?.body)).toContain('"DELETE"');
    });
  });

  describe('on notifications', () => {
    const DELETE = { channel: 'notification', contains: '"DELETE"', times: 1 } as const;
    const types = (): string[] => socket.changes().map((change) => change.type);

    beforeEach(() => socket.subscribe('555.1'));

    it('repeats one', async () => {
      await fault({ ...DELETE, action: { kind: 'duplicate' } });
      await socket.update(conversationId, ...transfer);

      await until(() => (types().filter((type) => type === 'DELETE').length === 2 ? true : undefined));
    });

    it('drops one', async () => {
      await fault({ ...DELETE, action: { kind: 'dropNotification' } });
      await socket.update(conversationId, ...transfer);
      await socket.ask('.GetClock', {});

      expect(types()).not.toContain('DELETE');
    });

    it('sends one after the next', async () => {
      await fault({ ...DELETE, action: { kind: 'reorder' } });
      await socket.update(conversationId, ...transfer);
      await simulator.control.createConversation({ assignedTo: 'bot' });

      await until(() => (types().includes('DELETE') ? true : undefined));
      expect(types().slice(-2)).toEqual(['UPSERT', 'DELETE']);
      const stamps = socket.changes().map((c) => c.result.conversationDetails.metaDataLastUpdateTs);
      expect(stamps).toHaveLength(3);
    });
  });

  describe('on the upgrade', () => {
    it.each([401, 502])('answers %i', async (status) => {
      await fault({ channel: 'upgrade', times: 1, action: { kind: 'status', status } });
      const { bearer } = await logIn(simulator);

      await expect(RawSocket.open(simulator, bearer)).rejects.toThrow(
        `Unexpected server response: ${String(status)}`,
      );
      (await RawSocket.open(simulator, bearer)).close();
    });

    it('does not answer, and still closes when the simulator does', async () => {
      await fault({ channel: 'upgrade', times: 1, action: { kind: 'hang' } });
      const { bearer } = await logIn(simulator);
      await simulator.control.resetCounters();
      const hanging = RawSocket.open(simulator, bearer).then(
        () => 'opened',
        () => 'cut',
      );
      await until(async () => ((await simulator.control.counters())['upgrade'] === 1 ? true : undefined));

      await simulator.close();

      expect(await hanging).toBe('cut');
      simulator = await startLivePersonSimulator({ world: aWorld() });
    });

    it('cuts the connection', async () => {
      await fault({ channel: 'upgrade', times: 1, action: { kind: 'dropBefore' } });

      await expect(RawSocket.open(simulator, (await logIn(simulator)).bearer)).rejects.toThrow();
    });
  });

  describe('on HTTP', () => {
    it.each([
      [7, '7'],
      [undefined, null],
    ])('answers 429 (Retry-After %s) to the next two only', async (seconds, header) => {
      await fault({
        channel: 'http',
        match: 'login',
        times: 2,
        action: {
          kind: 'status',
          status: 429,
          ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
        },
      });

      const answers = [await login(), await login(), await login()];

      expect(answers.map((answer) => answer.status)).toEqual([429, 429, 200]);
      expect(answers[0]?.headers.get('retry-after')).toBe(header);
    });

    it('answers a given body, such as an error under 200', async () => {
      const body = { error: { internalCode: 11 } };
      await fault({ channel: 'http', match: '/login', action: { kind: 'status', status: 200, body } });

      expect(await (await login()).json()).toEqual(body);
    });

    it.each(['hang', 'loseAnswer'] as const)('does not answer (%s)', async (kind) => {
      await fault({ channel: 'http', match: 'csds', times: 1, action: { kind } });

      await expect(csds(AbortSignal.timeout(60))).rejects.toThrow();
      expect((await csds()).status).toBe(200);
    });

    it.each(['dropBefore', 'dropAfter', 'close'] as const)('cuts the connection (%s)', async (kind) => {
      const action: FaultAction = kind === 'close' ? { kind, code: 1006 } : { kind };
      await fault({ channel: 'http', match: 'csds', times: 1, action });

      await expect(csds()).rejects.toThrow();
      expect((await csds()).status).toBe(200);
    });

    it('delays an answer and loses an effect', async () => {
      await fault({ channel: 'http', match: 'csds', times: 1, action: { kind: 'delay', ms: 5 } });
      expect((await csds()).status).toBe(200);
      await fault({ channel: 'http', match: 'csds', times: 1, action: { kind: 'loseEffect' } });
      expect(await (await csds()).json()).toEqual({});
    });
  });

  it('strikes only what matches, after what it skips, until it is cleared', async () => {
    const control = connectControl(simulator.url);
    const standing = await control.addFault({
      channel: 'ws',
      match: 'PublishEvent',
      contains: 'unlucky',
      skip: 1,
      action: { kind: 'status', status: 500 },
    });
    const codes = [];
    for (const text of ['unlucky', 'lucky', 'unlucky', 'unlucky']) {
      codes.push((await socket.publish(conversationId, text)).code);
    }

    expect(codes).toEqual([200, 200, 500, 500]);
    expect((await control.faults()).faults).toMatchObject([{ id: standing.id, hits: 2 }]);
    await control.clearFaults({ id: standing.id });
    expect((await socket.publish(conversationId, 'unlucky')).code).toBe(200);
  });

  it('counts requests by type, and forgets the counts when told', async () => {
    await simulator.control.resetCounters();
    await csds();
    await login();
    await socket.ask('.GetClock', {});
    await fetch(`${simulator.url}/nowhere`);

    expect(await simulator.control.counters()).toEqual({
      'http:csds': 1,
      'http:login': 1,
      'http:unknown': 1,
      'ws:.GetClock': 1,
    });
  });
});
