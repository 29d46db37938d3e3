// The package's face: what a bot backend imports. README.md shows how it is used.
export { BatonClient } from './baton-client';
export type { CallOptions, EventsOptions, StartOptions, WaitOptions } from './baton-client';
export type { BatonClientOptions } from './options';
export { BatonProblem } from './problem';
export type { ProblemFault } from './problem';
export { verifyNotice } from './verify-notice';
export type { NoticeHeaders, ReceivedNotice, VerifiedNotice } from './verify-notice';
export type {
  Accepted,
  Awaited,
  BatonEvent,
  BatonNotice,
  BotSession,
  EinsteinHandover,
  Escalation,
  Explanation,
  HandedOver,
  ListedEscalation,
  ListFilter,
  Outcome,
  Ownership,
  Posted,
  ReturnedConversation,
  SayMessage,
  SessionMessage,
  UserMessage,
  StartRequest,
  Taken,
} from './types';
export type { ErrorCode } from '../domain/errors';
