// A conversation with a bot that Baton itself speaks to for the user, on platforms where "the client" does that.
import type { ChatState } from './chat';

/** Types of the values that bots keep (Einstein Bots Platform API v5, variables). */
export const TYPED_VARIABLE_TYPES = [
  'boolean',
  'date',
  'dateTime',
  'money',
  'number',
  'text',
  'object',
  'ref',
  'list',
] as const;

/** One of {@link TYPED_VARIABLE_TYPES}. */
export type TypedVariableType = (typeof TYPED_VARIABLE_TYPES)[number];

/**
 * A variable with its type, so that it reaches another bot as what it was: `date` is `YYYY-MM-DD`, `dateTime` local ISO
 * 8601, `money` such as `USD 10.40`, `ref` an id, `object` a list of variables, `list` a list of `{type, value}`.
 */
export interface TypedVariable {
  readonly name: string;
  readonly type: TypedVariableType;
  /** Plain JSON; null: empty. */
  readonly value: unknown;
}

/** A place to hand off to that the bot itself names. `kind` is a target kind, or another word that no connector takes. */
export interface RequestedTarget {
  readonly kind: string;
  readonly id: string;
}

/** Where a conversation comes from, for a receiving bot. */
export interface ConversationOrigin {
  readonly botId?: string;
  readonly sessionId?: string;
}

/** What a bot is told. */
export type ToBot =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'choice'; readonly choiceId: string }
  | { readonly kind: 'transferSucceeded'; readonly inReplyTo: string }
  | {
      readonly kind: 'transferFailed';
      readonly inReplyTo: string;
      readonly reason: 'no_agents' | 'error';
      readonly detail?: string;
    };

/** Something to choose from. */
export interface Choice {
  readonly id: string;
  readonly label: string;
}

/** One thing that a bot says to the user. */
export interface BotWord {
  /** The bot's id of it. */
  readonly id: string;
  /** Of choices: their labels, for user sides that show text only. */
  readonly text: string;
  readonly choices?: readonly Choice[];
  /** How long the bot wants to be seen writing before it is shown, in milliseconds. */
  readonly delayMs: number;
}

/** A bot's answer to one message. */
export interface BotTurn {
  /** Where its session stands now: made by the platform, kept by the workflow, opaque to it. */
  readonly session: ChatState;
  /** The platform's id of the session, for a bot that takes over from this one. */
  readonly sessionId?: string;
  /** In order. Of a turn that escalates: what it said before it asked. */
  readonly said: readonly BotWord[];
  /** It hands the conversation off. */
  readonly escalates?: {
    /** The bot's id of the request; the answer to it names it. */
    readonly messageId: string;
    /** In the bot's order; may be empty. */
    readonly targets: readonly RequestedTarget[];
  };
  /** The bot has ended the session. */
  readonly ended?: { readonly reason: string };
  /** Where they were asked for. */
  readonly variables?: readonly TypedVariable[];
  /** What the bot took the user to want, the surest first. */
  readonly intents?: readonly { readonly label: string; readonly confidence?: number }[];
}

/** Why Baton ends a session. */
export type SessionEnd = 'user' | 'transfer' | 'expired' | 'error' | 'other';

/** What a receiving bot says at once, where it hands the conversation on at once. */
export type HandsOn = Pick<BotTurn, 'variables' | 'intents'> & {
  readonly escalates: NonNullable<BotTurn['escalates']>;
};

/** The bot that has taken a conversation over: answer of the `receiver` query of an escalation. */
export interface Receiver extends Partial<HandsOn> {
  /** The connector with whose account its session was begun. */
  readonly connector: string;
  readonly botId: string;
  readonly session: ChatState;
  /** Its first words. */
  readonly said: readonly BotWord[];
}

/** Reasons of a bot's end that are failures of it (Einstein Bots API v5, sessionEnded). */
export const FAILED_ENDS: readonly string[] = ['Error', 'InfiniteLoopDetected'];
/** Reasons of a bot's end with which it leaves the user without an answer (the same). */
export const UNANSWERED_ENDS: readonly string[] = ['TransferFailedNotConfigured'];
