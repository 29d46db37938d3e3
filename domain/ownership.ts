// Who may speak to the user of a conversation, and what a bot says through Baton. The escalation's workflow is the
// conversation's lock: what is said there is posted before the owner can change, or refused.
import type { Owner } from './phase';
import type { BotMessage } from './request';

/** Who may speak now. Every change adds one to the epoch; what was written under another epoch is refused. */
export interface Ownership {
  readonly owner: Owner;
  readonly epoch: number;
}

/** Input of the update `say`: the bot posts a message to the user through Baton. */
export interface SayInput {
  /** Name of the bot in the configuration. */
  readonly bot: string;
  /** The epoch that the bot believes in. */
  readonly epoch: number;
  readonly message: BotMessage;
}

/** Answer of `say`. `not_posted`: it may have been posted all the same; the same message id can be sent again. */
export type SayResult =
  | ({ readonly kind: 'posted' } & Ownership)
  | { readonly kind: 'gone' }
  | { readonly kind: 'not_posted'; readonly code: string };

/** Input of the update `returned`: the agent is done and the platform gave the conversation back to the bot. */
export interface ReturnedInput {
  /** The current epoch, so that an old return cannot take the conversation from a later agent. */
  readonly epoch: number;
}
