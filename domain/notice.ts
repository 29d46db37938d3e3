// What Baton tells the bot, in neutral words. Platforms and webhooks put it into theirs.
import type { FailureReason } from './outcome';
import type { Variable } from './request';
import type { Target } from './target';

/** Notice types as they travel in a webhook's `type`. One of them ends each attempt. */
export const NOTICE_TYPES = [
  'escalation.connected',
  'escalation.queued',
  'escalation.failed',
  'escalation.abandoned',
  'escalation.cancelled',
  'escalation.ended',
] as const;

/** One of {@link NOTICE_TYPES}. `escalation.failed`: the bot may ask again; `escalation.ended`: it may not. */
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** One notice. `id` is stable over every retry and redelivery. */
export interface Notice {
  readonly id: string;
  readonly type: NoticeType;
  readonly conversationId: string;
  readonly requestId: string;
  /** 1 for the first request of this escalation. */
  readonly attempt: number;
  /** Ownership epoch at the time of the notice. */
  readonly epoch: number;
  /** Epoch milliseconds, from the workflow's clock. */
  readonly at: number;
  readonly target?: Target;
  readonly agentId?: string;
  readonly reason?: FailureReason;
  readonly detail?: string;
  /** Only `escalation.failed`: how many failure notices may follow this one, and until when the bot may ask again. */
  readonly noticesLeft?: number;
  readonly askAgainBy?: number;
  /** Custom data fields and variables set by the Transform Result Script. */
  readonly data?: Readonly<Record<string, Variable>>;
  /** The script's error, if it failed: the escalation went on without it. */
  readonly dataError?: string;
}
