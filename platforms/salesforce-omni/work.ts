// Where the work of a Case stands, read from the three records that tell: what waits (PendingServiceRouting), what was
// offered to whom (AgentWork), and the Case itself. One composite call for many Cases.
import type { DeskEvent } from '../../domain/desk-event';
import { toId18 } from '../salesforce/ids';
import { queryPath } from './rest';
import type { Part, Parts, Rest } from './rest';
import { quoted, oneOf } from './soql';
import { agentWorkRow, caseRow, pendingRow } from './wire';
import type { AgentWorkRow } from './wire';

/** Where the work of one Case stands. */
export interface Work {
  readonly exists: boolean;
  readonly isClosed: boolean;
  /** The agent who accepted, and whether that is over. */
  readonly accepted?: { readonly agentId: string; readonly isOver: boolean };
  /** An agent is being asked and can still accept. */
  readonly isRinging: boolean;
  /** The last offer was canceled and nothing waits any more. */
  readonly isCanceled: boolean;
  /** Ids of what waits. */
  readonly pending: readonly string[];
  /** Whether it was ever offered to an agent. */
  readonly wasOffered: boolean;
}

/** Most Cases in one composite call: the three queries must fit into URLs. */
export const CASES_AT_ONCE = 100;

/** Reads the work of these Cases, at most {@link CASES_AT_ONCE}; by id, in 18 characters. */
export async function readWork(
  rest: Rest,
  caseIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Work>> {
  const parts = await rest.composite(workQueries(caseIds), { allOrNone: false }, signal);
  return workOf(rest, caseIds, parts, signal);
}

/** The queries that {@link workOf} reads, to be made with other parts or alone. */
export function workQueries(caseIds: readonly string[]): readonly Part[] {
  const ids = oneOf(caseIds);
  // In this order: work that is accepted meanwhile is seen twice rather than nowhere.
  const queries = {
    pending: `SELECT Id, WorkItemId FROM PendingServiceRouting WHERE WorkItemId ${ids}`,
    offers: `SELECT Id, WorkItemId, Status, UserId, AcceptDateTime, CreatedDate FROM AgentWork WHERE WorkItemId ${ids}`,
    cases: `SELECT Id, IsClosed FROM Case WHERE Id ${ids}`,
  };
  return Object.entries(queries).map(([reference, soql]) => ({
    method: 'GET',
    path: queryPath(soql),
    reference,
  }));
}

/** See {@link workQueries}. */
export async function workOf(
  rest: Rest,
  caseIds: readonly string[],
  parts: Parts,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Work>> {
  const pending = await rest.rows(parts.get('pending'), pendingRow, signal);
  const offers = await rest.rows(parts.get('offers'), agentWorkRow, signal);
  const cases = await rest.rows(parts.get('cases'), caseRow, signal);
  return new Map(
    caseIds.map(toId18).map((id) => {
      const isOfThis = ({ WorkItemId }: { readonly WorkItemId: string }): boolean =>
        toId18(WorkItemId) === id;
      const found = cases.find(({ Id }) => toId18(Id) === id);
      return [id, toWork(found, pending.filter(isOfThis), offers.filter(isOfThis))];
    }),
  );
}

/** The Case of a transfer, by its external id. Two mean that the field is not unique: the older one counts. */
export async function findCase(
  rest: Rest,
  field: string,
  externalId: string,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly doubled: boolean } | undefined> {
  const soql = `SELECT Id, IsClosed FROM Case WHERE ${field} = ${quoted(externalId)}`;
  const found = (await rest.query(soql, caseRow, signal)).map(({ Id }) => toId18(Id)).sort();
  return found[0] === undefined ? undefined : { id: found[0], doubled: found.length > 1 };
}

/** What is news after `seen`; undefined: nothing. */
export function newsOf(work: Work, seen: DeskEvent['kind'] | undefined): DeskEvent | undefined {
  if (work.accepted) {
    if (seen !== 'connected') return { kind: 'connected', agentId: work.accepted.agentId };
    return work.accepted.isOver ? { kind: 'ended', by: 'agent' } : undefined;
  }
  const why = whyOver(work);
  if (why !== undefined) return { kind: 'declined', reason: 'rejected', detail: why };
  return seen === undefined ? { kind: 'queued' } : undefined;
}

/** Why nobody will accept any more. A declined offer is none: Omni-Channel asks the next agent. */
export function whyOver(work: Work): string | undefined {
  if (!work.exists) return 'the Case was deleted';
  if (work.isClosed) return 'the Case was closed';
  return work.isCanceled ? 'the work was canceled' : undefined;
}

function toWork(
  found: { readonly IsClosed: boolean } | undefined,
  pending: readonly { readonly Id: string }[],
  offers: readonly AgentWorkRow[],
): Work {
  const taken = offers.find(({ Status }) => Status === 'Opened') ?? newest(offers.filter(wasAccepted));
  const isRinging = offers.some(({ Status }) => Status === 'Assigned');
  return {
    exists: found !== undefined,
    isClosed: found?.IsClosed ?? false,
    ...(taken && { accepted: { agentId: toId18(taken.UserId), isOver: taken.Status === 'Closed' } }),
    isRinging,
    isCanceled: pending.length === 0 && !isRinging && newest(offers)?.Status === 'Canceled',
    pending: pending.map(({ Id }) => Id),
    wasOffered: offers.length > 0,
  };
}

/** Work that is over, or was given to somebody else, after an agent had it. */
function wasAccepted({ Status, AcceptDateTime }: AgentWorkRow): boolean {
  return (Status === 'Closed' || Status === 'Transferred') && AcceptDateTime !== null;
}

/** Times have seconds only; ids grow. */
function newest(offers: readonly AgentWorkRow[]): AgentWorkRow | undefined {
  const key = ({ CreatedDate, Id }: AgentWorkRow): string => `${CreatedDate} ${Id}`;
  return [...offers].sort((one, other) => (key(one) < key(other) ? 1 : -1))[0];
}
