// What Baton tells the bot, in neutral words. Platforms and webhooks put it into theirs.
import type { BotState } from './bot-state';
import type { ChatEnd, TranscriptLine } from './chat';
import type { FailureReason } from './outcome';
import type { Variable } from './request';
import type { Target } from './target';

/** What a bot may ask to hear while an attempt is still worked on. */
export const PROGRESS_NOTICES = ['accepted', 'queued', 'position'] as const;

/** One of {@link PROGRESS_NOTICES}. */
export type ProgressNotice = (typeof PROGRESS_NOTICES)[number];

/** Notice types as they travel in a webhook's `type`. Each attempt ends with exactly one that is not progress. */
export const NOTICE_TYPES = [
  'escalation.accepted',
  'escalation.queued',
  'escalation.position',
  'escalation.connected',
  'escalation.failed',
  'escalation.abandoned',
  'escalation.cancelled',
  'escalation.returned',
  'escalation.ended',
] as const;

/**
 * One of {@link NOTICE_TYPES}. `escalation.failed`: the bot may ask again; `escalation.ended`: it may not.
 * `escalation.queued` without `progress`: the desk can never tell whether a human joins. `escalation.returned` comes
 * after `connected` where Baton carried the messages: the human is done, the bot owns the conversation again.
 */
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** Version of the notice's payload. A member may be added within a version; none changes its meaning. */
export const NOTICE_VERSION = 1;

/** One notice. `id` is stable over every retry and redelivery. */
export interface Notice {
  readonly id: string;
  readonly type: NoticeType;
  /** Its number in the escalation: 1, 2, 3, …, whether or not the bot asked to be told of those between. */
  readonly sequence: number;
  /** The attempt is still worked on: this is not how it ended. */
  readonly progress?: true;
  readonly conversationId: string;
  readonly requestId: string;
  /** 1 for the first request of this escalation. */
  readonly attempt: number;
  /** Ownership epoch at the time of the notice. */
  readonly epoch: number;
  /** Epoch milliseconds, from the workflow's clock. */
  readonly at: number;
  readonly target?: Target;
  /** Only `escalation.position`: place in the desk's queue, 1 is next; expected wait in milliseconds. */
  readonly position?: number;
  readonly waitMs?: number;
  readonly agentId?: string;
  /** Only `escalation.connected`: Baton carries the messages, and `escalation.returned` will follow. */
  readonly relayed?: true;
  readonly reason?: FailureReason;
  readonly detail?: string;
  /** Only `escalation.failed`: how many failure notices may follow this one, and until when the bot may ask again. */
  readonly noticesLeft?: number;
  readonly askAgainBy?: number;
  /** Only `escalation.returned`: who ended the time with the human, when and why, and what was said in it. */
  readonly ended?: ChatEnd;
  readonly transcript?: readonly TranscriptLine[];
  /** Lines that the transcript would have had before those. */
  readonly transcriptOmitted?: number;
  /** Custom data fields and variables set by the Transform Result Script. */
  readonly data?: Readonly<Record<string, Variable>>;
  /** The script's error, if it failed: the escalation went on without it. */
  readonly dataError?: string;
}

/** A notice as it travels over HTTP: the body of a webhook, the data of a streamed event. Instants are ISO 8601, UTC. */
export interface NoticeEnvelope {
  readonly type: NoticeType;
  readonly version: typeof NOTICE_VERSION;
  /** When it happened, not when it was sent. */
  readonly timestamp: string;
  readonly data: Omit<Notice, 'id' | 'type' | 'at' | 'askAgainBy' | 'ended' | 'transcript'> & {
    /** The notice's `id`. */
    readonly noticeId: string;
    readonly askAgainBy?: string;
    readonly ended?: Omit<ChatEnd, 'at'> & { readonly at: string };
    readonly transcript?: readonly (Omit<TranscriptLine, 'at'> & { readonly at: string })[];
  };
}

/**
 * Where a notice stands with the bot. `unasked`: the bot does not want to be told of progress. `sending`: being
 * delivered for the first time. `waiting`: in the outbox workflow of this id, which may have delivered it since.
 * `superseded`: a position that was not sent, because a newer one was known.
 */
export type Delivery =
  | { readonly kind: 'unasked' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'delivered' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'waiting'; readonly outbox: string };

/** One line of an escalation's log of notices. */
export interface NoticeRecord {
  readonly notice: Notice;
  readonly delivery: Delivery;
}

/** Answer of the `notices` query. */
export interface NoticeLog {
  /** The bot whose notices these are, once a plan has named it. */
  readonly bot?: string;
  /** The newest that the bot's platform gave for calls to it; for the gateway, and shown to nobody. */
  readonly botState?: BotState;
  /** Those after the sequence asked for, in order. */
  readonly records: readonly NoticeRecord[];
  /** No further notice will come. */
  readonly complete: boolean;
}
