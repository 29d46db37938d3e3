// The tries of an activity have one input, and a chat moves on meanwhile: a later try asks the escalation.
import { createCarry, createListenToDesk } from '../../activities/chats';
import type { CarryInput } from '../../activities/types';
import type { ChatState } from '../../domain/chat';
import { escalationWorkflowId } from '../../domain/ids';
import type { Desk, DeskChat } from '../../platforms/desk';
import { anActivity } from './stage';

const OLD: ChatState = { generation: 1, place: 'old' };
const NEW: ChatState = { generation: 5, place: 'new' };
const INPUT: CarryInput = {
  tenant: 'acme',
  connector: 'desk',
  bot: 'bot',
  conversationId: 'c1',
  transferId: 't1',
  target: { kind: 'skill', id: '1' },
  chat: OLD,
  toAgent: { first: 1, messages: [{ id: 'u1', text: 'Hi' }] },
  toUser: [],
};

/** Activities on a desk that notes which state it was given, and an escalation that knows another. */
function aStage(known: ChatState | Error | undefined) {
  const given: (ChatState | undefined)[] = [];
  const asked: unknown[] = [];
  const chat: DeskChat = {
    send: ({ chat: state }, { messages }) => {
      given.push(state);
      return Promise.resolve({ taken: messages.length });
    },
    listen: ({ chat: state }) => Promise.resolve(void given.push(state)),
    close: () => Promise.resolve(),
  };
  const deps = {
    accounts: { desk: () => ({ chat }) as unknown as Desk } as never,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    signalEscalation: () => Promise.resolve(),
    askEscalation: (...question: unknown[]) => {
      asked.push(question);
      return known instanceof Error ? Promise.reject(known) : Promise.resolve(known);
    },
  };
  return { given, asked, carry: createCarry(deps), listen: createListenToDesk(deps) };
}

const tryOf = (attempt: number, more: object = {}) => anActivity({ attempt, ...more });

describe('where a chat stands', () => {
  it('is what the workflow gave, in the first try', async () => {
    const { carry, listen, given, asked } = aStage(NEW);

    await tryOf(1).run(() => carry(INPUT));
    await tryOf(1).run(() => listen(INPUT));

    expect(given).toEqual([OLD, OLD]);
    expect(asked).toEqual([]);
  });

  it('is what the workflow knows now, in a later try', async () => {
    const { carry, listen, given, asked } = aStage(NEW);

    await tryOf(2).run(() => carry(INPUT));
    await tryOf(2).run(() => listen(INPUT));

    expect(given).toEqual([NEW, NEW]);
    const question = [escalationWorkflowId('acme', 'c1'), 'chat', 't1'];
    expect(asked).toEqual([question, question]);
  });

  it('is the newest of all, for who listens', async () => {
    const heartbeat: ChatState = { generation: 7, place: 'heartbeat' };
    const { listen, given } = aStage(NEW);

    await tryOf(2, { heartbeatDetails: heartbeat }).run(() => listen(INPUT));

    expect(given).toEqual([heartbeat]);
  });

  it('is as given for who sends, where the workflow cannot be asked', async () => {
    const { carry, given } = aStage(new Error('unreachable'));

    await tryOf(2).run(() => carry(INPUT));

    expect(given).toEqual([OLD]);
  });

  it('has to be known before anybody listens', async () => {
    const { listen, given } = aStage(new Error('unreachable'));

    await expect(tryOf(2).run(() => listen(INPUT))).rejects.toThrow();

    expect(given).toEqual([]);
  });
});
