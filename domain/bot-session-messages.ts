// What the workflow of a conversation with a bot that Baton speaks to can be told, and what it tells of itself.
import type { BotSessionState } from './bot-session-state';
import type { BotTurn, TypedVariable } from './bot-session';
import type { EarlierMessage, EscalationReason } from './request';

/** What the workflow `botSession` is started with. */
export interface BotSessionInput {
  readonly tenant: string;
  readonly conversationId: string;
  /** Name of the bot in the tenant's configuration. */
  readonly bot: string;
  /** What the run before knew, when it went on as this one. */
  readonly resumed?: BotSessionState;
}

/** Signal `userSays`: the user wrote something, or chose. With neither a text nor a choice the bot begins to speak. */
export interface UserSays {
  /** The client's id of it: the same id again is the same message. 1 to 200 characters. */
  readonly id: string;
  /** At most 16,384 UTF-16 units. Masked already, where the tenant masks. */
  readonly text?: string;
  /** One of the choices that the bot gave. */
  readonly choiceId?: string;
  /** For the bot, if a session begins with this message; else they are not used. */
  readonly variables?: readonly TypedVariable[];
}

/** Signal `handedOver`: a client that has spoken to the bot itself passes on the bot's answer, and the session with it. */
export interface HandedOver {
  /** The client has shown, or shows, what is said in it. */
  readonly turn: BotTurn;
  readonly botId: string;
  /** The last sequence number that the client has used. */
  readonly sequence: number;
  readonly reason?: EscalationReason;
  /** The conversation so far, oldest first. */
  readonly transcript?: readonly EarlierMessage[];
}

/**
 * Where a conversation stands. `idle`: the next message of the user begins a session with the bot; so does it when it
 * is `over`. `handing_off`: an escalation is asked for and not decided. `handed_off`: somebody else has the user.
 */
export type SessionPhase = 'idle' | 'talking' | 'handing_off' | 'handed_off' | 'over';

/** Answer of the query `session`. No message text. */
export interface SessionStatus {
  readonly conversationId: string;
  readonly bot: string;
  readonly phase: SessionPhase;
  /** Where the bot's session is, while there is one. */
  readonly connector?: string;
  readonly botId?: string;
  /** The last sequence number that was used. */
  readonly sequence: number;
  /** How many bots have taken over from another, one after the other. */
  readonly hops: number;
  /** The escalation's request, while the conversation is handed off or on its way. */
  readonly requestId?: string;
  readonly reason?: EscalationReason;
  /** Messages of the user that wait for their turn. */
  readonly waiting: number;
  /** Epoch milliseconds, when something last happened. */
  readonly movedAt: number;
  readonly story: readonly SessionLine[];
}

/** One line of a conversation's story. No message text, no names. */
export interface SessionLine {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly event: string;
  readonly detail?: string;
}
