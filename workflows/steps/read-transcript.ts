// What user and bot said before the handoff, for the agent, where the bot's platform keeps it and the request has none.
import { mustStop } from '../../domain/escalation-interrupts';
import type { EscalationState } from '../../domain/escalation-state';
import type { EscalationPlan } from '../../domain/plan';
import { call, faultName } from '../calls';
import { narrate } from '../inspect';
import { atBot } from './at-bot';

/** The agent can do without it, the user should not wait for it. */
const READ_MS = 5_000;

/** The plan with what was said, if it could be read. */
export async function withTranscript(state: EscalationState, plan: EscalationPlan): Promise<EscalationPlan> {
  if (!plan.botSide?.readsTranscript || plan.context?.transcript || plan.problem || mustStop(state))
    return plan;
  const read = await call('readTranscript', atBot(state, plan.bot), {
    summary: 'Read what was said before',
    deadlineAt: Date.now() + READ_MS,
    interrupted: () => mustStop(state),
  });
  if (read.kind !== 'done') {
    narrate(state, 'transcript_not_read', faultName(read));
    return plan;
  }
  if (read.value.length === 0) return plan;
  state.plan = { ...plan, context: { ...plan.context, transcript: read.value } };
  return state.plan;
}
