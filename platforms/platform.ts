// What a vendor's folder exports: one Platform. platforms/index.ts lists them; nothing else changes for a new one.
import type { BotConfiguration, ConnectorConfiguration } from '../domain/configuration';
import type { DeskWord } from '../domain/desk-event';
import type { BotSide } from './bot-side';
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
