// One bot as the matrix of bots and desks plays it: its part of the configuration, its user, and what each of them sees.
// The conversations run on a system of real processes (../system.ts).
import type { TargetKind } from '../../../domain/target';
import type { Additions } from '../chat-stages/stage';
import type { Place } from '../desk-stages/stage';

/** What the bot says when it goes on with its user. */
export const BACK = 'It is me again, says the bot.';

/** `connected`: and Baton does not carry what they write; `relayed`: it does. */
export type Happening = 'asked' | 'connected' | 'relayed' | 'queued' | 'failed' | 'returned' | 'abandoned';

/** One conversation that a bot has with its user. */
export interface Talk {
  readonly conversationId: string;
  /** What the user wrote to be handed over, where the platform may tell of it so late that the agent reads it too. */
  readonly asking?: string;
  /** The user wants a human, and the bot hands the conversation over in its own way. */
  escalate(): Promise<void>;
  /** While the human has the conversation. */
  userWrites(text: string): Promise<void>;
  userLeaves(): Promise<void>;
  /** The user and the bot go on by themselves: the user writes, the bot answers. */
  goesOn(): Promise<void>;
  /** The whole screen of the user but for their own lines, in order: `Ann: text` where the platform shows names. */
  screen(): Promise<readonly string[]>;
  /** What the bot heard, in order, in its own words. */
  heard(): Promise<readonly string[]>;
}

/** What a conversation begins with. */
export interface TalkStart {
  /** The integration by which the bot is to hand over. */
  readonly integration: string;
  /** Where that leads, for bots that name it. */
  readonly place: Place;
  /** Begun at a desk that takes only what it has already. */
  readonly conversationId?: string;
}

/** See the file's comment. */
export interface BotStage {
  /** As in platforms/index.ts. */
  readonly platform: string;
  /** Name in the configuration of the bot that hands over by this integration. */
  botOf(integration: string): string;
  /** Whether its conversations may be such as another platform has. */
  readonly takesAnyConversation: boolean;
  /** Kinds of targets, if the bot names them itself. Absent: the integration does. */
  readonly names?: readonly TargetKind[];
  readonly showsNames: boolean;
  /** What the user has read of the bot when it hands over. */
  readonly opening: readonly string[];
  /** What the bot hears, in its own words. */
  readonly words: Readonly<Record<Happening, readonly string[]>>;
  /** What the user reads of the bot when it hears that. */
  readonly answers?: Readonly<Partial<Record<Happening, readonly string[]>>>;
  /** What the user reads when the two go on after that. @default {@link BACK} */
  readonly back?: Readonly<Partial<Record<Happening, readonly string[]>>>;
  /** Its part of the tenant, for these integrations of its own. */
  configuration(integrations: readonly string[]): Promise<
    Additions & {
      /** Files beside the configuration, for its references. */
      readonly secrets?: Readonly<Record<string, string>>;
    }
  >;
  /** The gateway is there. */
  open(gatewayUrl: string): Promise<void>;
  begin(start: TalkStart): Promise<Talk>;
  close(): Promise<void>;
}
