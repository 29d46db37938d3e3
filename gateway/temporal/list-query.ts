// The filters of a list as a query of Temporal's visibility store. Every value comes from a caller: it is quoted so
// that it cannot end its quotes, and the tenant is always part of the query.
import type { z } from 'zod';
import type { listQuery } from '../../contract/http/questions';
import { FAILURE_REASONS } from '../../domain/outcome';
import type { SearchAttributeName } from '../../domain/search-attributes';
import { ESCALATION_WORKFLOW } from '../../domain/task-queue';

/** What `GET /v1/escalations` filters by. */
export type ListFilters = Omit<z.output<typeof listQuery>, 'limit' | 'cursor'>;

/** Visibility stores keep nanoseconds in 64 bits; Temporal has no workflows beyond these years. */
const EARLIEST = Date.UTC(1971, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** The query of one tenant's escalations. */
export function visibilityQuery(tenant: string, filters: ListFilters): string {
  const { status, phase, outcome, platform, skill, conversationId, startedAfter, startedBefore } = filters;
  const conditions = [
    `WorkflowType = ${quoted(ESCALATION_WORKFLOW)}`,
    is('BatonTenant', tenant),
    // Runs that only post what a bot says are no escalations.
    `(BatonPhase IS NULL OR BatonPhase != ${quoted('speaking')})`,
    status && `ExecutionStatus ${status === 'open' ? '=' : '!='} ${quoted('Running')}`,
    phase && phaseIs(phase),
    outcome && outcomeIs(outcome),
    platform !== undefined && is('BatonPlatform', platform),
    skill !== undefined && is('BatonSkill', skill),
    conversationId !== undefined && is('BatonConversationId', conversationId),
    startedAfter !== undefined && `StartTime > ${quoted(instant(startedAfter))}`,
    startedBefore !== undefined && `StartTime < ${quoted(instant(startedBefore))}`,
  ];
  return conditions.filter(Boolean).join(' AND ');
}

/** One that was terminated keeps the phase it was in; it is closed all the same. */
function phaseIs(phase: NonNullable<ListFilters['phase']>): string {
  const running = `ExecutionStatus = ${quoted('Running')}`;
  if (phase !== 'closed') return `${is('BatonPhase', phase)} AND ${running}`;
  return `(${is('BatonPhase', phase)} OR ExecutionStatus != ${quoted('Running')})`;
}

function outcomeIs(outcome: NonNullable<ListFilters['outcome']>): string {
  if (outcome !== 'failed') return is('BatonOutcome', outcome);
  return `BatonOutcome IN (${FAILURE_REASONS.map((reason) => quoted(`failed:${reason}`)).join(', ')})`;
}

/**
 * Temporal's SQL stores cannot find a value with a double quote or a backslash, however it is escaped (seen with server
 * 1.29.1): then what begins as it does is asked for, and {@link matches} has the last word.
 */
function is(attribute: SearchAttributeName, value: string): string {
  const findable = /^[^"\\]*/.exec(value)?.[0] ?? '';
  if (findable === value) return `${attribute} = ${quoted(value)}`;
  return findable === '' ? `${attribute} IS NOT NULL` : `${attribute} STARTS_WITH ${quoted(findable)}`;
}

/** Whether an escalation has the ids that are asked for. */
export function matches(
  { platform, skill, conversationId }: ListFilters,
  found: Partial<Record<'platform' | 'skill' | 'conversationId', string>>,
): boolean {
  return (
    (platform === undefined || found.platform === platform) &&
    (skill === undefined || found.skill === skill) &&
    (conversationId === undefined || found.conversationId === conversationId)
  );
}

function quoted(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
}

function instant(iso: string): string {
  return new Date(Math.min(Math.max(Date.parse(iso), EARLIEST), LATEST)).toISOString();
}
