// Conversations with a bot that Baton speaks to: what comes twice, too late, or in an unlucky moment, and how each ends.
import type { DeskWord } from '../../domain/desk-event';
import { transferId } from '../../domain/ids';
import { DEFAULT_RELAY } from '../../domain/plan';
import { PRESET_BOTS } from '../../platforms/einstein-bots/simulator';
import { createBotSessionStage, type BotSessionStage, type Conversation } from '../support/bot-session-stage';

let stage: BotSessionStage;

beforeAll(async () => {
  stage = await createBotSessionStage();
}, 120_000);

afterAll(() => stage?.close());

const untilReads = (user: Conversation, text: string): Promise<readonly string[]> =>
  stage.until(`the user to read ${text}`, async () => {
    const read = await user.read();
    return read.at(-1) === text && read;
  });

/** Until the escalation is in this phase. */
const untilStands = (user: Conversation, wanted: string): Promise<true> =>
  stage.until(`the escalation to be ${wanted}`, async () => {
    const { phase } = await user.escalation().query<{ phase: string }>('status');
    return phase === wanted && true;
  });

describe('a session', () => {
  test.each(['Expiration', 'Invalid'] as const)(
    'that is gone (%s) is begun again with what the user said',
    async (reason) => {
      await stage.play({ bot: 'receiver' }, async (user) => {
        await user.says('hello');
        await user.reads(2);
        const [session] = await stage.sessionsOf(user);
        await stage.einstein.expire(session?.id ?? '', reason);
        await user.says('still there?');
        await user.reads(4);
        const [, next] = await stage.sessionsOf(user);
        expect(next).toMatchObject({ botId: PRESET_BOTS.receiver, ended: null });
        expect(next?.said[0]).toEqual({ from: 'user', text: 'still there?' });
      });
    },
  );

  test('that is busy is waited for, and nothing is said twice', async () => {
    await stage.play({ bot: 'variables' }, async (user) => {
      await user.says('hello');
      await user.reads(2);
      await stage.einstein.fault({ kind: 'status', status: 423, on: 'text' });
      await user.says('Ada');
      await user.reads(3);
      const [session] = await stage.sessionsOf(user);
      expect(session?.variables).toContainEqual({ name: 'name', type: 'text', value: 'Ada' });
      expect(session?.said.filter(({ text }) => text === 'Ada')).toHaveLength(1);
    });
  });

  test('hears every message once and in order, whatever comes twice', async () => {
    await stage.play({ bot: 'variables', record: 'bot-session-twice' }, async (user) => {
      await user.says('hello', { id: 'a' });
      await user.says('hello', { id: 'a' });
      await user.says('Ada', { id: 'b' });
      await user.says('ada@example.com', { id: 'c' });
      await user.says('Ada', { id: 'b' });
      await user.says('Example Inc', { id: 'd' });
      await user.says('Example Inc', { id: 'd' });
      const texts = await user.reads(6);
      expect(texts[4]).toBe('Hi Ada! I have received what you told the Variables Bot.');
      const [first, second] = await stage.sessionsOf(user);
      expect(first?.said.filter(({ from }) => from === 'user').map(({ text }) => text)).toEqual([
        'hello',
        'Ada',
        'ada@example.com',
        'Example Inc',
      ]);
      const { story } = await user.status();
      const requestId = story.find(({ event }) => event === 'escalation_asked')?.detail?.split(' ')[1] ?? '';
      await user.hears({ id: 'again', type: 'escalation.connected', requestId });
      await user.hears({ id: 'again', type: 'escalation.failed', requestId });
      await user.becomes('talking');
      expect(await stage.sessionsOf(user)).toHaveLength(2);
      expect(second?.ended).toBeNull();
    });
  });

  test('takes a choice by the id that the client got with it', async () => {
    await stage.play({ bot: 'support' }, async (user) => {
      await user.says('hello');
      await untilReads(user, '1. Order status\n2. Talk to a person\n3. End chat');
      const shown = (await stage.user.state()).transcripts[user.id]?.at(-1);
      expect(shown?.choices?.map(({ label }) => label)).toEqual([
        'Order status',
        'Talk to a person',
        'End chat',
      ]);
      await user.chooses(shown?.choices?.[2]?.id ?? '');
      await untilReads(user, 'Goodbye!');
      await user.becomes('over');
      expect((await user.story()).at(-1)).toBe('ended_by_bot');
    });
  });

  test('shows what a bot says after its delays', async () => {
    await stage.play({ bot: 'support', record: 'bot-session-delays' }, async (user) => {
      const shown = async (): Promise<number[]> =>
        ((await stage.user.state()).transcripts[user.id] ?? []).map(({ at }) => Date.parse(at));
      await user.says('hello');
      await stage.until('all', async () => (await shown()).length === 3);
      const { events } = await user.handle().fetchHistory();
      const timers = (events ?? []).filter((event) => event.timerFiredEventAttributes);
      expect(timers.length).toBeGreaterThanOrEqual(1);
    });
  });
});

describe('a user who leaves', () => {
  test('while the bot talks ends its session', async () => {
    await stage.play({ bot: 'support', record: 'bot-session-leaves-talking' }, async (user) => {
      await user.says('hello');
      await user.becomes('talking');
      await user.leaves();
      await user.leaves();
      await user.becomes('over');
      await stage.until('the session to end', async () => {
        const [session] = await stage.sessionsOf(user);
        return session?.ended?.reason === 'UserRequest';
      });
    });
  });

  test('on the way to a human takes the escalation with them', async () => {
    const integration = { requestedTargets: { queue: 'desk' } };
    await stage.desk.setTarget({ kind: 'queue', id: stage.queueId });
    await stage.play(
      { bot: 'support', integration, record: 'bot-session-leaves-handing-off' },
      async (user) => {
        await user.says('a human please');
        await user.becomes('handing_off');
        await untilStands(user, 'queued');
        await user.leaves();
        await user.becomes('over');
        expect(await user.escalationEnds()).toMatchObject({ outcome: { kind: 'abandoned' } });
        const [session] = await stage.sessionsOf(user);
        expect(session?.ended?.reason).toBe('UserRequest');
      },
    );
  });

  test('before the bot has answered leaves no session behind', async () => {
    await stage.play({ bot: 'support', record: 'bot-session-leaves-at-once' }, async (user) => {
      await stage.einstein.hold({ on: 'start' });
      await user.says('hello');
      await stage.until('the session to begin', async () => (await stage.einstein.state()).held === 1);
      await user.leaves();
      await stage.until('nobody to wait for the bot', async () => {
        const { events } = await user.handle().fetchHistory();
        return events?.some((event) => event.activityTaskCancelRequestedEventAttributes);
      });
      await stage.einstein.release();
      await user.becomes('over');
      const open = async (): Promise<number> =>
        (await stage.sessionsOf(user)).filter(({ ended }) => ended === null).length;
      await stage.until('no open session', async () => (await open()) === 0);
      await user.says('again');
      await user.becomes('talking');
    });
  });

  test('after a bot has handed them on ends the session of the one that has them', async () => {
    await stage.play({ bot: 'variables' }, async (user) => {
      await user.says('hello');
      await user.says('Ada');
      await user.says('ada@example.com');
      await user.says('Example Inc');
      await user.reads(6);
      await user.becomes('talking');
      await user.leaves();
      await user.becomes('over');
      await stage.until('the session to end', async () => {
        const [, receiver] = await stage.sessionsOf(user);
        return receiver?.ended?.reason === 'UserRequest';
      });
    });
  });

  test('and is gone at the client says no more', async () => {
    await stage.play({ bot: 'support' }, async (user) => {
      await user.says('hello');
      await user.becomes('talking');
      await stage.user.endConversation(user.id);
      await user.says('anything');
      await user.becomes('over');
      expect(await user.story()).toContain('user_gone');
    });
  });
});

describe('a human', () => {
  const integration = {
    requestedTargets: { queue: 'desk' },
    relay: { ...DEFAULT_RELAY, variables: [] },
  };

  /** Has the user handed off; resolves with the transfer. */
  async function handedOff(user: Conversation): Promise<string> {
    await stage.desk.setTarget({ kind: 'queue', id: stage.queueId });
    await user.says('a human please');
    await user.becomes('handing_off');
    await untilStands(user, 'queued');
    const { requestId } = await user.status();
    return transferId(user.id, requestId ?? '', 0);
  }

  test('who has taken over gets what the user writes, and after them the first bot begins anew', async () => {
    await stage.play({ bot: 'support', integration, record: 'bot-session-human' }, async (user) => {
      const transfer = await handedOff(user);
      await user.says('it is urgent');
      const tell = (id: string, word: DeskWord): Promise<void> =>
        user.escalation().signal('deskNews', { transferId: transfer, news: [{ id, word }] });
      await stage.desk.accept(transfer);
      await tell('w1', { kind: 'connected', agentId: 'maria' });
      await user.becomes('handed_off');
      await user.says('hello Maria');
      const carried = async (): Promise<readonly string[]> =>
        ((await stage.desk.state()).conversations[user.id]?.chat ?? [])
          .filter(({ from }) => from === 'user')
          .map(({ text }) => text ?? '');
      await stage.until('both messages', async () => (await carried()).length === 2);
      expect(await carried()).toEqual(['it is urgent', 'hello Maria']);
      await tell('w2', { kind: 'ended', by: 'agent' });
      await user.becomes('idle');
      await user.says('one more thing');
      await user.becomes('talking');
      expect((await stage.sessionsOf(user)).map(({ ended }) => ended?.reason)).toEqual([
        'Transfer',
        undefined,
      ]);
    });
  });

  test('who has taken over is told when the user leaves', async () => {
    await stage.play({ bot: 'support', integration }, async (user) => {
      const transfer = await handedOff(user);
      const news = [{ id: 'w1', word: { kind: 'connected', agentId: 'maria' } }];
      await stage.desk.accept(transfer);
      await user.escalation().signal('deskNews', { transferId: transfer, news });
      await user.becomes('handed_off');
      await user.leaves();
      await user.becomes('over');
      const result = await user.escalationEnds();
      expect(result.returned).toMatchObject({ by: 'user', reason: 'left' });
    });
  });

  test('whose escalation is over leaves the user with the first bot', async () => {
    await stage.play({ bot: 'support', record: 'bot-session-after-ticket' }, async (user) => {
      await stage.omni.setAgent({
        username: 'ada@acme.example',
        queues: ['Customer_Support_Queue'],
        behaviour: { kind: 'accept', afterMs: 10 },
      });
      await user.says('a human please');
      await user.becomes('handed_off');
      await user.escalationEnds();
      await user.says('hello again');
      await user.becomes('talking');
      expect(await user.story()).toContain('escalation_over');
    });
  });
});

describe('a conversation', () => {
  test('that is handed over goes on as if it had been Baton’s, and nothing is shown twice', async () => {
    const desk = stage.accounts.desk('acme', 'acme-bots').sessions;
    const call = { signal: AbortSignal.timeout(30_000) };
    await stage.play({ bot: 'support', record: 'bot-session-handed-over' }, async (user) => {
      const begun = await desk?.begin({ botId: PRESET_BOTS.support, key: crypto.randomUUID() }, call);
      if (!desk || !begun) throw new Error('no session');
      const message = { sequence: 41, message: { kind: 'text', text: 'a human please' } } as const;
      const turn = await desk.say(begun.session, message, call);
      expect(turn.escalates).toBeDefined();
      const handed = {
        turn,
        botId: PRESET_BOTS.support,
        sequence: 41,
        transcript: [{ from: 'user' as const, text: 'a human please' }],
      };
      await stage.omni.setAgent({
        username: 'idle@acme.example',
        queues: ['Customer_Support_Queue'],
        behaviour: { kind: 'accept', afterMs: 10 },
      });
      await user.handsOver(handed);
      await user.handsOver(handed);
      const status = await user.becomes('handed_off');
      expect(status.sequence).toBe(42);
      expect(await user.read()).toEqual([]);
      expect((await user.story()).filter((event) => event === 'escalation_asked')).toHaveLength(1);
      const session = (await stage.sessionsOf(user)).at(-1);
      expect(session?.ended?.reason).toBe('Transfer');
    });
  });

  test('that an operator cancels ends the session at the bot', async () => {
    await stage.play({ bot: 'support', record: 'bot-session-operator' }, async (user) => {
      await user.says('hello');
      await user.becomes('talking');
      await user.handle().cancel();
      await stage.until('the end', async () => (await user.handle().describe()).status.name === 'CANCELLED');
      const [session] = await stage.sessionsOf(user);
      expect(session?.ended?.reason).toBe('Other');
    });
  });
});
