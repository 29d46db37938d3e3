// The plan of one attempt: everything the workflow needs to know, read once from the configuration and
// written in the history. A running escalation finishes on the policy it began with. No secrets: connectors
// and bots are named, and looked up where the call is made.
import type { ConversationOrigin, TypedVariable } from './bot-session';
import type { ProgressNotice } from './notice';
import type { BotMessage, EarlierMessage, Variable } from './request';
import type { Target } from './target';

/** UTC instants (epoch milliseconds) between which a rung is open: `[from, to)`. */
export type OpenWindow = readonly [from: number, to: number];

/** One step of the ladder. */
export interface Rung {
  /** The connector (a configured account on a desk) to ask. */
  readonly connector: string;
  readonly target: Target;
  /** From the first send, retries included, to a human who joined. @default 180000 */
  readonly responseTimeoutMs: number;
  /** If set: once routing has queued the request, this bounds the wait instead. */
  readonly queueTimeoutMs?: number;
  /** Business hours as instants, computed when the plan was made; absent: always open. */
  readonly open?: readonly OpenWindow[];
  /** Ask the desk first whether the target is available and skip the rung if it says no. */
  readonly onlyIfAvailable?: boolean;
  /** `ladder`: configured for the integration; `fallback`: the connector's fallback skill. */
  readonly origin: 'ladder' | 'fallback';
  /** The desk's capabilities that decide the flow; see platforms/desk.ts. */
  readonly desk: PlannedDesk;
  /** Baton carries the messages after a human has joined on this rung; absent: the platform does, or nobody. */
  readonly chat?: PlannedChat;
}

/** What the workflow must know of a desk's chat; see ChatCapabilities in platforms/desk.ts. */
export interface PlannedChat {
  readonly maxChars: number;
  readonly perMinute?: number;
  readonly gapMs?: number;
  readonly attachments: 'carried' | 'as_link' | 'refused';
}

/** How long and how a chat is carried. Texts are filled but for `{position}` and `{wait}`. */
export interface RelayPlan {
  /** Tried this long, then the sender is told that a message did not arrive. */
  readonly deliverWithinMs: number;
  /** The longest chat. */
  readonly maxLengthMs: number;
  /** How long a chat waits for another agent when the one it had is gone. */
  readonly agentGoneMs: number;
  /** Absent: a silent user may stay. */
  readonly userIdle?: { readonly warnAfterMs: number; readonly endAfterMs: number; readonly warning: string };
  /** What the user reads when a message of theirs did not arrive. */
  readonly undelivered: string;
  /** What the user reads while waiting; absent: nothing. */
  readonly queueMessage?: string;
  /** Length of a history at which the chat goes on in another run. @default 4000 */
  readonly eventsPerRun?: number;
}

/** What the workflow must know of a desk. Copied into the plan so that replay never asks live code. */
export interface PlannedDesk {
  readonly platform: string;
  /** The transfer call carries the message to the user, so that it is the last thing seen. */
  readonly carriesMessage: boolean;
  /** `watch`: an activity waits for events; `webhook`: the gateway signals them; `stream`: an activity does. */
  readonly events: 'watch' | 'webhook' | 'stream';
  /** False: the desk never tells that a human joined; queued is as good as it gets. */
  readonly confirmsConnection: boolean;
  /** Longest silence of a watching activity before another worker takes over. */
  readonly heartbeatMs: number;
  /** A request that may have arrived is never sent again. */
  readonly unrepeatable?: true;
}

/** What the workflow must know of a bot side; see BotSidePlatform in platforms/platform.ts. */
export interface PlannedBotSide {
  /** How often the handed-off conversation is kept alive. */
  readonly extendEveryMs?: number;
  /** The conversation before the handoff is read for the agent. */
  readonly readsTranscript?: true;
  /** The platform must know that the conversation is handed off before anything is said to the user. */
  readonly tellsFirst?: true;
  /** Baton speaks to the bot for the user: it hears of a failure and answers, so that the user reads nothing besides. */
  readonly answersFailures?: true;
}

/** What a receiving bot or agent is told. */
export interface TransferContext {
  readonly intent?: string;
  readonly userMessage?: string;
  /** Further context, for an agent. */
  readonly summary?: string;
  readonly variables?: Readonly<Record<string, Variable>>;
  readonly transcript?: readonly EarlierMessage[];
  /** Only for a bot: variables with their types, and where the conversation comes from. */
  readonly typedVariables?: readonly TypedVariable[];
  readonly origin?: ConversationOrigin;
}

/** How the desk's raw answer becomes the bot's data. */
export interface ResultMapping {
  /** The integration's response data variable name: the raw result is `api_<responseVariable>`. */
  readonly responseVariable: string;
  /** User JavaScript; absent: only the custom data fields are filled. */
  readonly script?: string;
  /** Custom data fields: name to a literal or `{$.api_<responseVariable>.path}`. */
  readonly customData?: Readonly<Record<string, string>>;
}

/** The plan of one attempt. */
export interface EscalationPlan {
  /**
   * From 2 on, whoever listens to a desk is told to stop a moment later, see workflows/in-turn.ts; from 3 on, a chat in
   * which one batch follows another ends its workflow tasks, see docs/decisions/0019.
   */
  readonly v: 1 | 2 | 3;
  readonly integration: string;
  /** Name of the bot in the configuration: where notices go and how the user is reached. */
  readonly bot: string;
  /** Notices go out in the bot platform's own words, which take longer than a webhook's acknowledgement. */
  readonly noticesInOwnWords?: boolean;
  /** What the bot's platform wants while the conversation is handed off; absent: nothing. */
  readonly botSide?: PlannedBotSide;
  /** What the bot wants to be told while the attempt is worked on; absent: nothing. */
  readonly progress?: readonly ProgressNotice[];
  /** Message to User, filled; absent: `BLANK_MESSAGE`. */
  readonly transferMessage?: string;
  readonly lastMessages?: readonly BotMessage[];
  /** 0: no timer. */
  readonly interactionDelayMs: number;
  readonly rungs: readonly Rung[];
  /** Configured rungs that cannot be tried, and why; for the story. Ids that a bot sent are not repeated. */
  readonly leftOut?: readonly string[];
  readonly context?: TransferContext;
  /** Only where some rung has a chat. */
  readonly relay?: RelayPlan;
  /** Absent when the integration has neither a script nor custom data fields. */
  readonly result?: ResultMapping;
  /** What the user reads when no rung is even tried because a target is invalid. */
  readonly fallbackMessage: string;
  /** What the user reads when the escalation stops for good. */
  readonly failureMessage: string;
  /** How long the bot may take to ask again after a failure notice. */
  readonly retryWindowMs: number;
  /** Why no transfer is to be tried at all. */
  readonly problem?: PlanProblem;
}

/** A request that cannot be carried out as configured. The detail names fields and ids, never message text. */
export interface PlanProblem {
  readonly reason: 'invalid_target';
  readonly detail: string;
  /** The bot answers the user itself: no fallback message. */
  readonly silent?: true;
}

/** The vendor's text when a bot has configured none (LivePerson Agent Escalation page). */
export const DEFAULT_FAILURE_MESSAGE = 'Not able to transfer to Agent at this time. Please try later.';
/** What the user reads when a message of theirs did not reach the agent, where nothing else is configured. */
export const DEFAULT_UNDELIVERED = 'Your last message could not be delivered. Please write it again.';
/** How messages are carried where nothing is configured. */
export const DEFAULT_RELAY: RelayPlan = {
  deliverWithinMs: 120_000,
  maxLengthMs: 28_800_000,
  agentGoneMs: 120_000,
  undelivered: DEFAULT_UNDELIVERED,
};
/** Value of Message to User that sends none (LivePerson Agent Escalation page). */
export const BLANK_MESSAGE = 'BLANK_MESSAGE';
/** The vendor's three minutes (LivePerson Agent Escalation page). */
export const DEFAULT_RESPONSE_TIMEOUT_MS = 180_000;
/** The vendor's rule of thumb for each message sent before the transfer. */
export const DEFAULT_DELAY_PER_MESSAGE_MS = 2_000;
/** After three failure notices the next failed attempt is the last (LivePerson Agent Escalation page). */
export const MAX_FAILURE_NOTICES = 3;
