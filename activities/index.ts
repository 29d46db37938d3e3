// The activities by the names that the workflow uses. Made once for each worker process.
import { withFaults } from './faults';
import type { ActivityDeps } from './deps';
import { createPostToUser } from './messages';
import { createDeliverNotice } from './notices';
import { createPlan } from './plan';
import {
  createAwaitAnswer,
  createCheckTarget,
  createRequestTransfer,
  createWithdrawTransfer,
} from './transfers';
import type { EscalationActivities, TransformInput } from './types';

/** All activities of a worker. */
export function createActivities(deps: ActivityDeps): EscalationActivities {
  return {
    plan: createPlan(deps),
    postToUser: createPostToUser(deps),
    checkTarget: createCheckTarget(deps),
    requestTransfer: createRequestTransfer(deps),
    awaitAnswer: createAwaitAnswer(deps),
    withdrawTransfer: createWithdrawTransfer(deps),
    transformResult: (input: TransformInput) => withFaults(() => transform(deps, input)),
    deliverNotice: createDeliverNotice(deps),
  };
}
