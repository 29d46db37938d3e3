// The desk port: the side where human agents (or the other bot) are. One implementation per vendor, proven by
// one conformance suite (test/platforms/desk-conformance.ts). Knows nothing of Temporal.
import type { DeskEvent, DeclineReason } from '../domain/desk-event';
import type { TransferContext } from '../domain/plan';
import type { Target, TargetKind } from '../domain/target';

/** What a desk can do, as data. The plan copies what decides the flow. */
export interface DeskCapabilities {
  readonly targets: readonly TargetKind[];
  /** The transfer call itself carries the message to the user. */
  readonly carriesMessage: boolean;
  /** How its events arrive: a watching activity, or webhooks through the gateway. */
  readonly events: 'watch' | 'webhook';
  /** Whether it tells that a human joined. */
  readonly confirmsConnection: boolean;
  /** Kinds of targets of which it does not, where it does of others: nobody is known to pick up a ticket. */
  readonly queuedOnly?: readonly TargetKind[];
  /** How a call whose result is not known is settled. */
  readonly settlesUnknownBy: 'idempotency_key' | 'client_made_id' | 'read_back' | 'nothing';
}

/** Limits of one call: it must end when the signal aborts. */
export interface Call {
  readonly signal: AbortSignal;
}

/** Names one transfer: the idempotency key and what it was asked for. */
export interface TransferRef {
  readonly conversationId: string;
  readonly transferId: string;
  readonly target: Target;
}

/** Ask the desk to take the conversation. Repeating it with the same `transferId` has no second effect. */
export interface TransferRequest extends TransferRef {
  /** Last words to the user, where the desk carries them. `id` is stable over retries. */
  readonly message?: { readonly id: string; readonly text: string };
  readonly context?: TransferContext;
}

/** `raw` is the platform's answer as JSON, for the Transform Result Script; at most 64 KB. */
export type TransferAnswer =
  /** The desk has it but routing has not answered. */
  | { readonly kind: 'requested'; readonly raw?: unknown }
  | { readonly kind: 'queued'; readonly raw?: unknown }
  | { readonly kind: 'connected'; readonly agentId?: string; readonly raw?: unknown }
  | {
      readonly kind: 'declined';
      readonly reason: DeclineReason;
      readonly detail?: string;
      readonly raw?: unknown;
    }
  | { readonly kind: 'userLeft' };

/** Where a transfer stands. `absent`: the desk never got it, or it was undone. */
export type TransferStanding = TransferAnswer | { readonly kind: 'absent' };

/** `connected`: too late to take back, a human is there. */
export type Withdrawal =
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'connected'; readonly agentId?: string }
  | { readonly kind: 'userLeft' };

/** Before a rung is tried: may it be? `unknown` never stops a transfer. */
export interface TargetCheck {
  readonly exists: 'yes' | 'no' | 'unknown';
  readonly available: 'yes' | 'no' | 'unknown';
  /** Only for a skill target with an agent: whether the agent has the skill and is available. */
  readonly agent?: 'yes' | 'no' | 'unknown';
}

/** One configured account on one desk. Long-lived; safe for concurrent calls. */
export interface Desk {
  readonly capabilities: DeskCapabilities;
  check(target: Target, call: Call): Promise<TargetCheck>;
  requestTransfer(request: TransferRequest, call: Call): Promise<TransferAnswer>;
  lookUp(ref: TransferRef, call: Call): Promise<TransferStanding>;
  withdraw(ref: TransferRef, call: Call): Promise<Withdrawal>;
  /**
   * Only with `events: 'watch'`. Resolves with the next event that is news after `seen`, at once if the desk
   * already stands there (so that a new worker resumes where the old one was). Ends when the signal aborts.
   */
  watch?(ref: TransferRef, seen: DeskEvent['kind'] | undefined, call: Call): Promise<DeskEvent>;
  /** Logs in and connects ahead of the first call, so that no user waits for it. Where there is such a thing. */
  warmUp?(call: Call): Promise<void>;
  /** Closes sockets and timers. */
  close(): Promise<void>;
}
