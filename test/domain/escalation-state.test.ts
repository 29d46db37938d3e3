// The state of an escalation under every sequence of messages: nothing is lost, nothing counts twice, nothing throws.
import fc from 'fast-check';
import type { DeskEvent } from '../../domain/desk-event';
import { acceptDeskEvent } from '../../domain/escalation-hears';
import { interrupt, mustStop, stopOutcome, voidCancel } from '../../domain/escalation-interrupts';
import { acceptRequest, answerOf, beginAttempt } from '../../domain/escalation-requests';
import { handOver, openState, type EscalationState, type Transfer } from '../../domain/escalation-state';
import { humanStays, isUnsettled, openTransfer, retire } from '../../domain/escalation-transfers';
import { checkDeskEvent, checkRequest, isEscalationInput } from '../../domain/guards';

const NOW = 1_000;

type Step =
  | { do: 'ask'; id: number }
  | { do: 'begin' }
  | { do: 'transfer'; connector: number }
  | { do: 'event'; id: number; transfer: number; kind: DeskEvent['kind'] }
  | { do: 'retire'; transfer: number; standing: Exclude<Transfer['standing'], 'open'> }
  | { do: 'stays'; transfer: number }
  | { do: 'conclude'; outcome: 'failed' | 'connected' }
  | { do: 'interrupt'; by: 'user' | 'bot' };

const small = fc.nat({ max: 4 });
const kinds: DeskEvent['kind'][] = ['queued', 'position', 'connected', 'declined', 'userLeft', 'ended'];
const standings = ['connected', 'declined', 'withdrawn', 'withdrawal_unconfirmed'] as const;
const aStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('ask' as const), id: small }),
  fc.record({ do: fc.constant('begin' as const) }),
  fc.record({ do: fc.constant('transfer' as const), connector: small }),
  fc.record({
    do: fc.constant('event' as const),
    id: fc.nat({ max: 30 }),
    transfer: small,
    kind: fc.constantFrom(...kinds),
  }),
  fc.record({ do: fc.constant('retire' as const), transfer: small, standing: fc.constantFrom(...standings) }),
  fc.record({ do: fc.constant('stays' as const), transfer: small }),
  fc.record({ do: fc.constant('conclude' as const), outcome: fc.constantFrom('failed', 'connected') }),
  fc.record({ do: fc.constant('interrupt' as const), by: fc.constantFrom('user', 'bot') }),
);

/** Takes a step as the workflow would: only where it makes sense. */
function take(state: EscalationState, step: Step): void {
  const transfer = 'transfer' in step ? state.transfers[step.transfer] : undefined;
  switch (step.do) {
    case 'ask':
      return acceptRequest(state, NOW, { requestId: `r${step.id}`, integration: 'i' });
    case 'begin':
      if (state.pending) beginAttempt(state);
      return;
    case 'transfer':
      return send(state, `c${step.connector}`);
    case 'event':
      return acceptDeskEvent(state, NOW, {
        id: `e${step.id}`,
        transferId: `t${step.transfer}`,
        event: anEvent(step.kind),
      });
    case 'retire':
      if (transfer) retire(state, transfer, step.standing, 0);
      return;
    case 'stays':
      if (transfer && transfer.standing !== 'open') humanStays(state, NOW, transfer, 'maria');
      return;
    case 'conclude':
      return conclude(state, step.outcome);
    case 'interrupt':
      return interrupt(
        state,
        NOW,
        step.by === 'user' ? { kind: 'userLeft' } : { kind: 'cancelled', by: 'bot' },
      );
  }
}

function send(state: EscalationState, connector: string): void {
  const { attempt } = state;
  const rung = state.transfers.length;
  openTransfer(state, {
    transferId: `t${rung}`,
    attempt,
    rung,
    connector,
    target: { kind: 'skill', id: 's' },
  });
}

function conclude(state: EscalationState, outcome: 'failed' | 'connected'): void {
  if (state.attempts.length >= state.attempt) return;
  const ended =
    stopOutcome(state) ??
    (outcome === 'failed'
      ? ({ kind: 'failed', reason: 'no_agents' } as const)
      : ({ kind: 'connected', rung: 0 } as const));
  state.attempts.push({
    requestId: state.request?.requestId ?? '',
    attempt: state.attempt,
    outcome: ended,
  });
  if (ended.kind === 'failed') return;
  state.outcome = ended;
  handOver(state, ended.kind === 'connected' ? 'agent' : 'bot');
  if (ended.kind === 'connected') voidCancel(state, NOW);
}

function anEvent(kind: DeskEvent['kind']): DeskEvent {
  if (kind === 'position') return { kind, position: 1 };
  if (kind === 'declined') return { kind, reason: 'no_agents' };
  return { kind };
}

type Look = (state: EscalationState, step: Step) => void;

/** Plays sequences of steps, each on a fresh state, and looks at it after each step. */
function forEverySequence(look: Look | { perSequence: () => Look }): void {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 60, size: 'max' }), (steps) => {
      const state = openState({ tenant: 'acme', conversationId: 'c' });
      const eye = typeof look === 'function' ? look : look.perSequence();
      for (const step of steps) {
        take(state, step);
        eye(state, step);
      }
    }),
    { numRuns: 300 },
  );
}

test('takes each request once and says which attempt answers it', () => {
  forEverySequence((state) => {
    const ids = state.requests.map((known) => known.requestId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { requestId, attempt } of state.requests) {
      const answered = answerOf(state, requestId);
      if (answered) expect(answered.attempt).toBe(attempt);
      const waits = state.pending?.requestId === requestId || attempt === 0;
      expect(waits || attempt <= state.attempt + (state.pending ? 1 : 0)).toBe(true);
    }
  });
});

test('keeps one request at most for the next attempt, and one for the next run only once the end is decided', () => {
  forEverySequence((state) => {
    if (state.pending) expect(state.attempts.length).toBeGreaterThanOrEqual(state.attempt);
    if (state.next) expect(state.interrupt ?? state.outcome).toBeDefined();
    if (state.next) expect(state.next.requestId).not.toBe(state.pending?.requestId);
  });
});

test('keeps unread events of open transfers only, and late ones of those that were given up', () => {
  forEverySequence((state) => {
    const standing = (id: string): string | undefined =>
      state.transfers.find((transfer) => transfer.transferId === id)?.standing;
    for (const signal of state.events) expect(standing(signal.transferId)).toBe('open');
    for (const signal of state.late) expect(signal.event.kind).toBe('connected');
  });
});

test('loses no human: every first word that one joined is unread, late, or of a transfer that is connected', () => {
  let late = 0;
  const perSequence = (): Look => {
    const known = new Set<number>();
    return (state, step) => {
      if (step.do !== 'event' || known.has(step.id)) return;
      known.add(step.id);
      const transfer = state.transfers[step.transfer];
      if (step.kind !== 'connected' || !transfer) return;
      const kept = [...state.events, ...state.late].some((signal) => signal.id === `e${step.id}`);
      expect(kept || transfer.standing === 'connected').toBe(true);
      late += state.late.length;
    };
  };
  forEverySequence({ perSequence });
  expect(late).toBeGreaterThan(0);
});

test('counts an event that comes twice once', () => {
  forEverySequence((state) => {
    const ids = [...state.events, ...state.late].map((signal) => signal.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(state.seenEventIds).size).toBe(state.seenEventIds.length);
  });
});

test('adds one to the epoch with each change of owner, and only then', () => {
  const perSequence = (): Look => {
    let before = { epoch: 0, owner: 'bot' };
    return ({ epoch, owner }) => {
      expect(epoch - before.epoch).toBe(owner === before.owner ? 0 : 1);
      before = { epoch, owner };
    };
  };
  forEverySequence({ perSequence });
});

test('stops an attempt exactly while it has an outcome to stop with', () => {
  forEverySequence((state) => {
    expect(mustStop(state)).toBe(stopOutcome(state) !== undefined);
  });
});

test('asks no connector again while a withdrawal there is not confirmed', () => {
  forEverySequence((state) => {
    for (const { connector, standing } of state.transfers)
      if (standing === 'withdrawal_unconfirmed') expect(isUnsettled(state, connector)).toBe(true);
  });
});

test('stays within its bounds whatever is sent', () => {
  const state = openState({ tenant: 'acme', conversationId: 'c' });
  for (let index = 0; index < 2_000; index += 1) {
    acceptRequest(state, NOW, { requestId: `r${index}`, integration: 'i' });
    acceptDeskEvent(state, NOW, { id: `e${index}`, transferId: 'nowhere', event: { kind: 'connected' } });
  }

  expect(state.requests.length).toBeLessThanOrEqual(500);
  expect(state.seenEventIds.length).toBeLessThanOrEqual(500);
  expect(state.deadLetters).toHaveLength(50);
  expect(state.story.length).toBeLessThanOrEqual(200);
});

test('never throws on what it is sent, and lets only plain, small values pass', () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 4, withBigInt: true, withDate: true, withMap: true }), (value) => {
      for (const checked of [checkRequest(value), checkDeskEvent(value)]) {
        if (checked.ok) expect(JSON.parse(JSON.stringify(checked.value))).toEqual(checked.value);
        else expect(checked.problem.length).toBeLessThan(200);
      }
      expect(typeof isEscalationInput(value)).toBe('boolean');
    }),
  );
});

test('lets a well-formed request pass unchanged', () => {
  const id = fc.string({ minLength: 1, maxLength: 200 });
  const variable = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
  const request = fc.record(
    {
      requestId: id,
      integration: id,
      variables: fc.dictionary(fc.string(), fc.oneof(variable, fc.constant(null))),
      lastMessages: fc.array(fc.record({ id, text: fc.string() })),
      precedingMessages: fc.nat(),
      intent: fc.string(),
      userMessage: fc.string(),
      reason: fc.constantFrom('user_request', 'error', 'configured'),
    },
    { requiredKeys: ['requestId', 'integration'] },
  );
  fc.assert(
    fc.property(request, (value) => {
      expect(checkRequest(value)).toEqual({ ok: true, value });
    }),
  );
});
