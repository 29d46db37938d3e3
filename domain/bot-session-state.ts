// The state of a conversation with a bot that Baton speaks to, and its pure transitions. The handlers of the workflow
// only note what came; `nextDeed` says what is to be done about it, one thing at a time.
import { assertNever } from './assert-never';
import type { BotTurn, Choice, RequestedTarget, ToBot } from './bot-session';
import type {
  BotSessionInput,
  HandedOver,
  SessionLine,
  SessionPhase,
  SessionStatus,
  UserSays,
} from './bot-session-messages';
import type { ChatState } from './chat';
import { withLine, withLines } from './bot-session-transcript';
import type { NoticeType } from './notice';
import { isKnown } from './relay-lane';
import type { EarlierMessage, EscalationReason } from './request';

const MAX_QUEUE = 100;
/** Of all messages that wait; in UTF-16 units. */
const MAX_QUEUE_CHARS = 64 * 1024;
const MAX_ANSWERED = 50;
const MAX_NOTICES = 50;
const MAX_STORY_LINES = 100;
const MAX_OFFERED = 50;
/** Transfers that failed one after the other, while the user said nothing. */
const MAX_FAILURES = 5;

/** Bots' sessions expire after three days without a message (Einstein Bots documentation). */
const EXPIRY_MS = 3 * 24 * 3_600_000;
/**
 * A conversation that nobody has is kept this long: what a client sends again after it is over is known here, and begins
 * no session. Clients have long given up by then, and a new message begins a run like the first.
 */
const LINGER_MS = 15 * 60_000;

/** What the configuration says of the bot, read when a session begins. */
export interface SessionPlan {
  /** The account with which the conversation begins. */
  readonly connector: string;
  readonly entryBotId: string;
  /** Integration of the escalations that the bot asks for. */
  readonly integration: string;
  /** Integration of those for which the bot failed; its own ladder is climbed. @default integration */
  readonly onError: string;
  readonly maxHops: number;
  /** Variable of the bot that says why it escalates. */
  readonly reasonVariable?: string;
  /** Labels of the intents by which users ask for a human. */
  readonly userRequestIntents: readonly string[];
  /** What the user reads where no bot and nobody else answers. */
  readonly defaultResponse: string;
}

/** The session that is open with a bot. */
export interface OpenSession {
  readonly connector: string;
  readonly botId: string;
  /** Opaque, and for the bot's platform only. */
  readonly state: ChatState;
  /** The platform's id of it, where it tells one. */
  readonly sessionId?: string;
}

/** An escalation that was asked for. */
export interface HandOff {
  readonly requestId: string;
  readonly reason: EscalationReason;
  /** The bot's message that the answer names; absent: no bot waits for an answer. */
  readonly inReplyTo?: string;
  /** It was asked for before, and may have been answered long ago: not waited for beyond this. Epoch milliseconds. */
  readonly giveUpAt?: number;
  /** Only other bots were asked for: nobody there takes what the user writes meanwhile. */
  readonly toBots?: true;
  /** Nobody who was asked takes what the user writes meanwhile: it waits for the outcome. */
  readonly waits?: true;
}

/** What a conversation keeps of a notice. */
export interface SessionNotice {
  readonly id: string;
  readonly type: NoticeType;
  readonly requestId: string;
  readonly progress?: true;
  /** Who was asked: a kind of target. */
  readonly targetKind?: string;
  readonly reason?: string;
  readonly detail?: string;
}

/** See the file's comment. Plain data: it goes through queries and into the next run. */
export interface BotSessionState {
  readonly tenant: string;
  readonly conversationId: string;
  readonly bot: string;
  phase: SessionPhase;
  plan?: SessionPlan;
  session?: OpenSession;
  handOff?: HandOff;
  /** The last that was used. It never goes back, whichever session it was used in. */
  sequence: number;
  hops: number;
  /** Transfers that failed since the user last said something. */
  failures: number;
  /** What the user said and nobody has taken yet. */
  readonly queue: UserSays[];
  /** A session that a client handed over and that is not gone on with yet: the newest. */
  handed?: HandedOver;
  /** Of the escalation, not yet read. */
  readonly notices: SessionNotice[];
  /** Requests whose outcome was heard: what is told of them later is not about the one at hand. */
  readonly answered: string[];
  /** The user left, and that is not carried out yet. */
  leaving?: true;
  readonly seen: { readonly said: string[]; readonly handed: string[]; readonly notices: string[] };
  /** What the bot offered last, to tell a choice by its label. */
  offered: readonly Choice[];
  intent?: string;
  lastWords?: string;
  transcript: readonly EarlierMessage[];
  readonly story: SessionLine[];
  /** Epoch milliseconds, when something last happened. */
  movedAt: number;
}

/** What is to be done next. */
export type SessionDeed =
  | { readonly kind: 'leave' }
  | { readonly kind: 'hear'; readonly notice: SessionNotice }
  | { readonly kind: 'goOn'; readonly handed: HandedOver }
  | { readonly kind: 'begin' | 'say' | 'forward'; readonly said: UserSays };

/** A conversation of which nothing is known. */
export function openSessionState(
  { tenant, conversationId, bot }: BotSessionInput,
  at: number,
): BotSessionState {
  return {
    tenant,
    conversationId,
    bot,
    phase: 'idle',
    sequence: 0,
    hops: 0,
    failures: 0,
    queue: [],
    notices: [],
    answered: [],
    seen: { said: [], handed: [], notices: [] },
    offered: [],
    transcript: [],
    story: [],
    movedAt: at,
  };
}

/** Adds a line to the story. */
export function tellSession(state: BotSessionState, at: number, event: string, detail?: string): void {
  state.story.push({ at, event, ...(detail !== undefined && { detail }) });
  if (state.story.length > MAX_STORY_LINES) state.story.shift();
  state.movedAt = at;
}

/** Notes what the user said. Twice the same id is once. */
export function noteUserSays(state: BotSessionState, at: number, said: UserSays): void {
  if (isKnown(state.seen.said, said.id)) return;
  const chars = [...state.queue, said].reduce((sum, { text = '' }) => sum + text.length, 0);
  if (state.queue.length >= MAX_QUEUE || chars > MAX_QUEUE_CHARS)
    return tellSession(state, at, 'message_dropped', 'too many wait');
  state.queue.push(said);
  state.movedAt = at;
}

/** Notes a session that a client handed over. Twice the same answer of the bot is once; of several the newest counts. */
export function noteHandedOver(state: BotSessionState, at: number, handed: HandedOver): void {
  const { escalates, said } = handed.turn;
  const id = escalates?.messageId ?? said.at(-1)?.id ?? `sequence ${handed.sequence}`;
  if (isKnown(state.seen.handed, id)) return;
  state.sequence = Math.max(state.sequence, handed.sequence);
  state.handed = handed;
  state.movedAt = at;
}

/** Notes what the escalation tells: nothing has happened by that. Progress is not for the bot; twice the same id is once. */
export function noteNotice(state: BotSessionState, at: number, notice: SessionNotice): void {
  if (notice.progress || isKnown(state.seen.notices, notice.id)) return;
  if (state.notices.length < MAX_NOTICES) state.notices.push(notice);
  else tellSession(state, at, 'notice_dropped', notice.type);
}

/** Notes that the user left. What was said before that is answered by nobody; what comes after it begins anew. */
export function noteLeaving(state: BotSessionState): void {
  state.leaving = true;
  state.queue.splice(0);
  delete state.handed;
}

/** What is to be done next; undefined: wait. It stays the next until it is taken. */
export function nextDeed(state: BotSessionState): SessionDeed | undefined {
  if (state.leaving) return { kind: 'leave' };
  const [notice] = state.notices;
  if (notice) return { kind: 'hear', notice };
  // The bot has one answer to wait for: it is told of the escalation at hand first.
  if (state.handed && state.phase !== 'handing_off') return { kind: 'goOn', handed: state.handed };
  const [said] = state.queue;
  if (!said) return undefined;
  switch (state.phase) {
    case 'idle':
    case 'over':
      return { kind: 'begin', said };
    case 'talking':
      return { kind: 'say', said };
    case 'handing_off':
      return state.handOff?.toBots || state.handOff?.waits ? undefined : { kind: 'forward', said };
    case 'handed_off':
      return { kind: 'forward', said };
    default:
      return assertNever(state.phase);
  }
}

/** Takes a deed out of what waits: it is being done. */
export function takeDeed(state: BotSessionState, deed: SessionDeed): void {
  switch (deed.kind) {
    case 'leave':
      delete state.leaving;
      return;
    case 'hear':
      state.notices.shift();
      return;
    case 'goOn':
      delete state.handed;
      return;
    case 'begin':
    case 'say':
    case 'forward':
      state.queue.shift();
      return;
    default:
      assertNever(deed);
  }
}

/** Puts back what the user said, because it is for somebody else: first of all, before what came since. */
export function putBack(state: BotSessionState, said: UserSays): void {
  if (!state.leaving) state.queue.unshift(said);
}

/** How long nothing may happen, in epoch milliseconds: then the wait for an answer, or the conversation, is over. */
export function waitsUntil({ phase, handOff, movedAt }: BotSessionState): number {
  if (phase === 'idle' || phase === 'over') return movedAt + LINGER_MS;
  if (phase === 'handing_off' && handOff?.giveUpAt !== undefined) return handOff.giveUpAt;
  return movedAt + EXPIRY_MS;
}

/** What the user said as the bot is told; undefined: nothing that it could be told. */
export function asToBot({ text, choiceId }: UserSays): ToBot | undefined {
  if (choiceId !== undefined) return { kind: 'choice', choiceId };
  return text === undefined ? undefined : { kind: 'text', text };
}

/** What the user said as text: of a choice its label, if the client gave none. */
export function textOf(state: BotSessionState, { text, choiceId }: UserSays): string | undefined {
  return text ?? state.offered.find(({ id }) => id === choiceId)?.label;
}

/** The user said something that is being answered. */
export function heardUser(state: BotSessionState, said: UserSays): void {
  state.failures = 0;
  const text = textOf(state, said);
  if (text === undefined) return;
  state.lastWords = text;
  state.transcript = withLine(state.transcript, { from: 'user', text });
}

/** What was said before somebody handed the session over: what the user said last is what they want. */
export function heardBefore(state: BotSessionState, transcript: readonly EarlierMessage[]): void {
  state.transcript = withLines(state.transcript, transcript);
  const last = transcript.findLast(({ from }) => from === 'user');
  if (last) state.lastWords = last.text;
}

/** The number of the next message to the bot. */
export function nextSequence(state: BotSessionState): number {
  state.sequence += 1;
  return state.sequence;
}

/** A bot has answered: where its session stands, and what it said. */
export function heardBot(
  state: BotSessionState,
  where: { readonly connector: string; readonly botId: string },
  turn: BotTurn,
): void {
  const { connector, botId } = where;
  const { sessionId } = turn;
  state.phase = 'talking';
  delete state.handOff;
  state.session = { connector, botId, state: turn.session, ...(sessionId !== undefined && { sessionId }) };
  const [intent] = turn.intents ?? [];
  if (intent) state.intent = intent.label;
  const offered = turn.said.flatMap(({ choices }) => choices ?? []);
  if (turn.said.length > 0) state.offered = offered.slice(0, MAX_OFFERED);
  for (const { text } of turn.said) state.transcript = withLine(state.transcript, { from: 'bot', text });
}

/** An escalation is asked for: nothing is said to the bot until it is known how that went. */
export function beginHandOff(state: BotSessionState, handOff: HandOff): void {
  state.phase = 'handing_off';
  state.handOff = handOff;
}

/** Whether a notice is about the escalation at hand: under the name of another's request, if that was there before. */
export function isAboutHandOff({ handOff, answered }: BotSessionState, notice: SessionNotice): boolean {
  if (!handOff) return false;
  return notice.requestId === handOff.requestId || !answered.includes(notice.requestId);
}

/** The outcome of a request is known. */
export function noteAnswered(state: BotSessionState, requestIds: readonly string[]): void {
  state.answered.push(...requestIds);
  state.answered.splice(0, Math.max(state.answered.length - MAX_ANSWERED, 0));
}

/** Somebody has taken the conversation over from the bot, whose session is over. */
export function handedOff(state: BotSessionState): void {
  state.phase = 'handed_off';
  forgetBot(state);
  state.hops = 0;
}

/** Another bot takes over. Its session is heard next. */
export function hop(state: BotSessionState): void {
  state.hops += 1;
  forgetBot(state);
}

/**
 * Nobody has the conversation: what the user says next begins a session. What is told later of a handoff that was not
 * waited for is not about the next one.
 */
export function becomeFree(state: BotSessionState, phase: 'idle' | 'over'): void {
  if (state.handOff) noteAnswered(state, [state.handOff.requestId]);
  state.phase = phase;
  forgetBot(state);
  delete state.handOff;
  state.hops = 0;
  state.failures = 0;
}

function forgetBot(state: BotSessionState): void {
  delete state.session;
  delete state.intent;
  state.offered = [];
}

/** Which of the targets may be tried: once so many bots have taken over one after the other, no further bot. */
export function withinLoopBudget(
  { hops, plan }: BotSessionState,
  targets: readonly RequestedTarget[],
): readonly RequestedTarget[] {
  return plan && hops >= plan.maxHops ? targets.filter(({ kind }) => kind !== 'bot') : targets;
}

/** Whether the bot asks again and again, and nobody says anything between. */
export function failsForEver({ failures }: BotSessionState): boolean {
  return failures >= MAX_FAILURES;
}

/** Answer of the query `session`. */
export function sessionStatus(state: BotSessionState): SessionStatus {
  const { session, handOff, conversationId, bot, phase, sequence, hops, queue, movedAt, story } = state;
  return {
    conversationId,
    bot,
    phase,
    ...(session && { connector: session.connector, botId: session.botId }),
    sequence,
    hops,
    ...(handOff && { requestId: handOff.requestId, reason: handOff.reason }),
    waiting: queue.length,
    movedAt,
    story,
  };
}
