// The data half of the core REST API over the simulated org: records by id and by external id, queries, the
// actions.
// What it does not have is refused as the vendor refuses it.
import { skillsBasedRouting } from './api-action';
import { runFlow } from './api-flow';
import { notAllowed, ok, only, rootOf } from './api-call';
import type { ApiAnswer, ApiCall, ApiDeps } from './api-call';
import { ApiFault, notFound } from './api-fault';
import { query } from './api-query';
import type { Pages } from './api-query';
import { absent, readOnly } from './records';
import type { Records, SimulatedRecord } from './records';
import { entryOf } from './schema';

/** See the file's comment. @throws ApiFault */
export type Api = (call: ApiCall) => ApiAnswer;

/** Calls of one org. Nothing is offered to agents before {@link Omni.settle}. */
export function createApi(deps: ApiDeps): Api {
  const pages: Pages = new Map();
  return (call) => {
    const [first, ...rest] = call.segments;
    switch (first) {
      case undefined:
        return only(call, 'GET', () => ok(resources(call)));
      case 'sobjects':
        return onRecords(deps, call, rest);
      case 'query':
        return only(call, 'GET', () => ok(query(deps, pages, call, rest[0])));
      case 'actions':
        return onActions(deps, call, rest);
      default:
        throw notFound();
    }
  };
}

function onActions(
  deps: ApiDeps,
  call: ApiCall,
  [type, action, name, ...more]: readonly string[],
): ApiAnswer {
  if (more.length > 0) throw notFound();
  if (type === 'standard' && action === 'skillsBasedRouting' && name === undefined)
    return only(call, 'POST', () => skillsBasedRouting(deps, call.body));
  if (type !== 'custom' || action !== 'flow' || name === undefined) throw notFound();
  return only(call, 'POST', () =>
    runFlow(deps, name, call.body, (fields) => insert(deps, withoutRules(call), 'Case', fields)),
  );
}

/** What a flow creates is not handed to the assignment rules. */
function withoutRules(call: ApiCall): ApiCall {
  return { ...call, headers: { ...call.headers, 'sforce-auto-assign': 'FALSE' } };
}

function onRecords(deps: ApiDeps, call: ApiCall, segments: readonly string[]): ApiAnswer {
  const [object, key, value, more] = segments;
  if (more !== undefined || object === undefined) throw notFound();
  const [name] = deps.records.typeOf(object);
  if (key === undefined) return only(call, 'POST', () => create(deps, call, name, call.body));
  if (key === 'describe') return only(call, 'GET', () => ok(describe(deps.records, name)));
  if (value !== undefined) return byExternalId(deps, call, name, key, value);
  switch (call.method) {
    case 'GET':
      return ok(present(rootOf(call), name, found(deps.records, name, key), call.query.get('fields')));
    case 'PATCH':
      update(deps, name, key, call.body);
      return { status: 204 };
    case 'DELETE':
      remove(deps, name, key);
      return { status: 204 };
    default:
      throw notAllowed(call.method);
  }
}

function create(deps: ApiDeps, call: ApiCall, object: string, body: unknown): ApiAnswer {
  const record = insert(deps, call, object, body);
  return { status: 201, body: { id: record.Id, success: true, errors: [] } };
}

function insert(deps: ApiDeps, call: ApiCall, object: string, body: unknown): SimulatedRecord {
  const { records, omni, runningUserId } = deps;
  refuseLateNeed(records, object, body);
  const made = records.create(object, body);
  if (object === 'PendingServiceRouting') checkRouting(made);
  if (object !== 'Case') return made;
  const { assignedOwner } = deps.settings();
  const useRules = call.headers['sforce-auto-assign']?.toLowerCase() !== 'false';
  const owner = (useRules ? assignedOwner : undefined) ?? made['OwnerId'] ?? runningUserId;
  const kept = records.change('Case', made.Id, {
    OwnerId: owner,
    CaseNumber: made.Id.slice(-8),
    IsClosed: isClosed(deps, made),
  });
  omni.ownerChanged(undefined, kept);
  return kept;
}

function update(deps: ApiDeps, object: string, id: string, body: unknown): void {
  const { records, omni } = deps;
  const before = found(records, object, id);
  if (object === 'PendingServiceRouting' && before['IsReadyForRouting'] === true)
    throw readOnly('a record that is ready for routing cannot be edited');
  const after = records.update(object, id, body);
  if (object !== 'Case') return;
  omni.ownerChanged(before, records.change('Case', id, { IsClosed: isClosed(deps, after) }));
}

function remove({ records, omni }: ApiDeps, object: string, id: string): void {
  const record = found(records, object, id);
  const [, type] = records.typeOf(object);
  const isActive = object === 'AgentWork' && ['Assigned', 'Opened'].includes(String(record['Status']));
  if (type.delete !== true || isActive) throw readOnly(`entity cannot be deleted: ${object}`);
  const waiting = records
    .all('PendingServiceRouting')
    .filter(({ Id, WorkItemId }) => Id === record.Id || (object === 'Case' && WorkItemId === record.Id));
  records.remove(object, record.Id);
  for (const pending of waiting) {
    records.remove('PendingServiceRouting', pending.Id);
    omni.pendingDeleted(pending);
  }
}

/** PATCH makes or changes: 201, or 200 with a body since version 46 and 204 without before. */
function byExternalId(deps: ApiDeps, call: ApiCall, object: string, field: string, value: string): ApiAnswer {
  const { records } = deps;
  const entry = entryOf(records.typeOf(object)[1].fields, field);
  if (entry?.[1].externalId !== true)
    throw new ApiFault(
      404,
      'NOT_FOUND',
      `Provided external ID field does not exist or is not accessible: ${field}`,
    );
  const [name] = entry;
  const same = records
    .all(object)
    .filter((record) => String(record[name] ?? '').toLowerCase() === value.toLowerCase());
  if (same.length > 1)
    return { status: 300, body: same.map(({ Id }) => `${rootOf(call)}/sobjects/${object}/${Id}`) };
  const [record] = same;
  if (call.method === 'PATCH') {
    if (
      typeof call.body === 'object' &&
      call.body !== null &&
      entryOf(call.body as Record<string, unknown>, name)
    )
      throw new ApiFault(
        400,
        'INVALID_FIELD',
        `The ${name} field should not be specified in the sobject data.`,
      );
    if (!record) {
      const made = insert(deps, call, object, { ...(call.body as object), [name]: value });
      return { status: 201, body: { id: made.Id, success: true, errors: [], created: true } };
    }
    update(deps, object, record.Id, call.body);
    if (call.version < 46) return { status: 204 };
    return ok({ id: record.Id, success: true, errors: [], created: false });
  }
  if (!record) throw notFound();
  if (call.method === 'GET') return ok(present(rootOf(call), object, record, call.query.get('fields')));
  if (call.method !== 'DELETE') throw notAllowed(call.method);
  remove(deps, object, record.Id);
  return { status: 204 };
}

/** Skills are added before the work is ready, not after. */
function refuseLateNeed(records: Records, object: string, body: unknown): void {
  if (object !== 'SkillRequirement') return;
  const id = (body as { RelatedRecordId?: unknown } | undefined)?.RelatedRecordId;
  const pending = typeof id === 'string' ? records.get('PendingServiceRouting', id) : undefined;
  if (pending?.['IsReadyForRouting'] === true)
    throw readOnly('a record that is ready for routing cannot be edited');
}

function checkRouting(made: SimulatedRecord): void {
  const invalid = (message: string): ApiFault => new ApiFault(400, 'FIELD_INTEGRITY_EXCEPTION', message);
  if (made['IsPreferredUserRequired'] === true && made['PushTimeout'] !== null)
    throw invalid('PushTimeout cannot be set with IsPreferredUserRequired');
  if ((made['CapacityWeight'] === null) === (made['CapacityPercentage'] === null))
    throw invalid('either CapacityWeight or CapacityPercentage');
}

function isClosed({ settings }: ApiDeps, { Status }: SimulatedRecord): boolean {
  return settings().closedStatuses.includes(String(Status));
}

function found(records: Records, object: string, id: string): SimulatedRecord {
  const record = records.get(object, id);
  if (record) return record;
  throw absent(id, { has: (each) => records.wasDeleted(each) });
}

function present(root: string, object: string, record: SimulatedRecord, fields: string | null): object {
  const wanted = fields?.toLowerCase().split(',');
  const values = Object.entries(record).filter(([field]) => wanted?.includes(field.toLowerCase()) ?? true);
  const attributes = { type: object, url: `${root}/sobjects/${object}/${record.Id}` };
  return { attributes, ...Object.fromEntries(values) };
}

function describe(records: Records, object: string): object {
  const [name, type] = records.typeOf(object);
  const fields = Object.entries(type.fields).map(
    ([field, { type: kind, create, update, unique, externalId }]) => ({
      name: field,
      type: field === 'Id' ? 'id' : kind,
      createable: create ?? false,
      updateable: update ?? false,
      unique: unique ?? false,
      externalId: externalId ?? false,
    }),
  );
  return {
    name,
    keyPrefix: type.prefix,
    createable: type.create ?? false,
    deletable: type.delete ?? false,
    fields,
  };
}

function resources(call: ApiCall): object {
  const root = rootOf(call);
  return { sobjects: `${root}/sobjects`, query: `${root}/query`, composite: `${root}/composite` };
}
