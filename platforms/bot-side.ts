// The bot side port: where the bot and its user are. Knows nothing of Temporal.
import type { Notice } from '../domain/notice';
import type { ChatMessage } from '../domain/chat';
import type { BotMessage } from '../domain/request';
import type { Call } from './desk';

/** What the bot side can do, as data. */
export interface BotSideCapabilities {
  /** How a post whose result is not known is settled. */
  readonly settlesUnknownBy: 'idempotency_key' | 'client_made_id' | 'read_back' | 'nothing';
}

/** `gone`: the conversation is over, so there is nobody to read it. */
export type PostResult = { readonly kind: 'posted' } | { readonly kind: 'gone' };

/** One configured bot. Long-lived; safe for concurrent calls. */
export interface BotSide {
  readonly capabilities: BotSideCapabilities;
  /** Posts one message to the user; resolves when acknowledged. The same id again posts nothing twice. */
  postToUser(conversationId: string, message: BotMessage, call: Call): Promise<PostResult>;
  /**
   * Posts what an agent wrote, as {@link postToUser}; absent: its text is posted by that. `agentName` is shown where the
   * platform shows names.
   */
  postFromAgent?(
    conversationId: string,
    message: ChatMessage & { readonly agentName?: string },
    call: Call,
  ): Promise<PostResult>;
  /** The agent has begun or stopped to write; absent: the user does not see it. */
  typing?(conversationId: string, writes: boolean, call: Call): Promise<void>;
  /** Tells the bot in the platform's own words. Absent where the platform has none. */
  deliverNotice?(notice: Notice, call: Call): Promise<void>;
  close(): Promise<void>;
}
