// What the workflow asks of the world: names, inputs and answers of the activities. The workflow imports these
// types only. One object argument each, so that fields can be added without breaking what is in flight.
import type { CompactPlan } from '../domain/compact-plan';
import type { BotWord, HandsOn } from '../domain/bot-session';
import type { BotState } from '../domain/bot-state';
import type { ChatMessage, ChatState } from '../domain/chat';
import type { DeskEvent, DeskNewsSignal } from '../domain/desk-event';
import type { Notice } from '../domain/notice';
import type { PassOn } from '../domain/passage';
import type { ResultMapping, TransferContext } from '../domain/plan';
import type { BotMessage, EarlierMessage, EscalationRequest, Variable } from '../domain/request';
import type { Target } from '../domain/target';

/** Whose configuration is meant. */
interface Tenancy {
  readonly tenant: string;
}

/** Input of `plan`. */
export interface PlanInput extends Tenancy {
  readonly conversationId: string;
  readonly request: EscalationRequest;
}

/** A conversation at its bot. */
export interface BotConversation extends Tenancy {
  readonly bot: string;
  readonly conversationId: string;
  /** What the bot's platform gave for calls to it. */
  readonly botState?: BotState;
}

/** Input of `postToUser`: the messages are posted in order, each acknowledged before the next. */
export interface PostToUserInput extends BotConversation {
  readonly messages: readonly BotMessage[];
}

/** Names one transfer on one desk. `transferId` is the idempotency key. */
export interface TransferCall extends Tenancy {
  readonly connector: string;
  readonly conversationId: string;
  readonly transferId: string;
  readonly target: Target;
  /** Where the desk's chat stands, on desks that need to know. */
  readonly chat?: ChatState;
}

/** Input of `requestTransfer`. */
export interface RequestTransferInput extends TransferCall {
  readonly message?: BotMessage;
  readonly context?: TransferContext;
  /** Whether the answer is wanted for a result mapping; otherwise it stays out of the history. */
  readonly keepRaw?: boolean;
}

/** Answer of `checkTarget`. */
export type TargetVerdict =
  { readonly kind: 'go' } | { readonly kind: 'skip'; readonly reason: 'no_agents' | 'invalid_target' };

/** Answer of `requestTransfer`. `raw` only where a result mapping asks for it, at most 64 KB of JSON. */
export type TransferReply =
  | { readonly kind: 'requested' | 'queued'; readonly raw?: unknown; readonly chat?: ChatState }
  | {
      readonly kind: 'connected';
      readonly agentId?: string;
      readonly raw?: unknown;
      readonly chat?: ChatState;
      /** What a receiving bot said at once. */
      readonly said?: readonly BotWord[];
      /** It hands the conversation on at once: only whoever goes on with its session can take it further. */
      readonly handsOn?: HandsOn;
    }
  | {
      readonly kind: 'declined';
      readonly reason: 'no_agents' | 'closed_hours' | 'rejected' | 'invalid_target';
      readonly detail?: string;
    }
  | { readonly kind: 'userLeft' };

/** Input of `awaitAnswer`: what the workflow has already seen of this transfer. */
export interface AwaitAnswerInput extends TransferCall {
  readonly seen?: DeskEvent['kind'];
}

/** Answer of `withdrawTransfer`. */
export type WithdrawReply =
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'connected'; readonly agentId?: string }
  | { readonly kind: 'userLeft' };

/** Input of `transformResult`. */
export interface TransformInput extends Tenancy {
  readonly integration: string;
  readonly conversationId: string;
  readonly mapping: ResultMapping;
  readonly raw: unknown;
  readonly variables: Readonly<Record<string, Variable>>;
  /** Clock and seed of the script, so that a retry gives the same result. */
  readonly now: number;
  readonly seed: string;
}

/** Answer of `transformResult`. */
export interface TransformReply {
  readonly data: Readonly<Record<string, Variable>>;
  readonly error?: string;
}

/** Input of `deliverNotice`. */
export interface DeliverNoticeInput extends Tenancy {
  readonly bot: string;
  readonly notice: Notice;
  readonly botState?: BotState;
  /** It was not delivered at once: the conversation may have gone on since. */
  readonly late?: true;
}

/** Input of `listenToDesk`: hears a desk of kind `stream` until its chat is over, and signals what it hears. */
export interface ListenInput extends TransferCall {
  /** For typing, which goes to the user at once and into no history. */
  readonly bot: string;
  readonly botState?: BotState;
}

/** Input of `carry`: one batch in each direction, either of which may be empty. */
export interface CarryInput extends TransferCall {
  readonly bot: string;
  readonly botState?: BotState;
  /** `first` is the number of the first message, counted from 1 over the whole chat. */
  readonly toAgent: { readonly first: number; readonly messages: readonly ChatMessage[] };
  readonly toUser: readonly (ChatMessage & { readonly agentName?: string })[];
  /** Least time between two messages to the agent. */
  readonly gapMs?: number;
}

/** How far one direction got. A fault says why the next one did not go; the batch can be sent again from there. */
export interface LaneReply {
  readonly taken: number;
  /** The next message cannot be carried at all. */
  readonly refused?: 'attachment' | 'too_long' | 'rejected';
  /** There is nobody on this side any more. */
  readonly gone?: true;
  readonly fault?: { readonly code: string; readonly terminal: boolean; readonly retryAfterMs?: number };
}

/** Answer of `carry`. */
export interface CarryReply {
  readonly toAgent: LaneReply;
  readonly toUser: LaneReply;
  readonly chat?: ChatState;
  /** What the desk said in its answers, where it says it there. */
  readonly words?: DeskNewsSignal['news'];
}

/** The activities by name. Each retries nothing itself: retrying is the workflow's policy. */
export interface EscalationActivities {
  plan(input: PlanInput): Promise<CompactPlan>;
  postToUser(input: PostToUserInput): Promise<{ readonly kind: 'posted' | 'gone' }>;
  checkTarget(input: TransferCall): Promise<TargetVerdict>;
  requestTransfer(input: RequestTransferInput): Promise<TransferReply>;
  /** Heartbeats; resolves with the next news of the transfer. */
  awaitAnswer(input: AwaitAnswerInput): Promise<DeskEvent>;
  withdrawTransfer(input: TransferCall): Promise<WithdrawReply>;
  /** Heartbeats; resolves when the chat is over, with where it stands. */
  listenToDesk(input: ListenInput): Promise<{ readonly chat?: ChatState }>;
  /**
   * Carries messages both ways at once. With messages in one direction only and none of them taken, a fault is thrown,
   * so that the activity's own retries cost no history.
   */
  carry(input: CarryInput): Promise<CarryReply>;
  /** Ends the desk's chat. Again: nothing happens. */
  closeChat(input: TransferCall): Promise<void>;
  transformResult(input: TransformInput): Promise<TransformReply>;
  deliverNotice(input: DeliverNoticeInput): Promise<void>;
  /** Keeps a handed-off conversation alive at the bot's platform. */
  extendConversation(input: BotConversation): Promise<void>;
  /** Leaves what the bot's platform wants done to the conversation's passage, which is begun when there is none. */
  askForPassage(input: AskForPassageInput): Promise<void>;
  /** The conversation before the handoff, oldest first. */
  readTranscript(input: BotConversation): Promise<readonly EarlierMessage[]>;
}

/** Input of `askForPassage`. */
export interface AskForPassageInput extends Tenancy {
  readonly conversationId: string;
  readonly asked: PassOn;
}

/** Input of `passOn`. */
export interface PassOnInput extends Tenancy {
  readonly bot: string;
  readonly conversationId: string;
  /** Opaque: made by the bot's platform, and understood by it. */
  readonly item: Readonly<Record<string, unknown>>;
}

/** The activities of the workflow `botPassage`. */
export interface PassageActivities {
  passOn(input: PassOnInput): Promise<void>;
}
