// What a vendor's folder exports: one Platform. platforms/index.ts lists them; nothing else changes for a new one.
import type { BotConfiguration, ConnectorConfiguration } from '../domain/configuration';
import type { BotState } from '../domain/bot-state';
import type { BotTurn } from '../domain/bot-session';
import type { ChatMessage } from '../domain/chat';
import type { DeskWord } from '../domain/desk-event';
import type { ProgressNotice } from '../domain/notice';
import type { EscalationReason, EscalationRequest } from '../domain/request';
import type { BotSide, PassedItem } from './bot-side';
import type { Desk, DeskCapabilities } from './desk';

/** A fault in the options of a connector or bot, found when the configuration is checked. */
export interface OptionFault {
  /** Path inside the connector or bot, e.g. `['credentials', 'username']`. */
  readonly path: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

/** An HTTP request of a platform's webhook, as it arrived. */
export interface InboundRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The exact bytes: signatures are over these. */
  readonly body: Buffer;
  /** Epoch milliseconds at arrival. */
  readonly receivedAt: number;
}

/** One thing that a desk said. `id` is the desk's own, for de-duplication. */
export interface PlatformEvent {
  readonly id: string;
  readonly conversationId: string;
  readonly transferId: string;
  readonly word: DeskWord;
}

/** What a webhook turned into: `unauthorized` and `invalid` never say why in detail to the caller. */
export type InboundResult =
  | {
      readonly kind: 'events';
      readonly events: readonly PlatformEvent[];
      /** Who has begun or stopped to write; kept out of every history. */
      readonly typing?: readonly { readonly conversationId: string; readonly writes: boolean }[];
    }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'invalid'; readonly detail: string };

/** An HTTP request of a bot's platform, below the bot's own address. */
export interface BotRequest extends InboundRequest {
  readonly method: 'GET' | 'POST';
  /** What follows the bot's address, beginning with a slash; decoded, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}

/** An HTTP answer, to the byte. */
export interface BotAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a bot's platform wants done. The answer is sent once Temporal has all of it. */
export type BotDeed =
  | { readonly kind: 'escalate'; readonly conversationId: string; readonly request: EscalationRequest }
  | {
      readonly kind: 'userMessage';
      readonly conversationId: string;
      readonly message: ChatMessage;
      readonly state?: BotState;
      /** Passed on if the message is the bot's: no escalation is open, or it has given the conversation back. Absent: then nothing is done. */
      readonly otherwise?: { readonly id: string; readonly items: readonly PassedItem[] };
      /** Passed on besides if it is not: the platform has forgotten that the conversation is handed off. */
      readonly ifTaken?: { readonly id: string; readonly items: readonly PassedItem[] };
    }
  | { readonly kind: 'userLeft'; readonly conversationId: string }
  | { readonly kind: 'typing'; readonly conversationId: string; readonly writes: boolean }
  /** For {@link BotSide.passOn}, in order with others of the conversation. The same id again is the same. */
  | {
      readonly kind: 'passOn';
      readonly conversationId: string;
      readonly id: string;
      readonly items: readonly PassedItem[];
    };

/** What a bot's platform sent turned into. A refusal is in the platform's words and has no deeds. */
export interface BotInboundResult {
  readonly answer: BotAnswer;
  readonly deeds: readonly BotDeed[];
  /** The request could not be verified: counted against its address. */
  readonly unauthorized?: true;
  /** What to answer instead if Temporal could not take a deed. */
  readonly failure?: BotAnswer;
}

/** A vendor's own message by which a client hands a bot's session over to Baton. */
export type TriggerResult =
  | {
      readonly kind: 'turn';
      readonly turn: BotTurn;
      readonly botId: string;
      /** The last sequence number that the client has used. */
      readonly sequence: number;
      readonly reason?: EscalationReason;
    }
  | {
      readonly kind: 'invalid';
      readonly faults: readonly { readonly pointer: string; readonly detail: string }[];
    };

/** A log line without secrets or message text. */
export interface PlatformLog {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** What an implementation is made with. */
export interface PlatformContext {
  readonly tenant: string;
  /** Name of the connector or bot in the configuration. */
  readonly name: string;
  readonly log: PlatformLog;
}

/** The desk half of a platform. */
export interface DeskPlatform {
  readonly capabilities: DeskCapabilities;
  /** Whether a target id has the vendor's form; checked in the plan, before anything is sent. */
  isValidTargetId(kind: string, id: string): boolean;
  checkConnector(connector: ConnectorConfiguration): readonly OptionFault[];
  createDesk(connector: ConnectorConfiguration, context: PlatformContext): Desk;
  /** Only with `events: 'webhook'`: verifies and parses one webhook. Used by the gateway. */
  readInbound?(connector: ConnectorConfiguration, request: InboundRequest): InboundResult;
}

/** The bot half of a platform. */
export interface BotSidePlatform {
  /** Whether the bot needs a connector (an account) to post to the user. */
  readonly needsConnector: boolean;
  /** Whether `notices: {kind: platform}` is possible. */
  readonly deliversNotices: boolean;
  /** What its own words tell besides how an attempt ended. `accepted` among them: the user hears nothing before it is told. */
  readonly ownProgress?: readonly ProgressNotice[];
  /** How often a handed-off conversation is to be kept alive. */
  readonly extendEveryMs?: number;
  /** The conversation before the handoff can be read. */
  readonly readsTranscript?: true;
  /** Baton speaks to the bot for the user, in sessions on the bot's connector; notices in own words go to the session. */
  readonly sessions?: {
    /** The bot's id at the vendor, with which a conversation begins. */
    entryBotId(bot: BotConfiguration): string;
    /** Verifies what a client handed over. `handed` is the body of the trigger without its conversation and bot. */
    readTrigger(bot: BotConfiguration, handed: Readonly<Record<string, unknown>>): TriggerResult;
  };
  /** HTTP that the bot's platform calls: verifies and parses, calls nobody. Used by the gateway. */
  readInbound?(
    bot: BotConfiguration,
    connector: ConnectorConfiguration | undefined,
    request: BotRequest,
  ): BotInboundResult;
  checkBot(bot: BotConfiguration): readonly OptionFault[];
  createBotSide(
    bot: BotConfiguration,
    connector: ConnectorConfiguration | undefined,
    context: PlatformContext,
  ): BotSide;
}

/** One vendor. */
export interface Platform {
  readonly name: string;
  readonly desk?: DeskPlatform;
  readonly botSide?: BotSidePlatform;
}
