// How an attempt, and at last the escalation, ended.
import type { Owner } from './phase';

/** Why an attempt failed, or ended without a transfer. Stable: bots branch on these. */
export const FAILURE_REASONS = [
  'no_agents',
  'closed_hours',
  'timed_out',
  'rejected',
  'invalid_target',
  'platform_down',
] as const;

/** One of {@link FAILURE_REASONS}. */
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** How one attempt ended. `queued_only`: the desk took the request and can never tell whether a human joined. */
export type Outcome =
  | { readonly kind: 'connected'; readonly rung: number; readonly agentId?: string }
  | { readonly kind: 'queued_only'; readonly rung: number }
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly detail?: string }
  /** The user left. */
  | { readonly kind: 'abandoned' }
  /** The bot took it back, or an operator cancelled the workflow. */
  | { readonly kind: 'cancelled'; readonly by: 'bot' | 'operator' };

/** The search attribute's value: `failed` is refined by its reason elsewhere. */
export type OutcomeKind = Outcome['kind'];

/** Who speaks to the user once an escalation has ended so. */
export function ownerAfter(outcome: Outcome): Owner {
  return outcome.kind === 'connected' || outcome.kind === 'queued_only' ? 'agent' : 'bot';
}

/** The outcome as the search attribute spells it. */
export function outcomeLabel(outcome: Outcome): string {
  return outcome.kind === 'failed' ? `failed:${outcome.reason}` : outcome.kind;
}
