// What the activities are made with: configuration, the accounts on the platforms, and ways out.
import type { Configuration } from '../domain/configuration';
import type { Receiver } from '../domain/bot-session';
import type { ChatState } from '../domain/chat';
import type { DeskNewsSignal } from '../domain/desk-event';
import type { Notice } from '../domain/notice';
import type { Ownership } from '../domain/ownership';
import type { PassOn } from '../domain/passage';
import type { EscalationRequest } from '../domain/request';
import type { Platform } from '../platforms/platform';
import type { PlatformLog } from '../platforms/platform';
import type { Accounts } from './accounts';
import type { ConversationKey, RequestTaken } from './session-types';
import type { Transformer } from './transform';

/** Everything an activity may use. */
export interface ActivityDeps {
  readonly configuration: Configuration;
  readonly platforms: Readonly<Record<string, Platform>>;
  readonly accounts: Accounts;
  readonly transformer: Transformer;
  /** Signals a bot that is itself a Temporal workflow, in Baton's namespace. */
  signalBot(workflowId: string, signal: string, notice: Notice): Promise<void>;
  /** Signals an escalation what its desk says. */
  signalEscalation(workflowId: string, signal: 'deskNews', news: DeskNewsSignal): Promise<void>;
  /** Asks an escalation where the chat of one of its transfers stands. */
  askEscalation(workflowId: string, query: 'chat', transferId: string): Promise<ChatState | undefined>;
  /** Starts an escalation of the conversation, or gives the request to the one that runs. The same request again is the same. */
  takeRequest(key: ConversationKey, request: EscalationRequest): Promise<RequestTaken>;
  /** Asks the conversation's latest escalation which bot has taken over. */
  askForReceiver(key: ConversationKey): Promise<Receiver | undefined>;
  /** Asks the conversation's latest run who owns it. */
  askForOwner(key: ConversationKey): Promise<Ownership>;
  /** Leaves it to the conversation's passage. The same id again is the same. */
  askForPassage(key: ConversationKey, asked: PassOn): Promise<void>;
  readonly log: PlatformLog;
}
