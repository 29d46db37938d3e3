// The bot side port: where the bot and its user are. Knows nothing of Temporal.
import type { BotState } from '../domain/bot-state';
import type { Notice } from '../domain/notice';
import type { ChatMessage } from '../domain/chat';
import type { BotMessage, EarlierMessage } from '../domain/request';
import type { Call } from './desk';

/** What the bot side can do, as data. */
export interface BotSideCapabilities {
  /** How a post whose result is not known is settled. */
  readonly settlesUnknownBy: 'idempotency_key' | 'client_made_id' | 'read_back' | 'nothing';
}

/** `gone`: the conversation is over, so there is nobody to read it. */
export type PostResult = { readonly kind: 'posted' } | { readonly kind: 'gone' };

/** Limits of one call to a bot side, and what its platform gave for it. */
export interface BotCall extends Call {
  /** The newest that the conversation has; only from platforms that give it. */
  readonly state?: BotState;
}

/** One configured bot. Long-lived; safe for concurrent calls. */
export interface BotSide {
  readonly capabilities: BotSideCapabilities;
  /** Posts one message to the user; resolves when acknowledged. The same id again posts nothing twice. */
  postToUser(conversationId: string, message: BotMessage, call: BotCall): Promise<PostResult>;
  /**
   * Posts what an agent wrote, as {@link postToUser}; absent: its text is posted by that. `agentName` is shown where the
   * platform shows names.
   */
  postFromAgent?(
    conversationId: string,
    message: ChatMessage & { readonly agentName?: string },
    call: BotCall,
  ): Promise<PostResult>;
  /** The agent has begun or stopped to write; absent: the user does not see it. */
  typing?(conversationId: string, writes: boolean, call: BotCall): Promise<void>;
  /** Tells the bot in the platform's own words. Absent where the platform has none. */
  deliverNotice?(notice: Notice, call: BotCall): Promise<void>;
  /** Keeps alive what `state` names; called every `extendEveryMs` of the platform while the bot's conversation is handed off. */
  extend?(conversationId: string, call: BotCall): Promise<void>;
  /** What was said before the handoff, oldest first, where the platform keeps it and the request did not bring it. */
  readTranscript?(conversationId: string, call: BotCall): Promise<readonly EarlierMessage[]>;
  /** Does what `readInbound` of the platform left to be done after its answer. The same item again has no second effect, as far as the platform allows. */
  passOn?(conversationId: string, item: PassedItem, call: Call): Promise<void>;
  close(): Promise<void>;
}

/** Something that a bot's platform wants done once it has its answer: opaque plain JSON of at most 64 KB. What somebody wrote is sealed in it: it stands in a history, and is masked by nobody. */
export type PassedItem = Readonly<Record<string, unknown>>;
