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
  Escalation,
  Explanation,
  ListedEscalation,
  ListFilter,
  Outcome,
  Ownership,
  Posted,
  ReturnedConversation,
  SayMessage,
  UserMessage,
  StartRequest,
  Taken,
} from './types';
export type { ErrorCode } from '../domain/errors';
