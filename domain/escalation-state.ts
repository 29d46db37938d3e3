// The state of one escalation and its pure transitions. The workflow's handlers and steps call these; nothing here
// waits, and nothing here can throw on bad input, because an exception in a handler would freeze the workflow.
import type { BotWord, HandsOn, Receiver } from './bot-session';
import type { BotState } from './bot-state';
import { isChatEvent, type ChatMessage, type ChatState } from './chat';
import type { DeskEvent, DeskEventSignal, DeskNewsSignal, DeskWord } from './desk-event';
import type { NoticeRecord } from './notice';
import type { Outcome } from './outcome';
import type { Owner, Phase } from './phase';
import type { EscalationPlan, PlannedChat } from './plan';
import type { QueuePlace } from './queue-place';
import {
  endRelay,
  forgetEarly,
  fromUser,
  hear,
  isRelaying,
  join,
  keepEarly,
  openRelay,
  type RelayState,
} from './relay';
import type { EscalationInput, EscalationRequest } from './request';
import type { ResultData } from './result-data';
import type { Target } from './target';

/** Requests larger than this (as JSON characters) are dead-lettered: activity inputs over 2 MB kill a workflow. */
export const MAX_REQUEST_CHARS = 64 * 1024;
const MAX_SEEN_IDS = 500;
const MAX_LATE = 50;
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
  /** Withdrawals, undoings and texts that go on beside the story; the workflow ends after them. */
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

/**
 * Takes a bot's request. The same `requestId` again is the same request; while one is worked on, another is
 * answered with the running one. A bot may ask again as soon as its attempt has ended, even before it has been
 * told; what comes when the end is decided is kept for the next run.
 */
export function acceptRequest(state: EscalationState, at: number, request: EscalationRequest): void {
  const { requestId } = request;
  if (state.requests.some((known) => known.requestId === requestId)) return;
  const talking = isTalking(state);
  const ending = !talking && isEnding(state);
  if (ending && !state.next) state.next = request;
  else if (!ending && !talking && attemptIsOver(state) && !state.pending) state.pending = request;
  else tell(state, at, 'request_merged', `request ${requestId} is answered with the running one`);
  const attempt = ending ? 0 : state.attempt + (state.pending ? 1 : 0);
  remember(state.requests, { requestId, attempt });
}

/** Whether a user and an agent talk through Baton, so that nothing else is begun. */
function isTalking(state: EscalationState): boolean {
  return state.outcome?.kind === 'connected' && isRelaying(state.relay);
}

function isEnding(state: EscalationState): boolean {
  return state.interrupt !== undefined || state.outcome !== undefined || state.phase === 'closed';
}

/** How the attempt that answers a request ended; undefined while it runs, or if another run answers it. */
export function answerOf(state: EscalationState, requestId: string): AttemptRecord | undefined {
  const accepted = state.requests.find((known) => known.requestId === requestId);
  return state.attempts.find((record) => record.attempt === accepted?.attempt);
}

/** Takes what a desk said. Twice the same id is once; an event of a withdrawn transfer is late. */
export function acceptDeskEvent(state: EscalationState, at: number, signal: DeskEventSignal): void {
  if (state.seenEventIds.includes(signal.id)) return;
  remember(state.seenEventIds, signal.id);
  const transfer = state.transfers.find((t) => t.transferId === signal.transferId);
  if (!transfer || (signal.connector ?? transfer.connector) !== transfer.connector) {
    const where = signal.connector === undefined ? '' : ` on connector ${signal.connector}`;
    deadLetter(state, at, 'deskEvent', `no transfer ${signal.transferId}${where}`);
    return;
  }
  if (transfer.standing === 'open') takeOfOpen(state, at, transfer, signal);
  else if (transfer.standing === 'connected' && isOfChat(state, transfer))
    relayWord(state, at, signal.id, signal.event);
  else if (signal.event.kind === 'connected' && transfer.standing !== 'connected') pushLate(state, signal);
  else tell(state, at, 'event_ignored', `${signal.event.kind} of a transfer that is ${transfer.standing}`);
}

/** What follows a human who joined is about the chat, if Baton carries that. */
function takeOfOpen(state: EscalationState, at: number, transfer: Transfer, signal: DeskEventSignal): void {
  const { id, transferId } = signal;
  const joined = unreadEvents(state, transferId).some(({ event }) => event.kind === 'connected');
  if (transfer.carried && joined) keepEarly(relayOf(state, at), { transferId, id, word: signal.event });
  else state.events.push(signal);
}

/** Takes several words of a desk; those about the chat are the relay's. */
export function acceptDeskNews(state: EscalationState, at: number, signal: DeskNewsSignal): void {
  const { transferId, connector, news, chat } = signal;
  const transfer = state.transfers.find((t) => t.transferId === transferId);
  if (chat && transfer && (connector ?? transfer.connector) === transfer.connector) noteChat(transfer, chat);
  for (const { id, word } of news) {
    if (!isChatEvent(word)) {
      acceptDeskEvent(state, at, {
        id,
        transferId,
        ...(connector !== undefined && { connector }),
        event: word,
      });
    } else if (!transfer || (connector ?? transfer.connector) !== transfer.connector) {
      deadLetter(state, at, 'deskNews', `no transfer ${transferId}`);
    } else acceptChatEvent(state, at, transfer, id, word);
  }
}

function acceptChatEvent(
  state: EscalationState,
  at: number,
  transfer: Transfer,
  id: string,
  word: DeskWord,
): void {
  const { transferId, standing } = transfer;
  if (isOfChat(state, transfer)) relayWord(state, at, id, word);
  else if (transfer.carried && standing === 'open') keepEarly(relayOf(state, at), { transferId, id, word });
  else tell(state, at, 'event_ignored', `${word.kind} of a transfer that is ${standing}`);
}

function isOfChat({ relay }: EscalationState, { transferId }: Transfer): boolean {
  return relay?.joined?.transferId === transferId;
}

/** What operators want to see of it is told; messages are not. */
function relayWord(state: EscalationState, at: number, id: string, word: DeskWord): void {
  const relay = relayOf(state, at);
  const { end, agentGoneAt } = relay;
  hear(relay, at, id, word);
  if (relay.end && !end) tell(state, at, 'chat_ended', `by ${relay.end.by}`);
  if (relay.agentGoneAt !== undefined && agentGoneAt === undefined) tell(state, at, 'agent_left');
  if (relay.agentGoneAt === undefined && agentGoneAt !== undefined) tell(state, at, 'agent_joined');
}

/** Takes a message of the user, while it is not the bot's to answer and somebody may carry it. */
export function acceptUserMessage(state: EscalationState, at: number, message: ChatMessage): void {
  const canBeCarried = state.plan === undefined || state.plan.rungs.some(({ chat }) => chat !== undefined);
  const isAsked = state.owner === 'baton' || state.pending !== undefined;
  const isWanted = state.outcome === undefined ? isAsked && canBeCarried : state.relay?.joined !== undefined;
  if (isWanted) fromUser(relayOf(state, at), at, message);
  else if (state.story.at(-1)?.event !== 'user_message_not_carried')
    tell(state, at, 'user_message_not_carried');
}

function relayOf(state: EscalationState, at: number): RelayState {
  state.relay ??= openRelay(at);
  return state.relay;
}

/** Keeps what the bot's platform gave: the greater generation counts. It is as good as kept alive. */
export function noteBotState(state: EscalationState, at: number, botState: BotState | undefined): void {
  if (!botState || botState.generation < (state.botState?.generation ?? 0)) return;
  state.botState = botState;
  state.aliveAt = at;
}

/** The bot that has taken the conversation over, if one has. */
export function receiverOf({ transfers }: EscalationState): Receiver | undefined {
  const taken = transfers.findLast(
    ({ standing, target, carried }) => standing === 'connected' && target.kind === 'bot' && !carried,
  );
  if (!taken?.chat) return undefined;
  const { connector, target, chat, said = [], handsOn } = taken;
  return { connector, botId: target.id, session: chat, said, ...handsOn };
}

/** Keeps where a desk's chat stands: the greater generation counts, and of the same the later. */
export function noteChat(transfer: Transfer, chat: ChatState | undefined): void {
  if (chat && chat.generation >= (transfer.chat?.generation ?? 0)) transfer.chat = chat;
}

/** Stops the escalation; the first reason stands. A human who is there already is left. */
export function interrupt(state: EscalationState, at: number, why: Interrupt): void {
  if (isTalking(state) && state.relay) {
    endRelay(
      state.relay,
      why.kind === 'userLeft' ? { by: 'user', reason: 'left', at } : { by: why.by, reason: 'cancelled', at },
    );
    tell(state, at, why.kind === 'userLeft' ? 'user_left' : `cancelled_by_${why.by}`);
    return;
  }
  if (state.interrupt !== undefined || state.outcome !== undefined || state.phase === 'closed') return;
  state.interrupt = why;
  state.unreadAtInterrupt = state.events.length;
  tell(state, at, why.kind === 'userLeft' ? 'user_left' : `cancelled_by_${why.by}`);
}

/** The interrupt as the outcome it leads to. */
function interruptOutcome(why: Interrupt): Outcome {
  return why.kind === 'userLeft' ? { kind: 'abandoned' } : { kind: 'cancelled', by: why.by };
}

/**
 * A human joined before a cancel took effect: the cancel is void, and a request that came after it is answered by
 * this attempt.
 */
export function voidCancel(state: EscalationState, at: number): void {
  if (state.interrupt?.kind !== 'cancelled') return;
  tell(state, at, 'cancelled_too_late');
  delete state.interrupt;
  if (!state.next) return;
  const { requestId } = state.next;
  delete state.next;
  const index = state.requests.findIndex((known) => known.requestId === requestId);
  state.requests[index] = { requestId, attempt: state.attempt };
  tell(state, at, 'request_merged', `request ${requestId} is answered with the running one`);
}

/** Whether the attempt at hand must stop: it was interrupted, or a human joined on a rung that was given up. */
export function mustStop(state: EscalationState): boolean {
  return state.interrupt !== undefined || state.joined !== undefined;
}

/** How an attempt that must stop ends; undefined if it need not. */
export function stopOutcome(state: EscalationState): Outcome | undefined {
  if (state.interrupt?.kind === 'userLeft' || (state.interrupt && !state.joined)) {
    return interruptOutcome(state.interrupt);
  }
  return state.joined && { kind: 'connected', ...state.joined };
}

/** Starts the attempt of the pending request. */
export function beginAttempt(state: EscalationState): EscalationRequest {
  const request = state.pending;
  if (!request) throw new Error('beginAttempt needs a pending request');
  delete state.pending;
  delete state.rung;
  delete state.waiting;
  delete state.result;
  state.request = request;
  state.messageDue = true;
  state.attempt += 1;
  state.phase = 'planning';
  handOver(state, 'baton');
  return request;
}

/** Records a transfer about to be sent, so that its events find it. */
export function openTransfer(state: EscalationState, transfer: Omit<Transfer, 'standing'>): Transfer {
  const opened: Transfer = { ...transfer, standing: 'open' };
  delete state.position;
  if (state.place) delete state.place.told;
  state.transfers.push(opened);
  return opened;
}

/**
 * The oldest event of one transfer that has not been read yet, taken out. One at a time: what comes after the event
 * that decides the transfer must stay, because a `connected` among it is late and to be undone.
 */
export function takeEvent(state: EscalationState, transferId: string): DeskEvent | undefined {
  const index = state.events.findIndex((signal) => signal.transferId === transferId);
  return index < 0 ? undefined : state.events.splice(index, 1)[0]?.event;
}

/** The events of one transfer that have not been read yet, oldest first. */
export function unreadEvents(state: EscalationState, transferId: string): readonly DeskEventSignal[] {
  return state.events.filter((signal) => signal.transferId === transferId);
}

/** Whether the desk has said something of an open transfer that decides it. */
export function isDecided(state: EscalationState, transferId: string): boolean {
  return unreadEvents(state, transferId).some(
    ({ event }) => event.kind !== 'queued' && event.kind !== 'position',
  );
}

/** Whether what decides an open transfer was said only after the interrupt. */
export function isDecidedAfterInterrupt(state: EscalationState, transferId: string): boolean {
  const { interrupt: came, unreadAtInterrupt = 0 } = state;
  if (!came) return false;
  const saidBefore = state.events.slice(0, unreadAtInterrupt);
  return isDecided(state, transferId) && !isDecided({ ...state, events: saidBefore }, transferId);
}

/**
 * Ends what a transfer stands for. Its unread `connected`, if any, is late from now on. Where a human has joined and
 * Baton carries the chat, that begins.
 */
export function retire(
  state: EscalationState,
  transfer: Transfer,
  standing: Exclude<Transfer['standing'], 'open'>,
  at: number,
): void {
  transfer.standing = standing;
  const unread = unreadEvents(state, transfer.transferId);
  const others = state.events.filter((signal) => signal.transferId !== transfer.transferId);
  state.events.splice(0, state.events.length, ...others);
  if (standing === 'connected') return beginChat(state, at, transfer, unread);
  if (state.relay) forgetEarly(state.relay, transfer.transferId);
  for (const signal of unread) if (signal.event.kind === 'connected') pushLate(state, signal);
}

function beginChat(
  state: EscalationState,
  at: number,
  { transferId, carried }: Transfer,
  unread: readonly DeskEventSignal[],
): void {
  if (!carried || state.relay?.joined || state.outcome) return;
  const relay = relayOf(state, at);
  join(relay, { transferId, at, chat: carried });
  // That a human joined was another's word, a reply's perhaps: what their desk said since counts all the same.
  for (const { id, event } of unread) if (event.kind !== 'connected') hear(relay, at, id, event);
}

/** Whether a withdrawal on this connector is not confirmed: another transfer there could give the user two agents. */
export function isUnsettled(state: EscalationState, connector: string): boolean {
  return state.transfers.some((t) => t.connector === connector && t.standing === 'withdrawal_unconfirmed');
}

/**
 * A human has joined on a rung that was given up and stays. Unless the end is already decided, the escalation ends
 * with them: the attempt that runs, of whichever request, or else the wait for the bot. Another transfer would give
 * the user two agents.
 */
export function humanStays(state: EscalationState, at: number, transfer: Transfer, agentId?: string): void {
  retire(state, transfer, 'connected', at);
  const open = state.outcome === undefined;
  tell(state, at, open ? 'late_answer_adopted' : 'late_answer_stands', `rung ${transfer.rung + 1}`);
  if (!open) return;
  state.joined ??= { rung: transfer.rung, ...(agentId !== undefined && { agentId }) };
  handOver(state, 'agent');
}

/** How many attempts have failed. */
export function failures(state: EscalationState): number {
  return state.attempts.filter((record) => record.outcome.kind === 'failed').length;
}

/** Who speaks to the user once an escalation has ended so. */
export function ownerAfter(outcome: Outcome): Owner {
  return outcome.kind === 'connected' || outcome.kind === 'queued_only' ? 'agent' : 'bot';
}

/** The outcome as the search attribute spells it. */
export function outcomeLabel(outcome: Outcome): string {
  return outcome.kind === 'failed' ? `failed:${outcome.reason}` : outcome.kind;
}

function attemptIsOver(state: EscalationState): boolean {
  return state.attempts.length >= state.attempt;
}

function pushLate(state: EscalationState, signal: DeskEventSignal): void {
  if (state.late.length < MAX_LATE) state.late.push(signal);
}

function remember<T>(seen: T[], one: T): void {
  seen.push(one);
  if (seen.length > MAX_SEEN_IDS) seen.shift();
}
