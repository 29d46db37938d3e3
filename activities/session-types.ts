// What the workflow that speaks to a bot asks of the world; see types.ts.
import type { BotTurn, Receiver, SessionEnd, ToBot } from '../domain/bot-session';
import type { SessionPlan } from '../domain/bot-session-state';
import type { ChatState } from '../domain/chat';
import type { EscalationRequest } from '../domain/request';
import type { SessionStart } from '../platforms/bot-sessions';

/** Whose bots, and with which account they are spoken to. */
interface SessionAccount {
  readonly tenant: string;
  readonly connector: string;
}

/** Input of `planSession`. */
export interface PlanSessionInput {
  readonly tenant: string;
  readonly bot: string;
}

/** Input of `beginSession`. */
export interface BeginSessionInput extends SessionAccount {
  readonly start: SessionStart;
}

/** Input of `sayToBot`. */
export interface SayToBotInput extends SessionAccount {
  readonly session: ChatState;
  readonly sequence: number;
  readonly message: ToBot;
}

/** Input of `endSession`. */
export interface EndSessionInput extends SessionAccount {
  readonly session: ChatState;
  readonly why: SessionEnd;
}

/** Names a conversation's escalation. */
export interface ConversationKey {
  readonly tenant: string;
  readonly conversationId: string;
}

/** Input of `askForEscalation`. */
export interface AskForEscalationInput extends ConversationKey {
  readonly request: EscalationRequest;
}

/** How a request was taken. */
export interface RequestTaken {
  /** `known`: it was taken before, in an escalation that is over. */
  readonly kind: 'started' | 'asked' | 'known';
  /** Baton may carry the user's messages to whoever answers. */
  readonly isCarried: boolean;
}

/** The activities of the workflow `botSession`, besides `postToUser`. */
export interface SessionActivities {
  /** What the configuration says of the bot. */
  planSession(input: PlanSessionInput): Promise<SessionPlan>;
  beginSession(input: BeginSessionInput): Promise<BotTurn>;
  sayToBot(input: SayToBotInput): Promise<BotTurn>;
  endSession(input: EndSessionInput): Promise<void>;
  /** The bot that has taken the conversation over; null: none has. */
  readReceiver(input: ConversationKey): Promise<Receiver | null>;
  askForEscalation(input: AskForEscalationInput): Promise<RequestTaken>;
}
