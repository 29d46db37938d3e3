// Makes the plan of an attempt from the configuration that this worker was started with.
import { compactPlan, type CompactPlan } from '../domain/compact-plan';
import { makePlan } from '../domain/make-plan';
import { maskRequest } from '../domain/mask-request';
import { planBotSide, planDesk } from '../platforms/plan-desk';
import { tenantOf } from './accounts';
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import { withinLimit } from './payload-limit';
import type { PlanInput } from './types';

/** The `plan` activity. */
export function createPlan(deps: Pick<ActivityDeps, 'configuration' | 'platforms'>) {
  return async function plan(input: PlanInput): Promise<CompactPlan> {
    return withFaults(async () => {
      const tenant = tenantOf(deps.configuration, input.tenant);
      // What came by a signal has not passed the gateway's masking.
      const made = makePlan(tenant, maskRequest(tenant, input.request), {
        now: Date.now(),
        deskOf: (connector) => planDesk(deps.platforms, tenant.connectors[connector]?.platform),
        botSideOf: (platform) => planBotSide(deps.platforms, platform),
      });
      return Promise.resolve(withinLimit(compactPlan(made), 'the plan'));
    });
  };
}
