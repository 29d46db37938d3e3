// The state of one escalation and its pure transitions. The workflow's handlers and steps call these; nothing here
// waits, and nothing here can throw on bad input, because an exception in a handler would freeze the workflow.
import type { DeskEvent, DeskEventSignal } from './desk-event';
import type { Outcome } from './outcome';
import type { Owner, Phase } from './phase';
import type { EscalationPlan } from './plan';
import type { EscalationInput, EscalationRequest } from './request';
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
  readonly rung: number;
  readonly connector: string;
  readonly target: Target;
  standing: 'open' | 'connected' | 'declined' | 'withdrawn' | 'withdrawal_unconfirmed';
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
  plan?: EscalationPlan;
  rung?: number;
  waiting?: Waiting;
  interrupt?: Interrupt;
  outcome?: Outcome;
  readonly attempts: AttemptRecord[];
  readonly transfers: Transfer[];
  /** Events of open transfers, not yet read by the step that waits for them. */
  readonly events: DeskEventSignal[];
  /** Events of withdrawn transfers, to be undone. */
  readonly late: DeskEventSignal[];
  readonly story: StoryLine[];
  readonly deadLetters: DeadLetter[];
  readonly seenRequestIds: string[];
  readonly seenEventIds: string[];
}

/** The state at the first workflow task. */
export function openState(input: EscalationInput): EscalationState {
  return {
    tenant: input.tenant,
    conversationId: input.conversationId,
    phase: 'planning',
    owner: 'bot',
    epoch: 0,
    attempt: 0,
    attempts: [],
    transfers: [],
    events: [],
    late: [],
    story: [],
    deadLetters: [],
    seenRequestIds: [],
    seenEventIds: [],
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

/**
 * Takes a bot's request. The same `requestId` again is the same request; while one is worked on, another is
 * answered with the running one. After the end it is kept, and the workflow continues as new with it.
 */
export function acceptRequest(state: EscalationState, at: number, request: EscalationRequest): void {
  if (state.seenRequestIds.includes(request.requestId)) return;
  remember(state.seenRequestIds, request.requestId);
  const free = state.request === undefined || state.phase === 'awaiting_bot' || state.phase === 'closed';
  if (!free || state.pending !== undefined) {
    tell(state, at, 'request_merged', `request ${request.requestId} is answered with the running one`);
    return;
  }
  state.pending = request;
}

/** Takes what a desk said. Twice the same id is once; an event of a withdrawn transfer is late. */
export function acceptDeskEvent(state: EscalationState, at: number, signal: DeskEventSignal): void {
  if (state.seenEventIds.includes(signal.id)) return;
  remember(state.seenEventIds, signal.id);
  const transfer = state.transfers.find((t) => t.transferId === signal.transferId);
  if (!transfer) {
    deadLetter(state, at, 'deskEvent', `no transfer ${signal.transferId}`);
    return;
  }
  if (transfer.standing === 'open') state.events.push(signal);
  else if (signal.event.kind === 'connected' && transfer.standing !== 'connected') state.late.push(signal);
  else tell(state, at, 'event_ignored', `${signal.event.kind} of a transfer that is ${transfer.standing}`);
}

/** Stops the escalation; the first reason stands. */
export function interrupt(state: EscalationState, at: number, why: Interrupt): void {
  if (state.interrupt !== undefined || state.phase === 'closed') return;
  state.interrupt = why;
  tell(state, at, why.kind === 'userLeft' ? 'user_left' : `cancelled_by_${why.by}`);
}

/** The interrupt as the outcome it leads to. */
export function interruptOutcome(why: Interrupt): Outcome {
  return why.kind === 'userLeft' ? { kind: 'abandoned' } : { kind: 'cancelled', by: why.by };
}

/** Starts the attempt of the pending request. */
export function beginAttempt(state: EscalationState): EscalationRequest {
  const request = state.pending;
  if (!request) throw new Error('beginAttempt needs a pending request');
  delete state.pending;
  delete state.rung;
  delete state.waiting;
  state.request = request;
  state.attempt += 1;
  state.phase = 'planning';
  handOver(state, 'baton');
  return request;
}

/** Records a transfer about to be sent, so that its events find it. */
export function openTransfer(state: EscalationState, transfer: Omit<Transfer, 'standing'>): Transfer {
  const opened: Transfer = { ...transfer, standing: 'open' };
  state.transfers.push(opened);
  return opened;
}

/** The events of one transfer that have not been read yet, oldest first; they are taken out. */
export function takeEvents(state: EscalationState, transferId: string): DeskEvent[] {
  const mine = state.events.filter((signal) => signal.transferId === transferId);
  const others = state.events.filter((signal) => signal.transferId !== transferId);
  state.events.splice(0, state.events.length, ...others);
  return mine.map((signal) => signal.event);
}

/** How many attempts have failed. */
export function failures(state: EscalationState): number {
  return state.attempts.filter((record) => record.outcome.kind === 'failed').length;
}

/** The outcome as the search attribute spells it. */
export function outcomeLabel(outcome: Outcome): string {
  return outcome.kind === 'failed' ? `failed:${outcome.reason}` : outcome.kind;
}

function remember(ids: string[], id: string): void {
  ids.push(id);
  if (ids.length > MAX_SEEN_IDS) ids.shift();
}
