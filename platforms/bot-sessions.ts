// Bots that Baton speaks to in the user's place. Knows nothing of Temporal; one session has one call at a time.
import type { BotTurn, ConversationOrigin, SessionEnd, ToBot, TypedVariable } from '../domain/bot-session';
import type { ChatState } from '../domain/chat';
import type { Call } from './desk';

/** How a session begins. */
export interface SessionStart {
  /** The platform's id of the bot. */
  readonly botId: string;
  /** A lower-case UUID of the caller's, the same on every try. */
  readonly key: string;
  /** The user's first message. */
  readonly text?: string;
  readonly variables?: readonly TypedVariable[];
  /** What the user was taken to want, where another bot has found out. */
  readonly intent?: string;
  readonly origin?: ConversationOrigin;
}

/** One message to a bot. */
export interface SessionMessage {
  /** Strictly increasing over a session's messages; the same on every try of the same message. */
  readonly sequence: number;
  readonly message: ToBot;
}

/** The sessions of one account. Each call throws a BatonError whose retry class tells what may be done. */
export interface BotSessions {
  /** Begun twice with the same key, the older of two sessions is left to expire: nobody has seen it. */
  begin(start: SessionStart, call: Call): Promise<BotTurn>;
  say(session: ChatState, message: SessionMessage, call: Call): Promise<BotTurn>;
  /** A session that is over is ended. */
  end(session: ChatState, why: SessionEnd, call: Call): Promise<void>;
}
