// The state of a conversation with a bot: what is noted, what is to be done next, and what is remembered.
import type { BotTurn } from '../../domain/bot-session';
import {
  becomeFree,
  beginHandOff,
  failsForEver,
  handedOff,
  hop,
  isAboutHandOff,
  noteAnswered,
  withinLoopBudget,
} from '../../domain/bot-session-hand-off';
import { heardBot, heardUser, nextSequence, textOf } from '../../domain/bot-session-hears';
import {
  nextDeed,
  noteHandedOver,
  noteLeaving,
  noteNotice,
  noteUserSays,
  takeDeed,
  waitsUntil,
} from '../../domain/bot-session-inbox';
import {
  openSessionState,
  sessionStatus,
  type BotSessionState,
  type SessionNotice,
  type SessionPlan,
} from '../../domain/bot-session-state';

const AT = 1_000_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ACCOUNT = { connector: 'acme', botId: 'bot-1' };
const PLAN: SessionPlan = {
  connector: 'acme',
  entryBotId: 'bot-1',
  integration: 'handoff',
  onError: 'handoff',
  maxHops: 2,
  userRequestIntents: [],
  defaultResponse: 'Sorry.',
};

const fresh = (): BotSessionState => openSessionState({ tenant: 't', conversationId: 'c', bot: 'b' }, AT);

const aTurn = (with_: Partial<BotTurn> = {}): BotTurn => ({ session: { generation: 1 }, said: [], ...with_ });

const talking = (): BotSessionState => {
  const state = fresh();
  heardBot(state, ACCOUNT, aTurn());
  return state;
};

const aNotice = (with_: Partial<SessionNotice> = {}): SessionNotice => ({
  id: 'n1',
  type: 'escalation.connected',
  requestId: 'r1',
  ...with_,
});

const handingOff = (with_: { readonly toBots?: true } = {}): BotSessionState => {
  const state = talking();
  beginHandOff(state, { requestId: 'r1', reason: 'configured', inReplyTo: 'r1', ...with_ });
  return state;
};

describe('what the user says', () => {
  test('begins a session where nobody has the conversation, and goes to the bot that has it', () => {
    const state = fresh();
    noteUserSays(state, AT, { id: 'u1', text: 'hello' });
    expect(nextDeed(state)).toEqual({ kind: 'begin', said: { id: 'u1', text: 'hello' } });
    heardBot(state, ACCOUNT, aTurn());
    expect(nextDeed(state)).toMatchObject({ kind: 'say' });
    becomeFree(state, 'over');
    expect(nextDeed(state)).toMatchObject({ kind: 'begin' });
  });

  test('is for whoever is on the way, but waits while only another bot is', () => {
    const toHuman = handingOff();
    const toBot = handingOff({ toBots: true });
    for (const state of [toHuman, toBot]) noteUserSays(state, AT, { id: 'u1', text: 'hello' });
    expect(nextDeed(toHuman)).toMatchObject({ kind: 'forward' });
    expect(nextDeed(toBot)).toBeUndefined();
    handedOff(toHuman);
    expect(nextDeed(toHuman)).toMatchObject({ kind: 'forward' });
  });

  test('counts once, and keeps its order', () => {
    const state = talking();
    for (const id of ['a', 'b', 'a', 'b', 'c']) noteUserSays(state, AT, { id, text: id });
    expect(state.queue.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  test('is dropped and told of once too much waits', () => {
    const state = talking();
    for (let index = 0; index < 150; index += 1) noteUserSays(state, AT, { id: `u${index}`, text: 'x' });
    expect(state.queue).toHaveLength(100);
    expect(state.story.at(-1)?.event).toBe('message_dropped');
    const other = talking();
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f'])
      noteUserSays(other, AT, { id, text: 'x'.repeat(16_000) });
    expect(other.queue).toHaveLength(4);
  });

  test('has the label of a choice as its text', () => {
    const state = fresh();
    const choices = [{ id: 'c1', label: 'Order status' }];
    heardBot(state, ACCOUNT, aTurn({ said: [{ id: 'w1', text: '1. Order status', choices, delayMs: 0 }] }));
    expect(textOf(state, { id: 'u1', choiceId: 'c1' })).toBe('Order status');
    expect(textOf(state, { id: 'u1', choiceId: 'c2' })).toBeUndefined();
  });
});

describe('what is done next', () => {
  test('is leaving before all else; what was said before it is answered by nobody', () => {
    const state = handingOff();
    noteUserSays(state, AT, { id: 'u1', text: 'hello' });
    noteNotice(state, AT, aNotice());
    noteLeaving(state);
    expect(nextDeed(state)).toEqual({ kind: 'leave' });
    takeDeed(state, { kind: 'leave' });
    expect(state.queue).toEqual([]);
  });

  test('is a notice before what the user said since', () => {
    const state = handingOff();
    noteUserSays(state, AT, { id: 'u1', text: 'hello' });
    noteNotice(state, AT, aNotice());
    const deed = nextDeed(state);
    expect(deed).toMatchObject({ kind: 'hear' });
    if (deed) takeDeed(state, deed);
    expect(nextDeed(state)).toMatchObject({ kind: 'forward' });
  });

  test('is not a session handed over while an escalation is not decided', () => {
    const state = handingOff();
    noteHandedOver(state, AT, { turn: aTurn(), botId: 'bot-1', sequence: 7 });
    expect(nextDeed(state)).toBeUndefined();
    becomeFree(state, 'idle');
    expect(nextDeed(state)).toMatchObject({ kind: 'goOn' });
  });
});

describe('sequence numbers', () => {
  test('only grow, and are above what a client has used', () => {
    const state = talking();
    expect([nextSequence(state), nextSequence(state)]).toEqual([1, 2]);
    noteHandedOver(state, AT, { turn: aTurn(), botId: 'bot-1', sequence: 1_649_209_595_399 });
    expect(nextSequence(state)).toBe(1_649_209_595_400);
    noteHandedOver(state, AT, { turn: aTurn(), botId: 'bot-1', sequence: 3 });
    becomeFree(state, 'over');
    expect(nextSequence(state)).toBe(1_649_209_595_401);
  });
});

describe('a session handed over', () => {
  test('counts once, by what the bot asked with it', () => {
    const state = fresh();
    const turn = aTurn({ escalates: { messageId: 'm1', targets: [] } });
    noteHandedOver(state, AT, { turn, botId: 'bot-1', sequence: 1 });
    const deed = nextDeed(state);
    if (deed) takeDeed(state, deed);
    noteHandedOver(state, AT, { turn, botId: 'bot-1', sequence: 1 });
    expect(nextDeed(state)).toBeUndefined();
  });
});

describe('notices', () => {
  test('of progress, and those heard before, are not heard', () => {
    const state = handingOff();
    noteNotice(state, AT, aNotice({ id: 'p', progress: true }));
    expect(state.notices).toEqual([]);
    noteNotice(state, AT, aNotice());
    noteNotice(state, AT, aNotice());
    expect(state.notices).toHaveLength(1);
  });

  test('are about the handoff at hand unless they are of one that was answered', () => {
    const state = handingOff();
    expect(isAboutHandOff(state, aNotice())).toBe(true);
    expect(isAboutHandOff(state, aNotice({ requestId: 'of-another-who-asked' }))).toBe(true);
    noteAnswered(state, ['r0']);
    expect(isAboutHandOff(state, aNotice({ requestId: 'r0' }))).toBe(false);
    expect(isAboutHandOff(talking(), aNotice())).toBe(false);
  });
});

describe('the loop budget', () => {
  test('counts bots that take over one from another, until somebody else has the conversation', () => {
    const state = talking();
    state.plan = PLAN;
    const targets = [
      { kind: 'bot', id: 'bot-2' },
      { kind: 'queue', id: 'q1' },
    ];
    hop(state);
    expect(withinLoopBudget(state, targets)).toEqual(targets);
    hop(state);
    expect(withinLoopBudget(state, targets)).toEqual([{ kind: 'queue', id: 'q1' }]);
    heardUser(state, { id: 'u1', text: 'hello' });
    expect(state.hops).toBe(2);
    handedOff(state);
    expect(state.hops).toBe(0);
  });

  test('counts failures until the user says something', () => {
    const state = talking();
    state.failures = 5;
    expect(failsForEver(state)).toBe(true);
    heardUser(state, { id: 'u1', text: 'hello' });
    expect(failsForEver(state)).toBe(false);
  });
});

describe('a wait', () => {
  test('for anything ends after three days, or a quarter of an hour where nobody has the conversation', () => {
    expect(waitsUntil(talking())).toBe(AT + 3 * DAY_MS);
    expect(waitsUntil(fresh())).toBe(AT + 15 * MINUTE_MS);
    const state = talking();
    becomeFree(state, 'over');
    expect(waitsUntil(state)).toBe(AT + 15 * MINUTE_MS);
  });

  test('for a request that was answered before is short', () => {
    const state = handingOff();
    beginHandOff(state, { requestId: 'r1', reason: 'configured', giveUpAt: AT + 5 });
    expect(waitsUntil(state)).toBe(AT + 5);
  });
});

test('what is told of a conversation has no word of it', () => {
  const state = handingOff();
  heardUser(state, { id: 'u1', text: 'my secret' });
  noteUserSays(state, AT, { id: 'u2', text: 'my secret' });
  const status = sessionStatus(state);
  expect(status).toMatchObject({ phase: 'handing_off', requestId: 'r1', waiting: 1, botId: 'bot-1' });
  expect(JSON.stringify(status)).not.toContain('secret');
});

test('what is kept stays small however long the conversation lasts', () => {
  const state = talking();
  for (let index = 0; index < 2_000; index += 1) {
    const text = `${index} ${'x'.repeat(2_000)}`;
    noteUserSays(state, AT, { id: `${index}`.padStart(200, '0'), text });
    const deed = nextDeed(state);
    if (deed?.kind === 'say') takeDeed(state, deed);
    heardUser(state, { id: String(index), text });
    const said = [{ id: `w${index}`, text, delayMs: 0 }];
    heardBot(state, ACCOUNT, aTurn({ said }));
    noteAnswered(state, [`r${index}`]);
  }
  expect(JSON.stringify(state).length).toBeLessThan(200_000);
  expect(state.transcript.at(-1)?.text.length).toBeLessThanOrEqual(1_000);
});
