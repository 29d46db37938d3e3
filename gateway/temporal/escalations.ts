// The gateway's dealings with Temporal: start or ask again, read, cancel, user left, desk events. Holds no state.
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowHandle,
} from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import type { DeskEventSignal } from '../../domain/desk-event';
import { BatonError } from '../../domain/errors';
import type { Explanation } from '../../domain/explain';
import { escalationWorkflowId } from '../../domain/ids';
import { makePlan } from '../../domain/make-plan';
import type { EscalationRequest } from '../../domain/request';
import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '../../domain/search-attributes';
import type { EscalationStatus } from '../../domain/status';
import { ESCALATION_WORKFLOW, TASK_QUEUE } from '../../domain/task-queue';
import { planDesk } from '../../platforms/plan-desk';
import { maskedRequest } from './masked-request';
import type { GatewayDeps } from '../settings';
import { TEMPORAL_DEADLINE_MS, temporalAnswers, withTemporal } from './faults';

const START_TRIES = 4;

/** Names one escalation: a tenant's open, or else latest, one of a conversation. */
export interface EscalationKey {
  readonly tenant: string;
  readonly conversationId: string;
}

/** `known`: this very request was taken before, in an escalation that is over. */
export type Taken = { readonly kind: 'started' | 'asked' | 'known'; readonly workflowId: string };

/** What the routes call. */
export interface Escalations {
  take(key: EscalationKey, request: EscalationRequest): Promise<Taken>;
  /** Waits for how the attempt of the request ended; undefined when that takes longer. */
  awaitPlacement(key: EscalationKey, request: EscalationRequest, waitMs: number): Promise<unknown>;
  status(key: EscalationKey): Promise<EscalationStatus>;
  explain(key: EscalationKey): Promise<Explanation>;
  cancel(key: EscalationKey): Promise<void>;
  userLeft(key: EscalationKey): Promise<void>;
  deskEvent(key: EscalationKey, event: DeskEventSignal): Promise<void>;
  /** Whether Temporal answers. */
  ping(): Promise<boolean>;
}

/** The gateway's escalations. */
export function createEscalations(deps: GatewayDeps): Escalations {
  const { client } = deps;
  const handleOf = (key: EscalationKey): WorkflowHandle =>
    client.workflow.getHandle(escalationWorkflowId(key.tenant, key.conversationId));
  const signal = (key: EscalationKey, name: string, ...args: unknown[]): Promise<void> =>
    withTemporal(client, () => handleOf(key).signal(name, ...args));
  const query = <T>(key: EscalationKey, name: string): Promise<T> =>
    withTemporal(client, () => handleOf(key).query<T>(name));
  return {
    take: async (key, request) => {
      const masked = maskedRequest(deps.configuration, key.tenant, request);
      return withTemporal(client, () => take(deps, key, masked), 2 * TEMPORAL_DEADLINE_MS);
    },
    awaitPlacement: async (key, request, waitMs) =>
      awaitPlacement(deps, handleOf(key), maskedRequest(deps.configuration, key.tenant, request), waitMs),
    status: (key) => query(key, 'status'),
    explain: (key) => query(key, 'explain'),
    cancel: (key) => signal(key, 'cancel', {}),
    userLeft: (key) => signal(key, 'userLeft'),
    deskEvent: (key, event) => signal(key, 'deskEvent', event),
    ping: () => temporalAnswers(client),
  };
}

/**
 * Starts, or signals what runs already. Two calls instead of one signal-with-start, because a start with its request
 * inside costs one event and one billed action less, and because every one of these calls can be repeated: the
 * request's id makes them the same request.
 */
async function take(deps: GatewayDeps, key: EscalationKey, request: EscalationRequest): Promise<Taken> {
  const workflowId = escalationWorkflowId(key.tenant, key.conversationId);
  const attributes = startAttributes(deps, key, request);
  let reuse: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE' = 'REJECT_DUPLICATE';
  for (let tries = 0; tries < START_TRIES; tries += 1) {
    if (await started(deps, key, request, workflowId, attributes, reuse))
      return { kind: 'started', workflowId };
    const handle = deps.client.workflow.getHandle(workflowId);
    if (await signalled(handle, request)) return { kind: 'asked', workflowId };
    // It is over. The same request again is not a new escalation; another one is.
    if (await wasTaken(deps, handle, request)) return { kind: 'known', workflowId };
    reuse = 'ALLOW_DUPLICATE';
  }
  throw new BatonError(
    'ESC_TEMPORAL_UNAVAILABLE',
    'the conversation opens and closes escalations faster than this',
  );
}

async function started(
  { client }: GatewayDeps,
  key: EscalationKey,
  request: EscalationRequest,
  workflowId: string,
  typedSearchAttributes: TypedSearchAttributes,
  workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE',
): Promise<boolean> {
  try {
    await client.workflow.start(ESCALATION_WORKFLOW, {
      workflowId,
      taskQueue: TASK_QUEUE,
      args: [{ ...key, request }],
      workflowIdReusePolicy,
      typedSearchAttributes,
      memo: { requestId: request.requestId },
      staticSummary: `Hand off by ${request.integration}`,
      staticDetails: `Tenant **${key.tenant}**`,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

async function signalled(handle: WorkflowHandle, request: EscalationRequest): Promise<boolean> {
  try {
    await handle.signal('escalate', request);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function wasTaken(
  { client }: GatewayDeps,
  handle: WorkflowHandle,
  request: EscalationRequest,
): Promise<boolean> {
  const description = await handle.describe();
  if (description.memo?.['requestId'] === request.requestId) return true;
  if (description.status.name !== 'COMPLETED') return false;
  // Of this very run: another may have begun since, and its result would be waited for.
  const over = client.workflow.getHandle(handle.workflowId, description.runId);
  const result = (await over.result()) as { requestIds?: readonly string[] };
  return result.requestIds?.includes(request.requestId) ?? false;
}

/** Attributes known at the start cost nothing. @throws BatonError `ESC_PLAN_UNKNOWN_INTEGRATION` */
function startAttributes(
  deps: GatewayDeps,
  key: EscalationKey,
  request: EscalationRequest,
): TypedSearchAttributes {
  const tenant = deps.configuration.tenants[key.tenant];
  if (!tenant) throw new BatonError('ESC_KEY_UNKNOWN', 'the tenant is not configured');
  const plan = makePlan(tenant, request, {
    now: Date.now(),
    deskOf: (connector) => planDesk(deps.platforms, tenant.connectors[connector]?.platform),
  });
  const first = plan.rungs[0];
  const attribute = (name: SearchAttributeName, value: string | number): never =>
    ({ key: defineSearchAttributeKey(name, SEARCH_ATTRIBUTES[name]), value }) as never;
  return new TypedSearchAttributes([
    attribute('BatonTenant', key.tenant),
    attribute('BatonConversationId', key.conversationId),
    attribute('BatonPhase', 'transferring'),
    attribute('BatonAttempt', 1),
    ...(first
      ? [attribute('BatonPlatform', first.desk.platform), attribute('BatonSkill', first.target.id)]
      : []),
  ]);
}

async function awaitPlacement(
  { client, stop }: GatewayDeps,
  handle: WorkflowHandle,
  request: EscalationRequest,
  waitMs: number,
): Promise<unknown> {
  try {
    const update = { args: [request] as [EscalationRequest], updateId: request.requestId };
    const wait = (): Promise<unknown> =>
      client.connection.withDeadline(Date.now() + waitMs, () =>
        handle.executeUpdate<unknown, [EscalationRequest]>('escalateAndWait', update),
      );
    // A gateway that stops does not make its supervisor wait for a minute.
    return await (stop ? client.connection.withAbortSignal(stop, wait) : wait());
  } catch {
    // The request is accepted whatever happens to the wait: the caller reads the status or hears the notice.
    return undefined;
  }
}
