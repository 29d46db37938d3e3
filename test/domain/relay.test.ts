// The pure state of a relayed chat under every order of what can happen: each lane carries what it accepted, in order,
// but for what was given up, and no number means two messages.
import fc from 'fast-check';
import type { PlannedChat, RelayPlan } from '../../domain/plan';
import { DEFAULT_RELAY } from '../../domain/plan';
import {
  endRelay,
  fromUser,
  giveUpHead,
  hear,
  join,
  keepEarly,
  openRelay,
  type RelayState,
} from '../../domain/relay';
import type { Batch } from '../../domain/relay-lane';
import { endBatch, settleTo } from '../../domain/relay-lane';
import { beginToAgent, beginToUser, endToAgent, nextDeadline, passTime } from '../../domain/relay-limits';
import { linesOf } from '../../domain/relay-transcript';
import { splitMessage } from '../../domain/split-message';

const CHAT: PlannedChat = { maxChars: 10, attachments: 'refused' };
const AGENT_IS_TOLD = 'Your last message did not reach the user.';

type Step =
  | { readonly do: 'user' | 'agent'; readonly id: number }
  | { readonly do: 'begin' | 'giveUp'; readonly lane: 'toAgent' | 'toUser' }
  | { readonly do: 'finish'; readonly lane: 'toAgent' | 'toUser'; readonly taken: number }
  | { readonly do: 'delivered'; readonly share: number }
  | { readonly do: 'join' };

const aLane = fc.constantFrom('toAgent' as const, 'toUser' as const);
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('user', 'agent'), id: fc.nat({ max: 40 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const), lane: aLane }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('finish' as const), lane: aLane, taken: fc.nat({ max: 10 }) }),
  },
  fc.record({ do: fc.constant('giveUp' as const), lane: aLane }),
  fc.record({ do: fc.constant('delivered' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ do: fc.constant('join' as const) }),
);

/** A desk and a user that take what they are given, by number; and what was given up. */
interface Sides {
  readonly relay: RelayState;
  readonly batches: { toAgent?: Batch; toUser?: Batch };
  readonly accepted: { toAgent: string[]; toUser: string[] };
  /** Number to id, of everything that was ever under way. */
  readonly numbers: { toAgent: Map<number, string>; toUser: Map<number, string> };
  readonly carried: { toAgent: string[]; toUser: string[] };
  readonly givenUp: { toAgent: Set<string>; toUser: Set<string> };
  readonly clashes: string[];
}

function step(sides: Sides, what: Step, at: number): void {
  const { relay } = sides;
  switch (what.do) {
    case 'user':
      return void acceptFromUser(sides, at, `u${what.id}`);
    case 'agent':
      return void acceptFromAgent(sides, at, `a${what.id}`);
    case 'join':
      if (!relay.joined) join(relay, { transferId: 't', at, chat: CHAT });
      return;
    case 'begin':
      return begin(sides, what.lane, at);
    case 'finish':
      return finish(sides, what.lane, what.taken, at);
    case 'delivered': {
      const inFlight = sides.batches.toAgent;
      if (!inFlight) return;
      const count = inFlight.first - 1 + Math.floor(what.share * inFlight.messages.length);
      take(sides, 'toAgent', count);
      return hear(relay, at, `delivered-${at}`, { kind: 'delivered', count });
    }
    case 'giveUp':
      // Only what is not under way is given up.
      if (relay[what.lane].inFlight > 0) return;
      note(sides, what.lane);
      return giveUpHead(relay, what.lane, at);
  }
}

function acceptFromUser({ relay, accepted }: Sides, at: number, id: string): void {
  if (!accepted.toAgent.includes(id)) accepted.toAgent.push(id);
  fromUser(relay, at, { id, text: id });
}

function acceptFromAgent({ relay, accepted }: Sides, at: number, id: string): void {
  if (!accepted.toUser.includes(id)) accepted.toUser.push(id);
  const word = { kind: 'message', message: { id, text: id } } as const;
  if (relay.joined) hear(relay, at, `word-${at}`, word);
  else keepEarly(relay, { transferId: 't', id: `word-${at}`, word });
}

function begin(sides: Sides, lane: 'toAgent' | 'toUser', at: number): void {
  if (!sides.relay.joined) return;
  const batch = lane === 'toAgent' ? beginToAgent(sides.relay, CHAT, at) : beginToUser(sides.relay);
  if (!batch) return;
  sides.batches[lane] = batch;
  for (const [index, { id }] of batch.messages.entries()) {
    const known = sides.numbers[lane].get(batch.first + index);
    if (known !== undefined && known !== id)
      sides.clashes.push(`${lane} ${batch.first + index}: ${known}, ${id}`);
    sides.numbers[lane].set(batch.first + index, id);
  }
}

function finish(sides: Sides, lane: 'toAgent' | 'toUser', most: number, at: number): void {
  const batch = sides.batches[lane];
  if (!batch) return;
  const taken = Math.min(most, batch.messages.length);
  take(sides, lane, batch.first - 1 + taken);
  if (lane === 'toAgent') endToAgent(sides.relay, CHAT, at, batch, { taken, tried: taken });
  else {
    endBatch(sides.relay.toUser);
    settleTo(sides.relay.toUser, batch.first - 1 + taken, at);
  }
  delete sides.batches[lane];
}

/** The other side has everything of the batch up to this number. */
function take({ batches, carried }: Sides, lane: 'toAgent' | 'toUser', upTo: number): void {
  const batch = batches[lane];
  for (const [index, { id }] of batch?.messages.entries() ?? [])
    if ((batch?.first ?? 0) + index <= upTo && !carried[lane].includes(id)) carried[lane].push(id);
}

function note({ relay, givenUp }: Sides, lane: 'toAgent' | 'toUser'): void {
  const head = relay[lane].queue[0];
  if (head) givenUp[lane].add(head.message.id);
}

test('each lane carries what it accepted, in order, but for what was given up, whatever happens when', () => {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 150 }), (steps) => {
      const sides: Sides = {
        relay: openRelay(0),
        batches: {},
        accepted: { toAgent: [], toUser: [] },
        numbers: { toAgent: new Map(), toUser: new Map() },
        carried: { toAgent: [], toUser: [] },
        givenUp: { toAgent: new Set(), toUser: new Set() },
        clashes: [],
      };
      let at = 0;
      for (const one of [...steps, { do: 'join' } as const]) step(sides, one, (at += 1));
      for (const lane of ['toAgent', 'toUser'] as const) {
        finish(sides, lane, 0, at);
        while (sides.relay[lane].queue.length > 0) {
          begin(sides, lane, at);
          finish(sides, lane, 10, at);
        }
        const own = sides.carried[lane].filter((id) => !id.startsWith('undelivered/'));
        const expected = sides.accepted[lane].filter(
          (id) => !sides.givenUp[lane].has(id) || own.includes(id),
        );
        expect(own).toEqual(expected);
        expect(sides.relay[lane].settled).toBe(sides.relay[lane].accepted);
      }
      expect(sides.clashes).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

function aRelay(limits: Partial<PlannedChat> = {}): { relay: RelayState; chat: PlannedChat } {
  const relay = openRelay(0);
  const chat = { ...CHAT, ...limits };
  join(relay, { transferId: 't', at: 0, chat });
  return { relay, chat };
}

test('a text that is too long is sent in parts which together are the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.integer({ min: 2, max: 50 }),
      (text, most) => {
        const parts = splitMessage({ id: 'm', text }, most);

        expect(parts.map((part) => part.text).join('')).toBe(text);
        expect(new Set(parts.map(({ id }) => id)).size).toBe(parts.length);
        for (const part of parts) expect(part.text?.length).toBeLessThanOrEqual(most);
      },
    ),
  );
});

test('an attachment goes with the last part', () => {
  const attachment = { url: 'https://files.test/1', name: 'one', mediaType: 'image/png' };

  expect(splitMessage({ id: 'm', text: 'one two three', attachment }, 8)).toEqual([
    { id: 'm', text: 'one two ' },
    { id: 'm#2', text: 'three', attachment },
  ]);
});

test('never sends more in any minute than the platform takes', () => {
  const { relay, chat } = aRelay({ perMinute: 22, maxChars: 100 });
  for (let n = 1; n <= 100; n += 1) fromUser(relay, 0, { id: `u${n}`, text: 'x' });
  const sent: number[] = [];
  for (let now = 0; relay.toAgent.queue.length > 0 && now < 3_600_000; now += 1_000) {
    const batch = beginToAgent(relay, chat, now);
    if (!batch) continue;
    const taken = batch.messages.length;
    endToAgent(relay, chat, now, batch, { taken, tried: taken });
    sent.push(...Array.from({ length: taken }, () => now));
  }

  expect(sent).toHaveLength(100);
  for (const at of sent)
    expect(sent.filter((other) => other > at - 60_000 && other <= at).length).toBeLessThanOrEqual(22);
});

test('takes so few paced messages at once that two seconds hold them', () => {
  const { relay, chat } = aRelay({ gapMs: 700 });
  for (let n = 1; n <= 10; n += 1) fromUser(relay, 0, { id: `u${n}`, text: 'x' });

  expect(beginToAgent(relay, chat, 0)?.messages).toHaveLength(2);
});

test('refuses an attachment that the desk cannot take, and carries the text that came with it', () => {
  const { relay, chat } = aRelay();
  const attachment = { url: 'https://files.test/1', name: 'one', mediaType: 'image/png' };
  fromUser(relay, 5, { id: 'u1', text: 'look', attachment });

  expect(beginToAgent(relay, chat, 5)?.messages).toEqual([{ id: 'u1', text: 'look' }]);
  expect(relay.untold).toBe(1);
  expect(linesOf(relay.transcript)).toEqual([
    { at: 5, from: 'user', text: 'look' },
    { at: 5, from: 'user', attachment, undelivered: true },
  ]);
});

test('tells the sender once of a message in parts that did not arrive', () => {
  const { relay } = aRelay();
  fromUser(relay, 0, { id: 'u1', text: 'one two three four' });
  while (relay.toAgent.queue.length > 0) giveUpHead(relay, 'toAgent', 1);

  expect(relay.toAgent.givenUp).toBe(2);
  expect(relay.untold).toBe(1);
});

test('tells the agent in the chat that a message did not reach the user', () => {
  const { relay, chat } = aRelay({ maxChars: 500 });
  hear(relay, 0, 'w1', { kind: 'message', message: { id: 'a1', text: 'hello' } });
  giveUpHead(relay, 'toUser', 1);

  expect(beginToAgent(relay, chat, 1)?.messages).toEqual([{ id: 'undelivered/1', text: AGENT_IS_TOLD }]);
  expect(linesOf(relay.transcript)).toEqual([{ at: 0, from: 'agent', text: 'hello', undelivered: true }]);
});

test('keeps the newest 48 KB of the transcript and counts what it left out', () => {
  const { relay } = aRelay({ maxChars: 5_000 });
  for (let n = 1; n <= 200; n += 1) {
    fromUser(relay, n, { id: `u${n}`, text: `${n} ${'ä'.repeat(500)}` });
    settleTo(relay.toAgent, n, n);
  }
  const lines = linesOf(relay.transcript);

  expect(Buffer.byteLength(JSON.stringify(lines))).toBeLessThanOrEqual(50 * 1024);
  expect(relay.transcript.omitted + lines.length).toBe(200);
  expect(lines.at(-1)?.text).toMatch(/^200 /);
});

test('tells the sender even where the line has left the transcript', () => {
  const { relay } = aRelay({ maxChars: 5_000 });
  for (let n = 1; n <= 40; n += 1) fromUser(relay, n, { id: `u${n}`, text: 'x'.repeat(4_000) });
  giveUpHead(relay, 'toAgent', 50);

  expect(relay.transcript.omitted).toBeGreaterThan(0);
  expect(relay.untold).toBe(1);
});

describe('as time passes', () => {
  const plan: RelayPlan = {
    ...DEFAULT_RELAY,
    maxLengthMs: 10_000,
    agentGoneMs: 500,
    userIdle: { warnAfterMs: 1_000, endAfterMs: 1_500, warning: 'Still there?' },
  };

  test('a silent user is warned once, and then the chat ends', () => {
    const { relay, chat } = aRelay();

    expect(nextDeadline(relay, chat, plan, 0)).toBe(1_000);
    expect(passTime(relay, plan, 999)).toBeUndefined();
    expect(passTime(relay, plan, 1_000)).toBe('warn');
    expect(passTime(relay, plan, 1_001)).toBeUndefined();
    expect(nextDeadline(relay, chat, plan, 1_001)).toBe(1_500);
    passTime(relay, plan, 1_500);
    expect(relay.end).toEqual({ by: 'system', reason: 'idle', at: 1_500 });
  });

  test('a user who writes is not silent', () => {
    const { relay } = aRelay();
    passTime(relay, plan, 1_000);
    fromUser(relay, 1_100, { id: 'u1', text: 'yes' });

    expect(passTime(relay, plan, 1_600)).toBeUndefined();
    expect(passTime(relay, plan, 2_100)).toBe('warn');
  });

  test('a chat without an agent ends, unless another joins', () => {
    const { relay } = aRelay();
    hear(relay, 100, 'w1', { kind: 'agentLeft' });
    hear(relay, 200, 'w2', { kind: 'agentChanged', agentName: 'Ben' });
    passTime(relay, plan, 700);
    expect(relay.end).toBeUndefined();

    hear(relay, 800, 'w3', { kind: 'agentLeft' });
    passTime(relay, plan, 1_299);
    expect(relay.end).toBeUndefined();
    passTime(relay, plan, 1_300);
    expect(relay.end).toEqual({ by: 'agent', reason: 'agent_gone', at: 1_300 });
  });

  test('no chat is longer than it may be', () => {
    const { relay } = aRelay();
    for (let at = 0; at < 10_000; at += 900) fromUser(relay, at, { id: `u${at}`, text: 'x' });
    passTime(relay, plan, 10_000);

    expect(relay.end).toMatchObject({ by: 'system', reason: 'too_long' });
  });

  test('the first end stands', () => {
    const { relay } = aRelay();
    endRelay(relay, { by: 'user', reason: 'left', at: 5 });
    hear(relay, 6, 'w1', { kind: 'ended', by: 'agent' });

    expect(relay.end).toEqual({ by: 'user', reason: 'left', at: 5 });
  });
});
