// The data half of the core REST API over the simulated org: records by id and by external id, queries, one action.
// What it does not have is refused as the vendor refuses it.
import { toId18 } from '../ids';
import { ApiFault, notFound } from './api-fault';
import type { Omni } from './omni';
import { absent, readOnly } from './records';
import type { Records, SimulatedRecord } from './records';
import { entryOf } from './schema';
import { parseSoql } from './soql-parser';
import { runQuery } from './soql-run';
import type { Row } from './soql-run';

/** One call below `/services/data/vXX.X`. */
export interface ApiCall {
  readonly method: string;
  /** Decoded. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  /** Such as 61. */
  readonly version: number;
}

/** What comes of it. */
export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** What the org is set to. */
export interface OrgSettings {
  readonly closedStatuses: readonly string[];
  /** Where assignment rules send Cases; undefined: there are none. */
  readonly assignedOwner?: string | undefined;
  readonly queryPageSize: number;
}

/** See the file's comment. @throws ApiFault */
export type Api = (call: ApiCall) => ApiAnswer;

/** What it works on. */
export interface ApiDeps {
  readonly records: Records;
  readonly omni: Omni;
  readonly runningUserId: string;
  settings(): OrgSettings;
}

/** Calls of one org. Nothing is offered to agents before {@link Omni.settle}. */
export function createApi(deps: ApiDeps): Api {
  const pages = new Map<string, readonly Row[]>();
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
        if (rest.join('/') !== 'standard/skillsBasedRouting') throw notFound();
        return only(call, 'POST', () => skillsBasedRouting(deps, call.body));
      default:
        throw notFound();
    }
  };
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

function query(
  deps: ApiDeps,
  pages: Map<string, readonly Row[]>,
  call: ApiCall,
  locator: string | undefined,
): object {
  const { queryPageSize } = deps.settings();
  const root = rootOf(call);
  const page = (key: string, rows: readonly Row[], from: number): object => {
    const next = from + queryPageSize;
    const done = next >= rows.length;
    const nextRecordsUrl = `${root}/query/${key}-${next}`;
    return {
      totalSize: rows.length,
      done,
      ...(!done && { nextRecordsUrl }),
      records: rows.slice(from, next),
    };
  };
  if (locator !== undefined) {
    const [key = '', from = ''] = locator.split('-');
    const rows = pages.get(key);
    if (!rows) throw new ApiFault(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    return page(key, rows, Number(from));
  }
  const text = call.query.get('q');
  if (text === null) throw new ApiFault(400, 'MALFORMED_QUERY', 'A query must be specified');
  const { total, rows } = runQuery(deps.records, parseSoql(text), root);
  if (rows.length === 0) return { totalSize: total, done: true, records: [] };
  const key = `01g${String(pages.size).padStart(15, '0')}`;
  if (rows.length > queryPageSize) pages.set(key, rows);
  return page(key, rows, 0);
}

const actionFault = (statusCode: string, message: string): ApiAnswer => ({
  status: 400,
  body: [
    {
      actionName: 'skillsBasedRouting',
      errors: [{ statusCode, message, fields: [] }],
      isSuccess: false,
      outputValues: null,
    },
  ],
});

function skillsBasedRouting({ records, omni }: ApiDeps, body: unknown): ApiAnswer {
  const inputs = (body as { inputs?: unknown } | undefined)?.inputs;
  const [input, second] = Array.isArray(inputs) ? (inputs as Record<string, string>[]) : [];
  if (!input || second) return actionFault('INVALID_INPUT', 'one input is needed');
  const { recordId = '', routingConfigId = '', skillIdList = '' } = input;
  const skills = skillIdList.split(',').filter(Boolean);
  const configuration = records.get('QueueRoutingConfig', routingConfigId);
  const reached = records.get('Case', recordId) && configuration;
  if (!reached || skills.length > 25 || skills.some((id) => !records.get('Skill', id)))
    return actionFault('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  const pending = records.put('PendingServiceRouting', {
    WorkItemId: toId18(recordId),
    ServiceChannelId: omni.caseChannelId,
    RoutingType: 'SkillsBased',
    RoutingModel: configuration['RoutingModel'] ?? null,
    RoutingPriority: configuration['RoutingPriority'] ?? null,
    CapacityWeight: configuration['CapacityWeight'] ?? null,
    PushTimeout: configuration['PushTimeout'] ?? null,
    IsReadyForRouting: true,
  });
  for (const id of skills)
    records.put('SkillRequirement', {
      RelatedRecordId: pending.Id,
      SkillId: toId18(id),
      IsAdditionalSkill: false,
    });
  const outputValues = { pendingServiceRoutingId: pending.Id };
  return ok([{ actionName: 'skillsBasedRouting', errors: null, isSuccess: true, outputValues }]);
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

function rootOf({ version }: ApiCall): string {
  return `/services/data/v${version}.0`;
}

function only(call: ApiCall, method: string, run: () => ApiAnswer): ApiAnswer {
  if (call.method !== method) throw notAllowed(call.method);
  return run();
}

function notAllowed(method: string): ApiFault {
  return new ApiFault(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${method}' not allowed.`);
}

function ok(body: unknown): ApiAnswer {
  return { status: 200, body };
}
