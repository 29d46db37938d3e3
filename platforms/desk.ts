// The desk port: the side where human agents (or the other bot) are. One implementation per vendor, proven by
// one conformance suite (test/platforms/desk-conformance.ts). Knows nothing of Temporal.
import type { BotWord, HandsOn } from '../domain/bot-session';
import type { ChatMessage, ChatState } from '../domain/chat';
import type { DeskEvent, DeclineReason, DeskWord } from '../domain/desk-event';
import type { TransferContext } from '../domain/plan';
import type { Target, TargetKind } from '../domain/target';
import type { BotSessions } from './bot-sessions';

/** What a desk can do, as data. The plan copies what decides the flow. */
export interface DeskCapabilities {
  readonly targets: readonly TargetKind[];
  /** The transfer call itself carries the message to the user. */
  readonly carriesMessage: boolean;
  /**
   * How its events arrive. `watch`: an activity waits for the next one. `webhook`: through the gateway. `stream`: an
   * activity listens for as long as the transfer and its chat last, and signals what it hears.
   */
  readonly events: 'watch' | 'webhook' | 'stream';
  /** Whether it tells that a human joined. */
  readonly confirmsConnection: boolean;
  /** Kinds of targets of which it does not, where it does of others: nobody is known to pick up a ticket. */
  readonly queuedOnly?: readonly TargetKind[];
  /**
   * Kinds of targets for which asking again may do everything twice, whatever `settlesUnknownBy` says of the others: a
   * request that may have arrived is never sent again.
   */
  readonly unrepeatable?: readonly TargetKind[];
  /**
   * How a call whose result is not known is settled. `no_effect`: nobody is asked before its answer was written down, so
   * that it can be made again.
   */
  readonly settlesUnknownBy: 'idempotency_key' | 'client_made_id' | 'read_back' | 'no_effect' | 'nothing';
  /** Present if Baton can carry the messages between user and agent. */
  readonly chat?: ChatCapabilities;
}

/** What a desk's chat can do and promise, as data; docs/guarantees.md is made from it. */
export interface ChatCapabilities {
  /** The conversation is only there while Baton carries it. False: only where the integration asks for it. */
  readonly always: boolean;
  /** Longest text of one message, in UTF-16 units; longer ones are sent in parts. */
  readonly maxChars: number;
  /** Most messages in any minute, where the platform limits them. */
  readonly perMinute?: number;
  /** Least time between two messages. */
  readonly gapMs?: number;
  readonly attachments: 'carried' | 'as_link' | 'refused';
  readonly typing: { readonly toAgent: boolean; readonly toUser: boolean };
  /** How a message whose sending has no known result is kept from being there twice. */
  readonly repeats: 'by_id' | 'by_sequence' | 'read_back' | 'may_double';
  /** How what the agent wrote survives a break of the connection. `in_answers`: it is only in the answers to messages. */
  readonly resumes: 'acknowledged' | 'replayed' | 'read_back' | 'retried_by_desk' | 'in_answers';
  /** How much context the agent gets at the start: in the request itself, then in messages of their own. */
  readonly context: { readonly inlineChars: number; readonly messages: number };
}

/** Limits of one call: it must end when the signal aborts. */
export interface Call {
  readonly signal: AbortSignal;
}

/** Names one transfer: the idempotency key and what it was asked for. */
export interface TransferRef {
  readonly conversationId: string;
  readonly transferId: string;
  readonly target: Target;
  /** Where the chat stands, on desks that need to know. */
  readonly chat?: ChatState;
}

/** Ask the desk to take the conversation. Repeating it with the same `transferId` has no second effect. */
export interface TransferRequest extends TransferRef {
  /** Last words to the user, where the desk carries them. `id` is stable over retries. */
  readonly message?: { readonly id: string; readonly text: string };
  readonly context?: TransferContext;
}

/** `raw` is the platform's answer as JSON, for the Transform Result Script; at most 64 KB. */
export type TransferAnswer =
  /** The desk has it but routing has not answered. */
  | { readonly kind: 'requested'; readonly raw?: unknown; readonly chat?: ChatState }
  | { readonly kind: 'queued'; readonly raw?: unknown; readonly chat?: ChatState }
  | {
      readonly kind: 'connected';
      readonly agentId?: string;
      readonly raw?: unknown;
      readonly chat?: ChatState;
      /** What a receiving bot said at once. */
      readonly said?: readonly BotWord[];
      /** It hands the conversation on at once: only whoever goes on with its session can take it further. */
      readonly handsOn?: HandsOn;
    }
  | {
      readonly kind: 'declined';
      readonly reason: DeclineReason;
      readonly detail?: string;
      readonly raw?: unknown;
    }
  | { readonly kind: 'userLeft' };

/** Where a transfer stands. `absent`: the desk never got it, or it was undone. */
export type TransferStanding = TransferAnswer | { readonly kind: 'absent' };

/** `connected`: too late to take back, a human is there. */
export type Withdrawal =
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'connected'; readonly agentId?: string }
  | { readonly kind: 'userLeft' };

/** Before a rung is tried: may it be? `unknown` never stops a transfer. */
export interface TargetCheck {
  readonly exists: 'yes' | 'no' | 'unknown';
  readonly available: 'yes' | 'no' | 'unknown';
  /** Only for a skill target with an agent: whether the agent has the skill and is available. */
  readonly agent?: 'yes' | 'no' | 'unknown';
}

/** What was heard, in order. */
export interface DeskNews {
  readonly words: readonly { readonly id: string; readonly word: DeskWord }[];
  /** Where the chat stands once they are taken. */
  readonly chat?: ChatState;
  /** The agent has begun or stopped to write. Never kept: typing is not part of any history. */
  readonly typing?: boolean;
}

/** How far a list of messages got. */
export interface SendReceipt {
  /** How many of them the desk has, from the first. All, or those before the one that failed. */
  readonly taken: number;
  readonly chat?: ChatState;
  /** The next one cannot be carried at all, however often it is tried. */
  readonly refused?: 'attachment' | 'too_long' | 'rejected';
  /** There is no chat (any more). */
  readonly gone?: true;
  /** What the other side said in its answers, on desks that say it there. */
  readonly words?: DeskNews['words'];
}

/** The chat of a desk: to and fro between Baton, which speaks for the user, and the agent. */
export interface DeskChat {
  /**
   * Sends messages one after another. `first` is the number of the first of them, counted from 1 over the whole chat:
   * with the message's id it makes a repeat the same message.
   * @throws BatonError when the first could not be sent; after that it returns how far it got
   */
  send(
    ref: TransferRef,
    batch: {
      readonly first: number;
      readonly messages: readonly ChatMessage[];
      /** Least time between two of them. */
      readonly gapMs?: number;
    },
    call: Call,
  ): Promise<SendReceipt>;
  /**
   * Only with `events: 'stream'`. Hears the desk from where `ref.chat` stands until the chat is over or the signal
   * aborts. What is heard counts as taken by Baton once `deliver` has resolved, and is acknowledged to the desk only then.
   */
  listen?(ref: TransferRef, deliver: (news: DeskNews) => Promise<void>, call: Call): Promise<void>;
  /** Ends the chat for the user. Again: nothing happens. */
  close(ref: TransferRef, call: Call): Promise<void>;
  /** The user has begun or stopped to write. */
  typing?(ref: TransferRef, writes: boolean, call: Call): Promise<void>;
}

/** One configured account on one desk. Long-lived; safe for concurrent calls. */
export interface Desk {
  readonly capabilities: DeskCapabilities;
  check(target: Target, call: Call): Promise<TargetCheck>;
  requestTransfer(request: TransferRequest, call: Call): Promise<TransferAnswer>;
  lookUp(ref: TransferRef, call: Call): Promise<TransferStanding>;
  withdraw(ref: TransferRef, call: Call): Promise<Withdrawal>;
  /**
   * Only with `events: 'watch'`. Resolves with the next event that is news after `seen`, at once if the desk
   * already stands there (so that a new worker resumes where the old one was). Ends when the signal aborts.
   */
  watch?(ref: TransferRef, seen: DeskEvent['kind'] | undefined, call: Call): Promise<DeskEvent>;
  /** Only with `capabilities.chat`. */
  readonly chat?: DeskChat;
  /** Where the account has bots that Baton speaks to in the user's place. */
  readonly sessions?: BotSessions;
  /** Logs in and connects ahead of the first call, so that no user waits for it. Where there is such a thing. */
  warmUp?(call: Call): Promise<void>;
  /** Closes sockets and timers. */
  close(): Promise<void>;
}
