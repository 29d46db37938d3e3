// UpdateConversationField on the raw socket: what takes effect, what is refused, who is told.
import { startLivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import type { LivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import { ACCOUNT, RawSocket, addBot, aWorld, logIn, removeBot, suggest, toSkill, until } from './world';

describe('UpdateConversationField', () => {
  let simulator: LivePersonSimulator;
  let socket: RawSocket;
  let conversationId: string;

  beforeEach(async () => {
    simulator = await startLivePersonSimulator({ world: aWorld() });
    const { bearer } = await logIn(simulator);
    socket = await RawSocket.open(simulator, bearer);
    ({ conversationId } = await simulator.control.createConversation({
      assignedTo: 'bot',
      message: 'hello',
    }));
  });

  afterEach(async () => {
    socket.close();
    await simulator.close();
  });

  const read = (): ReturnType<LivePersonSimulator['control']['conversation']> =>
    simulator.control.conversation({ conversationId });

  it('transfers to a skill whose agent then joins', async () => {
    const answer = await socket.update(conversationId, removeBot, toSkill('10'));

    expect(answer).toMatchObject({ kind: 'resp', code: 200, body: 'OK Agent removed successfully' });
    const view = await until(async () => ((await read()).assignedTo ? read() : undefined));
    expect(view.assignedTo).toMatchObject({ loginName: 'ann', state: 'ACTIVE' });
    expect(view.joined.map((record) => record.loginName)).toEqual(['bot', 'ann']);
    expect(view.transfers).toMatchObject([{ kind: 'skill', byUserId: '1', toSkillId: '10' }]);
  });

  it('tells an own subscriber DELETE after the answer, and an account subscriber each UPSERT up to ACTIVE', async () => {
    const all = await RawSocket.open(simulator, (await logIn(simulator)).bearer);
    await all.subscribe();
    await socket.subscribe(`${ACCOUNT}.1`);

    const answer = await socket.update(conversationId, removeBot, toSkill('10'));

    await until(() => socket.changes().find((change) => change.type === 'DELETE'));
    const order = socket.frames.map((frame) => frame.reqId ?? frame.type);
    expect(order.indexOf(answer.reqId ?? '')).toBe(order.length - 2);
    const joined = await until(() =>
      all
        .changes()
        .find((change) => change.result.conversationDetails.participants['ASSIGNED_AGENT']?.[0] === '555.11'),
    );
    expect(joined.result.conversationDetails).toMatchObject({ skillId: '10', state: 'OPEN' });
    const stamps = all.changes().map((change) => change.result.conversationDetails.metaDataLastUpdateTs);
    expect(new Set(stamps).size).toBe(stamps.length);
    all.close();
  });

  it('suggests an agent who is in participantsDetails as SUGGESTED but in no participants map', async () => {
    await socket.subscribe();

    await socket.update(conversationId, removeBot, suggest('22'), toSkill('10'));

    const seen = await until(() =>
      socket
        .changes()
        .find((c) =>
          c.result.conversationDetails.dialogs[0]?.participantsDetails.some((p) => p.state === 'SUGGESTED'),
        ),
    );
    const details = seen.result.conversationDetails;
    expect(details.dialogs[0]?.participantsDetails).toContainEqual({
      id: '555.22',
      role: 'ASSIGNED_AGENT',
      state: 'SUGGESTED',
    });
    expect(details.participants['ASSIGNED_AGENT']).toEqual([]);
    expect(details.participantsPId['ASSIGNED_AGENT']).toEqual([]);
  });

  it('queues the skill when the suggested agent does not come in time', async () => {
    await socket.update(conversationId, removeBot, suggest('22'), toSkill('20'));

    const view = await until(async () => ((await read()).ringing.includes('21') ? read() : undefined));
    expect(view.transfers.map((transfer) => transfer.kind)).toEqual(['agent', 'suggestion_expired']);
    expect(view.participants).toEqual([]);
  });

  it('gives a suggested agent who accepts the conversation', async () => {
    await socket.update(conversationId, removeBot, suggest('11'), toSkill('20'));

    const view = await until(async () => ((await read()).assignedTo ? read() : undefined));
    expect(view.assignedTo?.userId).toBe('11');
    expect(view.transfers).toHaveLength(1);
  });

  it('refuses a second removal: the agent is gone', async () => {
    await socket.update(conversationId, removeBot, toSkill('20'));

    const again = await socket.update(conversationId, removeBot, toSkill('20'));

    expect(again).toMatchObject({ code: 400, body: 'Agent does not exist in conversation' });
    expect((await read()).transfers).toHaveLength(1);
  });

  it.each([
    ['an unknown skill', [removeBot, toSkill('99')]],
    ['a deleted skill', [removeBot, toSkill('30')]],
    ['a skill change that leaves the agent', [toSkill('10')]],
    ['an unknown agent', [removeBot, suggest('77'), toSkill('10')]],
    ['a suggestion beside an assigned agent', [suggest('11')]],
    ['a field it does not know', [{ field: 'Nonsense' }]],
    ['a skill that is a number', [removeBot, { ...toSkill('10'), skill: 10 }]],
    ['no field at all', []],
  ])('refuses %s and changes nothing', async (_title, fields) => {
    const answer = await socket.update(conversationId, ...fields);

    expect(answer).toMatchObject({ code: 400, type: '.ReqBody$ErrorResp' });
    const view = await read();
    expect(view.assignedTo?.userId).toBe('1');
    expect(view.transfers).toEqual([]);
  });

  it('refuses a transfer which the current skill does not allow', async () => {
    await simulator.control.setSkill({ id: '20', canTransfer: false });
    await simulator.control.setSkill({ id: '10', skillTransferList: [] });
    for (const skillId of ['20', '10']) {
      const other = await simulator.control.createConversation({ assignedTo: 'bot', skillId });
      const refused = await socket.update(
        other.conversationId,
        removeBot,
        toSkill(skillId === '10' ? '20' : '10'),
      );
      expect(refused.code).toBe(400);
      const requeued = await socket.update(other.conversationId, removeBot, toSkill(skillId));
      expect(requeued.code).toBe(200);
    }
  });

  it('takes the conversation back from a queue, and from no one who has it', async () => {
    await socket.update(conversationId, removeBot, toSkill('20'));

    const back = await socket.update(conversationId, addBot);

    expect(back).toMatchObject({ code: 200, body: 'OK Agent added successfully' });
    expect(await read()).toMatchObject({ assignedTo: { userId: '1' }, ringing: [] });
    await socket.update(conversationId, removeBot, toSkill('10'));
    await until(async () => ((await read()).assignedTo?.userId === '11' ? true : undefined));
    expect(await socket.update(conversationId, addBot)).toMatchObject({ code: 400 });
  });

  it('takes back from a suggested agent and ends the suggestion', async () => {
    await socket.update(conversationId, removeBot, suggest('22'), toSkill('10'));

    expect((await socket.update(conversationId, addBot)).code).toBe(200);

    const view = await read();
    expect(view.participants).toMatchObject([{ userId: '1', state: 'ACTIVE' }]);
    expect(view.ringing).toEqual([]);
  });

  it('lets a manager join beside the agent, but not a user without the permission', async () => {
    await socket.update(conversationId, removeBot, toSkill('20'));
    const asManager = { ...addBot, role: 'MANAGER' };

    expect(await socket.update(conversationId, asManager)).toMatchObject({
      code: 200,
      body: 'OK Agent added successfully',
    });
    const other = await RawSocket.open(simulator, (await logIn(simulator, 'other-bot', 'pw2')).bearer);
    const refused = await other.update(conversationId, { ...asManager, userId: `${ACCOUNT}.2` });
    expect(refused.code).toBe(403);
    const stranger = await other.update(conversationId, toSkill('10'));
    expect(stranger).toMatchObject({ code: 400, body: 'Agent does not exist in conversation' });
    other.close();
  });

  it('returns to the queue of the same skill when only removed', async () => {
    await socket.update(conversationId, removeBot);

    expect((await read()).transfers).toMatchObject([{ kind: 'queue', fromSkillId: '-1', toSkillId: '-1' }]);
  });

  it.each([
    ['the conversation', { field: 'ConversationStateField', conversationState: 'CLOSE' }],
    ['the main dialog', { field: 'DialogChange', type: 'UPDATE', dialog: { dialogId: '', state: 'CLOSE' } }],
  ])('closes %s, tells DELETE and refuses everything after it', async (_title, field) => {
    await socket.subscribe();
    const own =
      'dialog' in field ? { ...field, dialog: { ...field.dialog, dialogId: conversationId } } : field;

    expect((await socket.update(conversationId, own)).code).toBe(200);

    const gone = await until(() => socket.changes().find((change) => change.type === 'DELETE'));
    expect(gone.result.conversationDetails.state).toBe('CLOSE');
    expect(await read()).toMatchObject({ state: 'CLOSE', closedBy: 'AGENT' });
    expect((await socket.update(conversationId, removeBot, toSkill('10'))).code).toBe(400);
    expect((await socket.publish(conversationId, 'too late')).code).toBe(400);
  });

  it('stamps every change later than the one before, also within a millisecond', async () => {
    await socket.subscribe();
    const slower = { field: 'TTRChange', type: 'UPDATE', ttrType: 'PRIORITIZED' };

    await Promise.all(Array.from({ length: 60 }, () => socket.update(conversationId, slower)));

    const stamps = socket.changes().map((c) => c.result.conversationDetails.metaDataLastUpdateTs);
    expect(stamps.length).toBeGreaterThan(60);
    expect([...new Set(stamps)].sort((a, b) => a - b)).toEqual(stamps);
  });

  it('leaves the conversation open for the survey where the account has one', async () => {
    await simulator.control.setSettings({ postSurvey: true });

    await socket.update(conversationId, {
      field: 'DialogChange',
      type: 'UPDATE',
      dialog: { dialogId: conversationId, state: 'CLOSE' },
    });

    expect((await read()).state).toBe('OPEN');
    expect((await socket.publish(conversationId, 'too late')).code).toBe(400);
  });
});
