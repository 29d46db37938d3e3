// Takes a bot's request: starts an escalation, or gives the request to the one that runs already.
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { BatonError } from '../domain/errors';
import { escalationWorkflowId } from '../domain/ids';
import { makePlan } from '../domain/make-plan';
import type { Continued, EscalationRequest } from '../domain/request';
import type { SearchAttributeValues } from '../domain/search-attributes';
import { ESCALATION_WORKFLOW, TASK_QUEUE } from '../domain/task-queue';
import { planBotSide, planDesk } from '../platforms/plan-desk';
import type { TemporalDeps } from './deps';
import { asAttributes } from '../workflows/attributes';
import { knownFromBefore, leftBy } from './earlier-run';
import { latestRun, mayBeSpeaking, type EscalationKey, type LatestRun } from './runs';
import { LOOK_FOR_MS, maySucceed } from './succession';
import { withTemporal } from './faults';
import { maskedRequest } from './masked-request';

/** `known`: this very request was taken before, in an escalation that is over. */
export type Taken = { readonly kind: 'started' | 'asked' | 'known'; readonly workflowId: string };

/** A request that may be taken: masked, of an integration that is there. */
export interface Prepared {
  readonly key: EscalationKey;
  readonly request: EscalationRequest;
  readonly attributes: SearchAttributeValues;
  /** Baton may carry the user's messages to whoever answers. */
  readonly isCarried: boolean;
}

/**
 * What needs no Temporal. Attributes known at the start cost nothing.
 * @throws BatonError `ESC_PLAN_UNKNOWN_INTEGRATION`, `ESC_REQUEST_TOO_LARGE`
 */
export function prepare(deps: TemporalDeps, key: EscalationKey, asked: EscalationRequest): Prepared {
  const tenant = deps.configuration.tenants[key.tenant];
  if (!tenant) throw new BatonError('ESC_KEY_UNKNOWN', 'the tenant is not configured');
  const request = maskedRequest(deps.configuration, key.tenant, asked);
  const { rungs } = makePlan(tenant, request, {
    now: Date.now(),
    deskOf: (connector) => planDesk(deps.platforms, tenant.connectors[connector]?.platform),
    botSideOf: (platform) => planBotSide(deps.platforms, platform),
  });
  const attributes: SearchAttributeValues = {
    BatonTenant: key.tenant,
    BatonConversationId: key.conversationId,
    BatonPhase: 'transferring',
    BatonAttempt: 1,
    ...(rungs[0] && { BatonPlatform: rungs[0].desk.platform, BatonSkill: rungs[0].target.id }),
  };
  return { key, request, attributes, isCarried: rungs.some(({ chat }) => chat !== undefined) };
}

/**
 * Starts, or signals what runs already. Two calls instead of one signal-with-start, because a start with its request
 * inside costs one event and one billed action less, and because every one of these calls can be repeated: the
 * request's id makes them the same request.
 */
export async function take(deps: TemporalDeps, prepared: Prepared): Promise<Taken> {
  const workflowId = escalationWorkflowId(prepared.key.tenant, prepared.key.conversationId);
  let before: Before | undefined;
  for (const giveUpAt = Date.now() + LOOK_FOR_MS; Date.now() < giveUpAt;) {
    const isFree = before === undefined || (await maySucceed(deps, prepared.key, before.run));
    if (isFree && (await started(deps, workflowId, prepared, before?.continued)))
      return { kind: 'started', workflowId };
    const given = await give(deps, prepared);
    if (given.kind !== 'over') return { kind: given.kind, workflowId };
    ({ before } = given);
  }
  throw new BatonError(
    'ESC_TEMPORAL_UNAVAILABLE',
    'the conversation opens and closes escalations faster than this',
  );
}

async function started(
  { client }: TemporalDeps,
  workflowId: string,
  { key, request, attributes }: Prepared,
  continued: Continued | undefined,
): Promise<boolean> {
  try {
    await withTemporal(client, () =>
      client.workflow.start(ESCALATION_WORKFLOW, {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [{ ...key, request, ...(continued && { continued }) }],
        workflowIdReusePolicy: continued ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
        typedSearchAttributes: asAttributes(attributes),
        memo: { requestId: request.requestId },
        staticSummary: `Hand off by ${request.integration}`,
        staticDetails: `Tenant **${key.tenant}**`,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** A closed run and what it leaves. */
interface Before {
  readonly run: LatestRun;
  readonly continued: Continued;
}

type Given = { readonly kind: Taken['kind'] } | { readonly kind: 'over'; readonly before?: Before };

/** Gives the request to the run that is there. `over`: it takes none any more, and has not taken this one. */
async function give(deps: TemporalDeps, { key, request }: Prepared): Promise<Given> {
  const { client } = deps;
  const run = await latestRun(deps, key);
  if (run.isOpen) {
    const speaks = mayBeSpeaking(run);
    if (speaks && (await knownFromBefore(client, run)).includes(request.requestId)) return { kind: 'known' };
    if (await signalled(deps, run.handle.workflowId, request)) return { kind: speaks ? 'started' : 'asked' };
    // It has ended meanwhile.
    return { kind: 'over' };
  }
  // The same request again is not a new escalation; another one is.
  if (run.description.memo?.['requestId'] === request.requestId) return { kind: 'known' };
  const { isBound: _, ...continued } = await leftBy(client, run);
  if (continued.requestIds.includes(request.requestId)) return { kind: 'known' };
  return { kind: 'over', before: { run, continued } };
}

/** To whichever run is open: another may have begun since. */
async function signalled(
  { client }: TemporalDeps,
  workflowId: string,
  request: EscalationRequest,
): Promise<boolean> {
  try {
    await withTemporal(client, () => client.workflow.getHandle(workflowId).signal('escalate', request));
    return true;
  } catch (error) {
    if (error instanceof BatonError && error.code === 'ESC_ESCALATION_NOT_FOUND') return false;
    throw error;
  }
}
