// Turns the bot's request into a plan: read once, written in the history, so that a running escalation finishes
// on the policy it began with.
import { ApplicationFailure } from '@temporalio/common';
import { expandPlan } from '../../domain/compact-plan';
import { handOver, type EscalationState } from '../../domain/escalation-state';
import type { EscalationPlan } from '../../domain/plan';
import type { EscalationRequest } from '../../domain/request';
import { call } from '../calls';
import { enter, narrate, publish } from '../inspect';

/** Planning only reads the configuration; it is retried this long, which spans a worker that is being deployed. */
const PLANNING_MS = 3_600_000;
const PLAN_TO_TELL_MS = 10_000;

/**
 * The plan of the attempt; undefined if it was interrupted before any plan was made, so that no bot is known to be
 * told. A later request that names nothing Baton knows fails like an invalid target.
 */
export async function planAttempt(
  state: EscalationState,
  request: EscalationRequest,
): Promise<EscalationPlan | undefined> {
  enter(state, 'planning');
  // An attempt that is called off before it began is planned all the same: the plan knows the bot to be told.
  const known = state.interrupt;
  const planned = await call(
    'plan',
    { tenant: state.tenant, conversationId: state.conversationId, request },
    {
      summary: `Plan attempt ${state.attempt}: ${request.integration}`,
      deadlineAt: Date.now() + (known ? PLAN_TO_TELL_MS : PLANNING_MS),
      interrupted: () => state.interrupt !== known,
    },
  );
  if (planned.kind !== 'done') {
    const code = planned.kind === 'fault' ? planned.fault.code : planned.kind;
    narrate(state, 'not_planned', code);
    if (state.plan) return (state.plan = unplannable(state.plan, request));
    if (state.interrupt) return undefined;
    handOver(state, 'bot');
    enter(state, 'closed');
    throw ApplicationFailure.nonRetryable(`integration ${request.integration} cannot be planned`, code);
  }
  const plan = expandPlan(planned.value);
  state.plan = plan;
  narrate(state, 'planned', `${plan.rungs.length} rungs`);
  for (const left of plan.leftOut ?? []) narrate(state, 'rung_left_out', left);
  publish({
    BatonTenant: state.tenant,
    BatonConversationId: state.conversationId,
    BatonPhase: 'transferring',
    BatonAttempt: state.attempt,
    ...firstTarget(plan),
  });
  return plan;
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
