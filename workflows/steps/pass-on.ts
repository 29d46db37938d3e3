// Leaves what the bot's platform wants done to the conversation's passage, beside the story and in order. The end of the
// escalation waits for it.
import { condition } from '@temporalio/workflow';
import type { EscalationState } from '../../domain/escalation-state';
import type { PassOn } from '../../domain/passage';
import { callWithRetries, faultName } from '../calls';
import { narrate } from '../inspect';

/** It takes Temporal only, and what is not passed on the user waits for in vain: as long as the passage would try. */
const ASK_MS = 600_000;

/** Whether something is not with the passage yet: it may come when the escalation has closed, and is the last to be done. */
export function isPassingOn({ toPassOn }: EscalationState): boolean {
  return toPassOn !== undefined && toPassOn.length > 0;
}

function isBeingGivenBack({ owner, relay }: EscalationState): boolean {
  return owner === 'agent' && relay?.end !== undefined;
}

/** Passes on, after what came before. */
export async function passOn(state: EscalationState, asked: PassOn): Promise<void> {
  const { tenant, conversationId } = state;
  const waiting = (state.toPassOn ??= []);
  waiting.push(asked);
  // Whoever brought the first one sees to those that follow.
  if (waiting.length > 1) return;
  state.settling += 1;
  for (let next = waiting[0]; next; next = waiting[0]) {
    // What the agent wrote last is still on its way to the user, who reads it before what the bot makes of this.
    await condition(() => !isBeingGivenBack(state));
    const left = await callWithRetries(
      'askForPassage',
      { tenant, conversationId, asked: next },
      { summary: `Pass on for ${next.bot}`, deadlineAt: Date.now() + ASK_MS },
    );
    if (left.kind !== 'done') narrate(state, 'not_passed_on', faultName(left));
    waiting.shift();
  }
  state.settling -= 1;
}
