// Transfers on the simulator: the order of message and transfer, exactly one of each whatever gets lost, and what
// counts as connected.
import { isValidTargetId } from '../../../platforms/liveperson/ids';
import type { FaultSpec } from '../../../platforms/liveperson/simulator';
import { ACCOUNT, AGENT, BOT, call, eventually, MESSAGE, openStage, OTHER_SKILL, SKILL } from './stage';
import type { Stage } from './stage';

const TRANSFER = '.ams.cm.UpdateConversationField';
const PUBLISH = '.ams.ms.PublishEvent';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const see = ({ conversationId }: { conversationId: string }): ReturnType<Stage['control']['conversation']> =>
  stage.control.conversation({ conversationId });

async function messages(conversationId: string): Promise<string[]> {
  const { transcript } = await stage.control.conversation({ conversationId });
  return transcript.filter(({ from }) => from === 'bot').map(({ externalId }) => externalId ?? 'none');
}

async function transfers(conversationId: string): Promise<string[]> {
  return (await stage.control.conversation({ conversationId })).transfers.map(({ kind }) => kind);
}

const once = (
  match: string,
  action: FaultSpec['action'],
  channel: FaultSpec['channel'] = 'ws',
): FaultSpec => ({
  channel,
  match,
  times: 1,
  action,
});

describe('a target id', () => {
  it.each(['', 'Returns', '12a', '-1', '4 711', '１２', '1.5', '{$botContext.skillId}'])(
    'is not valid for a skill when it is %p',
    (id) => {
      expect(isValidTargetId('skill', id)).toBe(false);
    },
  );

  it('is valid for a skill when it is numeric, for an agent also with the account before it', () => {
    expect(isValidTargetId('skill', '0471100000000000001')).toBe(true);
    expect(isValidTargetId('agent', '880365851')).toBe(true);
    expect(isValidTargetId('agent', '2344566.880365851')).toBe(true);
    expect(isValidTargetId('agent', 'paul')).toBe(false);
  });
});

describe('a transfer to a skill', () => {
  it('posts the message before it, as the last thing that the user reads', async () => {
    const desk = stage.openDesk();
    const transfer = await stage.newTransfer();

    const answer = await desk.requestTransfer(transfer, call());

    const { transcript, transfers: made, skillId } = await see(transfer);
    expect(transcript.at(-1)).toMatchObject({ from: 'bot', text: MESSAGE.text, externalId: MESSAGE.id });
    expect(transcript.at(-1)?.at).toBeLessThanOrEqual(made[0]?.at ?? 0);
    expect(skillId).toBe(SKILL);
    expect(answer).toEqual({
      kind: 'queued',
      raw: {
        code: 200,
        body: 'OK Agent removed successfully',
        conversationId: transfer.conversationId,
        skillId: SKILL,
      },
    });
  });

  it('is not tried when the message was refused, and says so', async () => {
    const transfer = await stage.newTransfer();
    await stage.control.addFault(once(PUBLISH, { kind: 'status', status: 403, body: 'no such right' }));

    const answer = await stage.openDesk().requestTransfer(transfer, call());

    expect(answer).toMatchObject({ kind: 'declined' });
    expect(await transfers(transfer.conversationId)).toEqual([]);
  });

  it.each(['old', 'pid'] as const)(
    'knows who joined when participants carry the %s id',
    async (participantIds) => {
      await stage.control.setSettings({ participantIds });
      const desk = stage.openDesk();
      const transfer = await stage.newTransfer();
      await desk.requestTransfer(transfer, call());

      await stage.control.agentJoins({ conversationId: transfer.conversationId, user: AGENT });
      const event = await desk.watch?.(transfer, 'queued', call());

      const { users } = await stage.control.users();
      const pid = users.find(({ userId }) => userId === AGENT)?.pid;
      expect(event).toEqual({
        kind: 'connected',
        agentId: participantIds === 'pid' ? pid : `${ACCOUNT}.${AGENT}`,
      });
    },
  );

  it.each(['string', 'object'] as const)('reads refusals whose body is a %s', async (errorBodies) => {
    await stage.control.setSettings({ errorBodies });
    const transfer = await stage.newTransfer({ kind: 'skill', id: '99999' });

    const answer = await stage.openDesk().requestTransfer(transfer, call());

    expect(answer).toMatchObject({ kind: 'declined', reason: 'invalid_target', raw: { code: 400 } });
  });

  it('tells the receiving bot the intent', async () => {
    const transfer = await stage.newTransfer();
    const fault = await stage.control.addFault({
      channel: 'ws',
      match: TRANSFER,
      contains: '"metadata":[{"type":"BotResponse","intents":[{"id":"billing"',
      action: { kind: 'delay', ms: 0 },
    });

    await stage.openDesk().requestTransfer({ ...transfer, context: { intent: 'billing' } }, call());

    const { faults } = await stage.control.faults();
    expect(faults.find(({ id }) => id === fault.id)?.hits).toBe(1);
  });
});

describe('a transfer that is asked for again', () => {
  it.each<[string, FaultSpec, number]>([
    ['the message was posted and its answer lost', once(PUBLISH, { kind: 'loseAnswer' }), 1],
    ['the socket broke before the message', once(PUBLISH, { kind: 'dropBefore' }), 1],
    ['the socket broke after the message', once(PUBLISH, { kind: 'dropAfter' }), 1],
    ['the transfer was made and its answer lost', once(TRANSFER, { kind: 'loseAnswer' }), 1],
    ['the socket broke before the transfer', once(TRANSFER, { kind: 'dropBefore' }), 1],
    ['the socket broke after the transfer', once(TRANSFER, { kind: 'dropAfter' }), 1],
    ['the service failed on the transfer', once(TRANSFER, { kind: 'status', status: 500 }), 1],
    [
      'the notification of the transfer came before its answer',
      once(TRANSFER, { kind: 'notifyBeforeAnswer' }),
      1,
    ],
  ])('by another worker makes one message and one transfer when %s', async (_what, fault) => {
    const transfer = await stage.newTransfer();
    const crashed = stage.openDesk({
      timeouts: { requestMs: 1_000, connectMs: 1_000, heartbeatMs: 5_000 },
    });
    await crashed.lookUp(transfer, call());
    await stage.control.addFault(fault);

    await crashed.requestTransfer(transfer, call()).catch(() => undefined);
    const answer = await stage.openDesk().requestTransfer(transfer, call());

    expect(answer.kind).toBe('queued');
    expect(await messages(transfer.conversationId)).toEqual([MESSAGE.id]);
    expect(await transfers(transfer.conversationId)).toEqual(['skill']);
  });

  it('settles an answer lost without a trace in what it knows of the conversation', async () => {
    const transfer = await stage.newTransfer();
    const desk = stage.openDesk({ timeouts: { requestMs: 1_000, connectMs: 1_000, heartbeatMs: 5_000 } });
    await desk.lookUp(transfer, call());
    await stage.control.addFault(once(TRANSFER, { kind: 'loseAnswer' }));
    await stage.control.addFault({
      channel: 'notification',
      match: 'ExConversationChange',
      times: 2,
      action: { kind: 'dropNotification' },
    });

    const lost = await desk.requestTransfer(transfer, call()).catch((error: unknown) => error);
    const answer = await desk.requestTransfer(transfer, call());

    expect(lost).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', resultUnknown: true });
    expect(answer.kind).toBe('queued');
    expect(await transfers(transfer.conversationId)).toEqual(['skill']);
  });

  it('finds its message behind more than one page of others', async () => {
    const transfer = await stage.newTransfer();
    const { conversationId } = transfer;
    const desk = stage.openDesk();
    await desk.requestTransfer(transfer, call());
    for (let n = 0; n < 501; n += 1)
      await stage.control.consumerMessage({ conversationId, text: 'still there?' });
    await desk.withdraw(transfer, call());

    await stage
      .openDesk()
      .requestTransfer({ ...transfer, target: { kind: 'skill', id: OTHER_SKILL } }, call());

    expect(await messages(conversationId)).toEqual([MESSAGE.id]);
  });
});

describe('a transfer to an agent', () => {
  const target = { kind: 'skill', id: SKILL, agentId: AGENT } as const;

  it('suggests the agent who has the skill and is there, and is not connected before they accept', async () => {
    const desk = stage.openDesk();
    const transfer = await stage.newTransfer(target);

    await desk.requestTransfer(transfer, call());
    const { participants } = await see(transfer);
    const before = await desk.lookUp(transfer, call());
    await stage.control.agentJoins({ conversationId: transfer.conversationId, user: AGENT });

    expect(participants).toEqual([expect.objectContaining({ userId: AGENT, state: 'SUGGESTED' })]);
    expect(before.kind).toBe('queued');
    expect(await desk.watch?.(transfer, 'queued', call())).toEqual({
      kind: 'connected',
      agentId: `${ACCOUNT}.${AGENT}`,
    });
  });

  it.each([
    ['away', { availability: 'AWAY' as const }],
    ['logged out', { connected: false }],
    ['not assigned to the skill', { skillIds: [OTHER_SKILL] }],
    ['full', { maxAsyncChats: 0 }],
  ])('asks the skill when the agent is %s', async (_what, change) => {
    await stage.control.setUser({ userId: AGENT, ...change });
    const desk = stage.openDesk();
    const transfer = await stage.newTransfer(target);

    expect((await desk.check(target, call())).agent).toBe('no');
    await desk.requestTransfer(transfer, call());

    const { participants, skillId } = await see(transfer);
    expect(participants).toEqual([]);
    expect(skillId).toBe(SKILL);
  });

  it('asks the skill when nobody can say whether the agent is there', async () => {
    await stage.control.addFault({
      channel: 'http',
      match: 'agent-view',
      action: { kind: 'status', status: 500 },
    });
    const desk = stage.openDesk();
    const transfer = await stage.newTransfer(target);

    expect(await desk.check(target, call())).toEqual({
      exists: 'yes',
      available: 'unknown',
      agent: 'unknown',
    });
    const answer = await desk.requestTransfer(transfer, call());

    expect(answer.kind).toBe('queued');
    expect(await transfers(transfer.conversationId)).toEqual(['skill']);
  });

  it('without a skill keeps the one that the conversation has', async () => {
    const { conversationId } = await stage.control.createConversation({
      assignedTo: BOT,
      skillId: OTHER_SKILL,
    });
    const request = { conversationId, transferId: 't', target: { kind: 'agent', id: AGENT } } as const;

    const answer = await stage.openDesk().requestTransfer(request, call());

    expect(answer).toMatchObject({
      kind: 'queued',
      raw: { skillId: OTHER_SKILL, suggested: `${ACCOUNT}.${AGENT}` },
    });
  });
});

describe('a rung that nobody answered', () => {
  it('is taken back before the next one, whose transfer is made once', async () => {
    const desk = stage.openDesk();
    const first = await stage.newTransfer();
    await desk.requestTransfer(first, call());
    await desk.withdraw(first, call());
    const second = { ...first, transferId: 'second', target: { kind: 'skill', id: OTHER_SKILL } } as const;

    await desk.requestTransfer(second, call());
    await stage.openDesk().requestTransfer(second, call());

    const { skillId, ringing } = await see(first);
    expect(skillId).toBe(OTHER_SKILL);
    expect(ringing).toEqual([]);
    expect(await transfers(first.conversationId)).toEqual(['skill', 'takeover', 'skill']);
    expect(await messages(first.conversationId)).toEqual([MESSAGE.id]);
  });

  it('is taken back also when the answer to that was lost', async () => {
    const desk = stage.openDesk();
    const transfer = await stage.newTransfer();
    await desk.requestTransfer(transfer, call());
    await stage.control.addFault(once(TRANSFER, { kind: 'dropAfter' }));

    await desk.withdraw(transfer, call()).catch(() => undefined);

    expect(await desk.withdraw(transfer, call())).toEqual({ kind: 'withdrawn' });
    expect((await see(transfer)).assignedTo?.userId).toBe(BOT);
  });

  it('whose transfer the service acknowledged and lost is with the bot, and withdrawn', async () => {
    const desk = stage.openDesk();
    const transfer = await stage.newTransfer();
    await desk.lookUp(transfer, call());
    await stage.control.addFault(once(TRANSFER, { kind: 'loseEffect' }));
    await desk.requestTransfer(transfer, call());

    expect(await desk.withdraw(transfer, call())).toEqual({ kind: 'withdrawn' });
  });
});

describe('watching', () => {
  it('goes on over a broken socket and hears what happened meanwhile', async () => {
    const desk = stage.openDesk();
    const transfer = await stage.newTransfer();
    await desk.requestTransfer(transfer, call());
    const watching = desk.watch?.(transfer, 'queued', call());
    await stage.control.closeSockets({ code: 1001 });

    await stage.control.agentJoins({ conversationId: transfer.conversationId, user: AGENT });

    expect(await watching).toEqual({ kind: 'connected', agentId: `${ACCOUNT}.${AGENT}` });
  });

  it('hears that the conversation ended while the socket was away', async () => {
    const desk = stage.openDesk();
    const transfer = await stage.newTransfer();
    await stage.newConversation();
    await desk.requestTransfer(transfer, call());
    const watching = desk.watch?.(transfer, 'queued', call());
    await stage.control.closeSockets({ code: 1001 });

    await stage.control.consumerCloses({ conversationId: transfer.conversationId });

    expect(await watching).toEqual({ kind: 'userLeft' });
  });

  it('is not confused by duplicates and reordered notifications', async () => {
    const desk = stage.openDesk();
    const transfer = await stage.newTransfer();
    await desk.lookUp(transfer, call());
    const notification = { channel: 'notification', match: 'ExConversationChange', times: 1 } as const;
    await stage.control.addFault({ ...notification, action: { kind: 'reorder' } });
    await stage.control.addFault({ ...notification, times: 3, action: { kind: 'duplicate' } });

    await desk.requestTransfer(transfer, call());
    await stage.control.agentJoins({ conversationId: transfer.conversationId, user: AGENT });

    expect(await desk.watch?.(transfer, 'queued', call())).toMatchObject({ kind: 'connected' });
    await eventually(
      () => desk.lookUp(transfer, call()),
      ({ kind }) => kind === 'connected',
    );
  });
});

describe('an account with more open conversations than a snapshot holds', () => {
  beforeEach(async () => {
    for (let n = 0; n < 1_000; n += 50)
      await Promise.all(
        Array.from({ length: 50 }, () => stage.control.createConversation({ skillId: OTHER_SKILL })),
      );
  });

  it('still has its transfers made once, and hears of the human', async () => {
    const transfer = await stage.newTransfer();
    const first = await stage.openDesk().requestTransfer(transfer, call());
    const desk = stage.openDesk();

    const again = await desk.requestTransfer(transfer, call());
    await stage.control.agentJoins({ conversationId: transfer.conversationId, user: AGENT });

    expect(first.kind).toBe('queued');
    expect(again.kind).toBe('requested');
    expect(await transfers(transfer.conversationId)).toEqual(['skill']);
    expect(await messages(transfer.conversationId)).toEqual([MESSAGE.id]);
    expect(await desk.watch?.(transfer, undefined, call())).toMatchObject({ kind: 'connected' });
  });

  it('does not take a conversation for closed because it was not told of it', async () => {
    const transfer = await stage.newTransfer();
    await stage.openDesk().requestTransfer(transfer, call());

    expect(await stage.openDesk().lookUp(transfer, call())).toEqual({ kind: 'requested' });
  });

  it('knows from a refusal that the user has left', async () => {
    const transfer = await stage.newTransfer();
    await stage.control.consumerCloses({ conversationId: transfer.conversationId });

    expect(await stage.openDesk().requestTransfer(transfer, call())).toEqual({ kind: 'userLeft' });
  });
});
