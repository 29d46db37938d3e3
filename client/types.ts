// What the client takes and gives, from the schemas of the gateway's contract. Types only: nothing of the contract is
// loaded where the client runs.
import type { z } from 'zod';
import type {
  acceptedSchema,
  botSessionSchema,
  escalationSchema,
  explanationSchema,
  handedOverSchema,
  listedEscalationSchema,
  outcomeSchema,
  ownershipSchema,
  postedSchema,
  takenSchema,
} from '../contract/http/answers';
import type {
  einsteinTriggerBody,
  listQuery,
  returnBody,
  sayBody,
  sessionMessageBody,
  userMessageBody,
  startBody,
} from '../contract/http/questions';
import type { NoticeEnvelope } from '../domain/notice';

/** Body of a start: the conversation, the integration, and what the bot knows. */
export type StartRequest = z.output<typeof startBody>;
/** Answer to a start. */
export type Taken = z.output<typeof takenSchema>;
/** Where an escalation stands. */
export type Escalation = z.output<typeof escalationSchema>;
/** How an attempt ended. */
export type Outcome = z.output<typeof outcomeSchema>;
/** What was tried, and why not: for the person on call. */
export type Explanation = z.output<typeof explanationSchema>;
/** One of a list. */
export type ListedEscalation = z.output<typeof listedEscalationSchema>;
/** Which escalations to list, and how many at a time. */
export type ListFilter = Omit<z.output<typeof listQuery>, 'limit' | 'cursor'> & {
  /** Escalations of one page. @default 20 */
  readonly limit?: number;
};
/** Answer to a signal. */
export type Accepted = z.output<typeof acceptedSchema>;
/** Who may speak to the user. */
export type Ownership = z.output<typeof ownershipSchema>;
/** A message of the bot to its user. */
export type SayMessage = z.output<typeof sayBody>;
/** What the user wrote. */
export type UserMessage = z.input<typeof userMessageBody>;
/** Answer to a message. */
export type Posted = z.output<typeof postedSchema>;
/** The conversation comes back to the bot. */
export type ReturnedConversation = z.output<typeof returnBody>;
/** What a client of an Einstein bot hands over. */
export type EinsteinHandover = z.input<typeof einsteinTriggerBody>;
/** Answer to it. */
export type HandedOver = z.output<typeof handedOverSchema>;
/** What the user writes to a bot that Baton speaks to. */
export type SessionMessage = z.input<typeof sessionMessageBody>;
/** Where a conversation with such a bot stands. */
export type BotSession = z.output<typeof botSessionSchema>;
/** What the bot is told: the body of a webhook, the data of an event. Members may be added. */
export type BatonNotice = NoticeEnvelope;

/** An event of an escalation. */
export interface BatonEvent {
  /** Goes on after this event if given as `lastEventId`. */
  readonly id: string;
  readonly notice: BatonNotice;
}

/**
 * What became of the wait for a request's outcome. `concluded`: the first notice about it that is not progress; its
 * `type` says how it ended. `timed_out`: not yet. `over`: the escalation has ended without any such notice.
 */
export type Awaited =
  | { readonly kind: 'concluded'; readonly notice: BatonNotice }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'over' };
