// The workflow's messages: what it can be told and asked, by the names that any Temporal SDK uses.
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { HandedOver, SessionStatus, UserSays } from '../domain/bot-session-messages';
import type { Receiver } from '../domain/bot-session';
import type { BotState } from '../domain/bot-state';
import type { ChatState } from '../domain/chat';
import type { DeskEventSignal, DeskNewsSignal } from '../domain/desk-event';
import type { Explanation } from '../domain/explain';
import type { Notice, NoticeLog } from '../domain/notice';
import type { Outcome } from '../domain/outcome';
import type { Ownership, ReturnedInput, SayInput, SayResult } from '../domain/ownership';
import type { KeptAnswer } from '../domain/kept-answer';
import type { PassOn } from '../domain/passage';
import type { EscalationRequest } from '../domain/request';
import type { EscalationStatus } from '../domain/status';
import type { UserMessage } from '../domain/user-message';

/** Start an escalation (signal-with-start), or ask again after a failure. */
export const escalateSignal = defineSignal<[EscalationRequest]>('escalate');
/** The bot takes it back. */
export const cancelSignal = defineSignal<[{ readonly reason?: string }?]>('cancel');
/** The user left the conversation. */
export const userLeftSignal = defineSignal('userLeft');
/** A desk said something about a transfer. */
export const deskEventSignal = defineSignal<[DeskEventSignal]>('deskEvent');
/** A desk that is listened to said something, or several things. */
export const deskNewsSignal = defineSignal<[DeskNewsSignal]>('deskNews');
/** The user wrote something, while a human is on the way or there, or the bot may ask again. */
export const userMessageSignal = defineSignal<[UserMessage]>('userMessage');
/** The same as `escalate`, answered with how the attempt ended. Use update-with-start and a deadline. */
export const escalateAndWaitUpdate = defineUpdate<
  { readonly attempt: number; readonly outcome: Outcome },
  [EscalationRequest]
>('escalateAndWait');
/** Where the escalation stands. */
export const statusQuery = defineQuery<EscalationStatus>('status');
/** What was tried, why not, what could not be understood. */
export const explainQuery = defineQuery<Explanation>('explain');
/** The notices after a sequence number; 0 or none: all. */
export const noticesQuery = defineQuery<NoticeLog, [after?: number]>('notices');
/** The bot that has taken the conversation over, for whoever goes on with it. */
export const receiverQuery = defineQuery<Receiver | undefined>('receiver');
/** Where the chat of a transfer stands: for activities whose tries began before the newest of it. Secrets in it are sealed. */
export const chatQuery = defineQuery<ChatState | undefined, [transferId: string]>('chat');
/**
 * The bot says something to the user. Refused with `ESC_NOT_OWNER` and the current {@link Ownership} in the failure's
 * details unless the bot owns the conversation under the epoch that it names.
 */
export const sayUpdate = defineUpdate<SayResult, [SayInput]>('say');
/** The agent is done: the bot owns the conversation again. Refused as `say` is, unless an agent owns it. */
export const returnedUpdate = defineUpdate<Ownership, [ReturnedInput]>('returned');

/** To a notice outbox: one more notice, delivered after those before it, and the newest that the bot's platform gave. */
export const enqueueNoticeSignal = defineSignal<[notice: Notice, botState?: BotState]>('enqueue');
/** To a notice outbox, by an operator: try again now. */
export const redeliverSignal = defineSignal('redeliver');
/** What a notice outbox still has to deliver. */
export const outboxQuery = defineQuery<{ readonly undelivered: readonly Notice[]; readonly tries: number }>(
  'outbox',
);

/** To the claim of an idempotency key: what the gateway answers. */
export const answeredSignal = defineSignal<[KeptAnswer]>('answered');

/** To the conversation with a bot that Baton speaks to: the user wrote something. Signal-with-start begins it. */
export const userSaysSignal = defineSignal<[UserSays]>('userSays');
/** To the same: a client hands over the session that it had with the bot. Signal-with-start begins it. */
export const handedOverSignal = defineSignal<[HandedOver]>('handedOver');
/** To the same: how the escalation that the bot asked for went. */
export const noticeSignal = defineSignal<[Notice]>('notice');
/** To the same: the user left. */
export const endSignal = defineSignal('end');
/** Where the conversation with the bot stands. */
export const sessionQuery = defineQuery<SessionStatus>('session');

/** To what passes on for a bot's platform: something to be done, after what came before. Signal-with-start begins it. */
export const passOnSignal = defineSignal<[PassOn]>('passOn');
