// The state of a conversation with a bot that Baton speaks to, and who has it now. Its transitions are pure.
import type { Choice } from './bot-session';
import type {
  BotSessionInput,
  HandedOver,
  SessionLine,
  SessionPhase,
  SessionStatus,
  UserSays,
} from './bot-session-messages';
import type { ChatState } from './chat';
import type { NoticeType } from './notice';
import type { EarlierMessage, EscalationReason } from './request';

const MAX_STORY_LINES = 100;

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
