// Turns the bot's request into a plan: read once, written in the history, so that a running escalation finishes
// on the policy it began with.
import { ApplicationFailure } from '@temporalio/common';
import type { EscalationState } from '../../domain/escalation-state';
import type { EscalationPlan } from '../../domain/plan';
import type { EscalationRequest } from '../../domain/request';
import { call } from '../calls';
import { enter, narrate, publish } from '../inspect';

/** Planning only reads the configuration; it is retried this long, which spans a worker that is being deployed. */
const PLANNING_MS = 3_600_000;

/** The plan of the attempt. A later request that names nothing Baton knows fails like an invalid target. */
export async function planAttempt(
  state: EscalationState,
  request: EscalationRequest,
): Promise<EscalationPlan> {
  enter(state, 'planning');
  const planned = await call(
    'plan',
    { tenant: state.tenant, conversationId: state.conversationId, request },
    {
      summary: `Plan attempt ${state.attempt}: ${request.integration}`,
      deadlineAt: Date.now() + PLANNING_MS,
    },
  );
  if (planned.kind !== 'done') {
    const code = planned.kind === 'fault' ? planned.fault.code : 'ESC_INTERNAL';
    narrate(state, 'not_planned', code);
    if (state.plan) return unplannable(state.plan, request);
    throw ApplicationFailure.nonRetryable(`integration ${request.integration} cannot be planned`, code);
  }
  state.plan = planned.value;
  narrate(state, 'planned', `${planned.value.rungs.length} rungs`);
  publish({
    BatonTenant: state.tenant,
    BatonConversationId: state.conversationId,
    BatonPhase: 'transferring',
    BatonAttempt: state.attempt,
    ...firstTarget(planned.value),
  });
  return planned.value;
}

/** The bot is known from the attempt before, so it can be told. */
function unplannable(earlier: EscalationPlan, request: EscalationRequest): EscalationPlan {
  const problem = {
    reason: 'invalid_target',
    detail: `integration ${request.integration} cannot be planned`,
  } as const;
  return { ...earlier, rungs: [], problem };
}

function firstTarget(plan: EscalationPlan): { BatonPlatform?: string; BatonSkill?: string } {
  const first = plan.rungs[0];
  return first ? { BatonPlatform: first.desk.platform, BatonSkill: first.target.id } : {};
}
