// Lists a tenant's escalations from Temporal's visibility store, a page at a time.
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { z } from 'zod';
import type { escalationListSchema, listedEscalationSchema } from '../../contract/http/answers';
import type { SearchAttributeName } from '../../domain/search-attributes';
import type { GatewayDeps } from '../settings';
import { InvalidRequest } from '../http/problem';
import { cursorOf, tokenOf } from './cursor';
import { escalationUrl } from './escalation-view';
import { grpcCodeOf, withTemporal } from '../../temporal/faults';
import { matches, visibilityQuery, type ListFilters } from './list-query';

type Page = z.output<typeof escalationListSchema>;
type Listed = z.output<typeof listedEscalationSchema>;
type Execution = temporal.api.workflow.v1.IWorkflowExecutionInfo;
type Instant = { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined;

const { WORKFLOW_EXECUTION_STATUS_RUNNING: RUNNING } = temporal.api.enums.v1.WorkflowExecutionStatus;
const INVALID_ARGUMENT = 3;

/** What is asked for. */
export interface ListRequest extends ListFilters {
  readonly limit: number;
  readonly cursor?: string;
}

/** One page. @throws InvalidRequest for a cursor of another list; BatonError `ESC_TEMPORAL_UNAVAILABLE` */
export async function listEscalations(
  { client }: Pick<GatewayDeps, 'client'>,
  tenant: string,
  { limit, cursor, ...filters }: ListRequest,
): Promise<Page> {
  const query = visibilityQuery(tenant, filters);
  const from = cursor === undefined ? undefined : tokenOf(query, cursor);
  if (cursor !== undefined && !from) throw notACursor();
  const { executions, nextPageToken } = await withTemporal(client, () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      query,
      pageSize: limit,
      ...(from && { nextPageToken: from }),
    }),
  ).catch(async (error: unknown) => {
    if (from === undefined) throw error;
    // A token that somebody made up fails as an absent Temporal does, with some stores: then the first page answers.
    const isRefused = grpcCodeOf(error) === INVALID_ARGUMENT || (await answers(client, query));
    throw isRefused ? notACursor() : error;
  });
  return {
    escalations: (executions ?? [])
      .flatMap((execution) => listed(tenant, execution) ?? [])
      .filter((each) => matches(filters, each)),
    ...(nextPageToken?.length && { nextCursor: cursorOf(query, nextPageToken) }),
  };
}

async function answers(client: Client, query: string): Promise<boolean> {
  const { namespace } = client.options;
  return withTemporal(client, () =>
    client.workflowService.listWorkflowExecutions({ namespace, query, pageSize: 1 }),
  ).then(
    () => true,
    () => false,
  );
}

function notACursor(): InvalidRequest {
  return new InvalidRequest([
    { pointer: '/cursor', detail: 'is not the `nextCursor` of a page with these filters' },
  ]);
}

/** Undefined for what is not this tenant's: whatever the query found, nothing of another leaves. */
function listed(tenant: string, execution: Execution): Listed | undefined {
  const value = <T>(name: SearchAttributeName): T | undefined => attribute<T>(execution, name);
  const conversationId = value<string>('BatonConversationId');
  if (value('BatonTenant') !== tenant || conversationId === undefined) return undefined;
  const isOpen = execution.status === RUNNING;
  const phase = isOpen ? value<Listed['phase']>('BatonPhase') : 'closed';
  const rest = {
    phase,
    outcome: value<string>('BatonOutcome'),
    platform: value<string>('BatonPlatform'),
    skill: value<string>('BatonSkill'),
    attempt: value<number>('BatonAttempt'),
    closedAt: isOpen ? undefined : iso(execution.closeTime),
  };
  return {
    conversationId,
    status: isOpen ? 'open' : 'closed',
    startedAt: iso(execution.startTime) ?? new Date(0).toISOString(),
    url: escalationUrl(conversationId),
    ...(Object.fromEntries(Object.entries(rest).filter(([, each]) => each !== undefined)) as Partial<Listed>),
  };
}

function attribute<T>({ searchAttributes }: Execution, name: SearchAttributeName): T | undefined {
  const payload = searchAttributes?.indexedFields?.[name];
  return payload ? defaultPayloadConverter.fromPayload<T>(payload) : undefined;
}

function iso(instant: Instant): string | undefined {
  if (!instant) return undefined;
  return new Date(
    Number(instant.seconds ?? 0) * 1_000 + Math.floor((instant.nanos ?? 0) / 1e6),
  ).toISOString();
}
