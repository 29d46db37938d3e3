// The interaction delay: time for the bot's own messages to reach the user before the transfer.
import { condition } from '@temporalio/workflow';
import { mustStop } from '../../domain/escalation-interrupts';
import type { EscalationState } from '../../domain/escalation-state';
import type { EscalationPlan } from '../../domain/plan';
import { enter, narrate } from '../inspect';

/** A durable timer that ends early when the attempt must stop. */
export async function applyInteractionDelay(state: EscalationState, plan: EscalationPlan): Promise<void> {
  const delayMs = plan.interactionDelayMs;
  if (delayMs <= 0 || mustStop(state)) return;
  enter(state, 'delaying', { for: 'the interaction delay', until: Date.now() + delayMs });
  narrate(state, 'delaying', `${delayMs} ms`);
  await condition(() => mustStop(state), delayMs, {
    summary: `Interaction delay ${delayMs} ms`,
  });
}
