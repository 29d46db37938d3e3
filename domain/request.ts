// What a bot asks for, once, to hand its conversation off. The same value whether it came over HTTP,
// as a Temporal signal from another language, or in a vendor's own shape.
import type { Choice, ConversationOrigin, RequestedTarget, TypedVariable } from './bot-session';
import type { BotState } from './bot-state';
import type { EscalationState } from './escalation-state';
import type { Owner } from './phase';

/** A value of the bot's context. Vendors know only these. */
export type Variable = string | number | boolean | null;

/** A message that the bot hands over to be posted before the transfer. */
export interface BotMessage {
  /** The bot's id of the message; makes posting idempotent. Unique within the conversation. */
  readonly id: string;
  readonly text: string;
  /** What the user may choose from, where a bot that Baton speaks to offers something; the text has the labels. */
  readonly choices?: readonly Choice[];
}

/** A line of the conversation before the handoff. */
export interface EarlierMessage {
  readonly from: 'user' | 'bot';
  readonly text: string;
}

/** Why the bot escalates, as Einstein Bots distinguishes it. */
export type EscalationReason = 'user_request' | 'error' | 'configured';

/** One request of the bot: start an escalation, or ask again after a failure. */
export interface EscalationRequest {
  /** The bot's id of this request: the same id again is the same request. 1 to 200 characters. */
  readonly requestId: string;
  /** Name of an integration in the tenant's configuration. */
  readonly integration: string;
  /** The bot context that `{$botContext.name}` templates read. */
  readonly variables?: Readonly<Record<string, Variable>>;
  /** The bot's own last messages, posted in this order before the transfer message. */
  readonly lastMessages?: readonly BotMessage[];
  /** How many messages the bot sent just before asking; multiplies the per-message interaction delay. */
  readonly precedingMessages?: number;
  /** The user's intent and message, for a receiving bot ("transfer bot context"). */
  readonly intent?: string;
  readonly userMessage?: string;
  readonly reason?: EscalationReason;
  /** What the agent gets to read of the conversation so far, oldest first; at most 100 lines. */
  readonly transcript?: readonly EarlierMessage[];
  /** The conversation so far in a few sentences. */
  readonly summary?: string;
  /** Targets that the bot names itself, in its order: they are the ladder, if the integration takes such. Empty: a failure. */
  readonly targets?: readonly RequestedTarget[];
  /** For a receiving bot, which gets each as what it was. */
  readonly typedVariables?: readonly TypedVariable[];
  readonly origin?: ConversationOrigin;
  /** From the bot's platform, for calls back to it. Never over Baton's own API. */
  readonly botState?: BotState;
}

/** What starts the workflow. `request` may travel here or in the `escalate` signal; `requestId` makes both the same. */
export interface EscalationInput {
  readonly tenant: string;
  readonly conversationId: string;
  readonly request?: EscalationRequest;
  /** No request came: the run only posts what the bot says while no escalation is open. */
  readonly speaking?: true;
  /** What an earlier run of the conversation leaves: what must not begin again. */
  readonly continued?: Continued;
  /** What the run before knew, when it went on as this one while user and agent talked. */
  readonly resumed?: EscalationState;
}

/** What a run takes over from the one before it. */
export interface Continued {
  readonly epoch: number;
  /** Requests that were taken already. */
  readonly requestIds: readonly string[];
  /** @default bot */
  readonly owner?: Owner;
  /** Run id of the conversation's last escalation, for a run that is none. */
  readonly lastEscalation?: string;
}
