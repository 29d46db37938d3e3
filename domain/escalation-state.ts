// The state of one escalation: everything that it knows, and what any of its transitions needs. Nothing here and in
// its transitions waits or throws on bad input: an exception in a handler would freeze the workflow.
import type { BotWord, HandsOn } from './bot-session';
import type { BotState } from './bot-state';
import type { ChatState } from './chat';
import type { DeskEventSignal } from './desk-event';
import type { NoticeRecord } from './notice';
import type { Outcome } from './outcome';
import type { PassOn } from './passage';
import type { Owner, Phase } from './phase';
import type { EscalationPlan, PlannedChat } from './plan';
import type { QueuePlace } from './queue-place';
import { isRelaying, openRelay, type RelayState } from './relay';
import type { EscalationInput, EscalationRequest } from './request';
import type { ResultData } from './result-data';
import type { Target } from './target';

/** Requests larger than this (as JSON characters) are dead-lettered: activity inputs over 2 MB kill a workflow. */
export const MAX_REQUEST_CHARS = 64 * 1024;

const MAX_SEEN_IDS = 500;

const MAX_STORY_LINES = 200;

const MAX_DEAD_LETTERS = 50;

/** Why the escalation must stop whatever it does. The first one wins. */
export type Interrupt =
  { readonly kind: 'userLeft' } | { readonly kind: 'cancelled'; readonly by: 'bot' | 'operator' };

/** One line of the story that `explain` tells. No message text, no names. */
export interface StoryLine {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly event: string;
  readonly attempt: number;
  readonly rung?: number;
  readonly detail?: string;
}

/** A message that could not be understood. It is kept by shape, not by content. */
export interface DeadLetter {
  readonly at: number;
  readonly signal: string;
  readonly problem: string;
}

/** One transfer that was sent, by its id. */
export interface Transfer {
  readonly transferId: string;
  readonly attempt: number;
  readonly rung: number;
  readonly connector: string;
  readonly target: Target;
  standing: 'open' | 'connected' | 'declined' | 'withdrawn' | 'withdrawal_unconfirmed';
  /** How its chat is carried; absent: not by Baton. */
  readonly carried?: PlannedChat;
  /** An activity listens to its desk, with this longest silence in milliseconds. */
  readonly listenMs?: number;
  /** What a receiving bot said at once. */
  said?: readonly BotWord[];
  /** It hands the conversation on at once. */
  handsOn?: HandsOn;
  /** Where its desk's chat stands. Opaque, and for the desk only. */
  chat?: ChatState;
  /** Why nobody listens to its desk any more. */
  deaf?: string;
}

/** What the workflow waits for, shown to operators. */
export interface Waiting {
  readonly for: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** How the attempt of one request ended. */
export interface AttemptRecord {
  readonly requestId: string;
  readonly attempt: number;
  readonly outcome: Outcome;
}

/** A request that was accepted, and the attempt that answers it; 0: an attempt of another run. */
export interface AcceptedRequest {
  readonly requestId: string;
  readonly attempt: number;
}

/** Everything the escalation knows. Plain data: it goes through queries. */
export interface EscalationState {
  readonly tenant: string;
  readonly conversationId: string;
  phase: Phase;
  owner: Owner;
  epoch: number;
  attempt: number;
  request?: EscalationRequest;
  /** Accepted and not yet worked on. */
  pending?: EscalationRequest;
  /** Came when the end was already decided: the workflow continues as new with it. */
  next?: EscalationRequest;
  plan?: EscalationPlan;
  rung?: number;
  /** The place in the desk's queue that was last told of the transfer at hand. */
  position?: number;
  waiting?: Waiting;
  interrupt?: Interrupt;
  /** How many words of desks had not been read when the interrupt came: what they said before it. */
  unreadAtInterrupt?: number;
  /** A human who joined on a rung that was given up, and cannot be taken back: the escalation ends with them. */
  joined?: { readonly rung: number; readonly agentId?: string };
  /** The transfer message has not been said in this attempt. */
  messageDue: boolean;
  /** Length of the history when a desk last said what may decide: while it is that, the answer is not in it. */
  answeredAt?: number;
  /** Withdrawals, undoings, texts and what is passed on: what goes on beside the story. The workflow ends after them. */
  settling: number;
  outcome?: Outcome;
  /** What the platform's answer to the last attempt became. */
  result?: ResultData;
  /** Messages of the bot that came to be posted, and how many of these have been dealt with, in turn. */
  readonly saying: { taken: number; done: number };
  /** Whoever started a run that is no escalation was heard. */
  heard: boolean;
  /** Run id of the conversation's last escalation, where this run is none. */
  readonly lastEscalation?: string;
  readonly attempts: AttemptRecord[];
  readonly transfers: Transfer[];
  /** Events of open transfers, not yet read by the step that waits for them. */
  readonly events: DeskEventSignal[];
  /** Events of withdrawn transfers, to be undone. */
  readonly late: DeskEventSignal[];
  readonly story: StoryLine[];
  readonly deadLetters: DeadLetter[];
  readonly requests: AcceptedRequest[];
  readonly seenEventIds: string[];
  /** The notices, each where it stands; `sequence` counts them. */
  readonly notices: NoticeRecord[];
  /** How many notices came before those, and are not kept any more. */
  noticesBefore?: number;
  /** The user's place in the queue of the transfer at hand, where they are told of it. */
  place?: QueuePlace;
  /** What the user and a human write to each other. */
  relay?: RelayState;
  /** What the bot's platform wants done, in order, until the conversation's passage has it. */
  toPassOn?: PassOn[];
  /** The newest that the bot's platform gave for calls to it. */
  botState?: BotState;
  /** When the conversation was last kept alive at the bot's platform. Epoch milliseconds. */
  aliveAt?: number;
}

/** The state at the first workflow task. */
export function openState(input: EscalationInput): EscalationState {
  return {
    tenant: input.tenant,
    conversationId: input.conversationId,
    phase: input.speaking ? 'speaking' : 'planning',
    owner: input.continued?.owner ?? 'bot',
    epoch: input.continued?.epoch ?? 0,
    attempt: 0,
    messageDue: false,
    settling: 0,
    saying: { taken: 0, done: 0 },
    heard: false,
    ...(input.continued?.lastEscalation !== undefined && { lastEscalation: input.continued.lastEscalation }),
    attempts: [],
    transfers: [],
    events: [],
    late: [],
    story: [],
    deadLetters: [],
    requests: (input.continued?.requestIds ?? []).map((requestId) => ({ requestId, attempt: 0 })),
    seenEventIds: [],
    notices: [],
  };
}

/** Adds a line to the story; the oldest are dropped past the bound. */
export function tell(state: EscalationState, at: number, event: string, detail?: string): void {
  state.story.push({
    at,
    event,
    attempt: state.attempt,
    ...(state.rung === undefined ? {} : { rung: state.rung }),
    ...(detail === undefined ? {} : { detail }),
  });
  if (state.story.length > MAX_STORY_LINES) state.story.shift();
}

/** Keeps a message that cannot be used where an operator can see that it came. */
export function deadLetter(state: EscalationState, at: number, signal: string, problem: string): void {
  state.deadLetters.push({ at, signal, problem });
  if (state.deadLetters.length > MAX_DEAD_LETTERS) state.deadLetters.shift();
}

/** Gives the right to speak to another; every change adds one to the epoch. */
export function handOver(state: EscalationState, owner: Owner): void {
  if (state.owner === owner) return;
  state.owner = owner;
  state.epoch += 1;
}

/** Whether a user and an agent talk through Baton, so that nothing else is begun. */
export function isTalking(state: EscalationState): boolean {
  return state.outcome?.kind === 'connected' && isRelaying(state.relay);
}

/** What user and human write to each other: kept from the first thing that is about it. */
export function relayOf(state: EscalationState, at: number): RelayState {
  state.relay ??= openRelay(at);
  return state.relay;
}

/** How many attempts have failed. */
export function failures(state: EscalationState): number {
  return state.attempts.filter((record) => record.outcome.kind === 'failed').length;
}

/** Adds to what has come, the oldest of which is forgotten past the bound. */
export function remember<T>(seen: T[], one: T): void {
  seen.push(one);
  if (seen.length > MAX_SEEN_IDS) seen.shift();
}
