// What desks say about a transfer, in neutral words. A desk's own words are turned into these at the border.
import type { ChatEvent, ChatState } from './chat';

/** One event of a desk about one transfer. `transferId` names the rung; events of a withdrawn one come late. */
export type DeskEvent =
  | { readonly kind: 'queued' }
  | { readonly kind: 'position'; readonly position: number; readonly waitMs?: number }
  | { readonly kind: 'connected'; readonly agentId?: string }
  | { readonly kind: 'declined'; readonly reason: DeclineReason; readonly detail?: string }
  /** The user ended the conversation while Baton waited. */
  | { readonly kind: 'userLeft' }
  | { readonly kind: 'ended'; readonly by?: 'agent' | 'user' | 'system' };

/** Anything that a desk may say of a transfer and of the chat that follows. */
export type DeskWord = DeskEvent | ChatEvent;

/** Several words of a desk at once, in their order. Each has an id, so that none counts twice. */
export interface DeskNewsSignal {
  readonly transferId: string;
  /** As in {@link DeskEventSignal}. */
  readonly connector?: string;
  readonly news: readonly { readonly id: string; readonly word: DeskWord }[];
  /** Where the desk's chat stands after them. */
  readonly chat?: ChatState;
}

/** Why a desk said no. Each is also a failure reason of the attempt. */
export type DeclineReason = 'no_agents' | 'closed_hours' | 'rejected' | 'invalid_target';

/** A desk event on its way into the workflow. `id` is the desk's own event id, for de-duplication. */
export interface DeskEventSignal {
  readonly id: string;
  readonly transferId: string;
  /** The connector that said it, where the gateway has verified that: no other's transfers are its business. */
  readonly connector?: string;
  readonly event: DeskEvent;
}
