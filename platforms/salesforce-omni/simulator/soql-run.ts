// Runs a query over the records: conditions, order, and rows in the shape of the API, with parents as objects.
import { assertNever } from '../../../domain/assert-never';
import { isId, toId18 } from '../../salesforce/ids';
import { ApiFault } from './api-fault';
import type { Records, SimulatedRecord, Value } from './records';
import { entryOf } from './schema';
import type { Field, ObjectType } from './schema';
import type { Condition, Query } from './soql-parser';

/** A row as the API gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** @throws ApiFault `INVALID_TYPE` or `INVALID_FIELD` */
export function runQuery(
  records: Records,
  query: Query,
  root: string,
): { readonly total: number; readonly rows: readonly Row[] } {
  const found = entryOf(records.schema, query.from);
  if (!found) throw new ApiFault(400, 'INVALID_TYPE', `sObject type '${query.from}' is not supported.`);
  const [object, type] = found;
  const paths =
    query.fields === 'count' ? [] : query.fields.map((path) => pathOf(records, object, type, path));
  const { where } = query;
  if (where) checkFields(records, object, type, where);
  const matching = records
    .all(object)
    .filter((record) => !where || holds(records, object, type, record, where));
  const sorted = sortBy(records, object, type, query, matching);
  const from = query.offset ?? 0;
  const page = sorted.slice(from, query.limit === undefined ? undefined : from + query.limit);
  if (query.fields === 'count') return { total: page.length, rows: [] };
  return { total: page.length, rows: page.map((record) => toRow(records, object, record, paths, root)) };
}

/** A field of the object itself, or of a parent. */
interface Path {
  readonly parent?: { readonly name: string; readonly field: string };
  readonly name: string;
  readonly field: Field;
}

function pathOf(records: Records, object: string, type: ObjectType, path: string): Path {
  const [first = '', second, more] = path.split('.');
  if (second === undefined) {
    const own = entryOf(type.fields, first);
    if (!own) throw noColumn(path, object);
    return { name: own[0], field: own[1] };
  }
  const link = entryOf(type.fields, `${first}Id`);
  const target = link?.[1].to?.[0];
  if (!link || target === undefined || more !== undefined) throw noColumn(path, object);
  const { name, field } = pathOf(records, target, records.typeOf(target)[1], second);
  return { parent: { name: link[0].slice(0, -2), field: link[0] }, name, field };
}

/** A field that is not there is refused even where no row would be looked at. */
function checkFields(records: Records, object: string, type: ObjectType, condition: Condition): void {
  switch (condition.kind) {
    case 'and':
    case 'or':
      checkFields(records, object, type, condition.left);
      return checkFields(records, object, type, condition.right);
    case 'not':
      return checkFields(records, object, type, condition.of);
    case 'in':
      return refuseMisfits(pathOf(records, object, type, condition.field), condition.values);
    case 'compare':
      return refuseMisfits(pathOf(records, object, type, condition.field), [condition.value]);
    default:
      assertNever(condition);
  }
}

function refuseMisfits({ name, field }: Path, values: readonly Value[]): void {
  const wanted = field.type === 'boolean' ? 'boolean' : field.type === 'double' ? 'number' : 'string';
  for (const value of values.filter((each) => each !== null)) {
    if (typeof value !== wanted)
      throw new ApiFault(
        400,
        'INVALID_FIELD',
        `value of filter criterion for field '${name}' must be of type ${field.type}`,
      );
    if ((field.type === 'reference' || name === 'Id') && !isId(String(value)))
      throw new ApiFault(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${value}`);
  }
}

function noColumn(path: string, object: string): ApiFault {
  return new ApiFault(400, 'INVALID_FIELD', `No such column '${path}' on entity '${object}'.`);
}

function valueOf(records: Records, record: SimulatedRecord, object: string, path: Path): Value {
  if (!path.parent) return record[path.name] ?? null;
  const parent = parentOf(records, record, object, path.parent.field);
  return parent?.[path.name] ?? null;
}

function parentOf(
  records: Records,
  record: SimulatedRecord,
  object: string,
  field: string,
): SimulatedRecord | undefined {
  const id = record[field];
  const to = records.typeOf(object)[1].fields[field]?.to?.[0];
  return typeof id === 'string' && to !== undefined ? records.get(to, id) : undefined;
}

function holds(
  records: Records,
  object: string,
  type: ObjectType,
  record: SimulatedRecord,
  condition: Condition,
): boolean {
  const within = (inner: Condition): boolean => holds(records, object, type, record, inner);
  switch (condition.kind) {
    case 'and':
      return within(condition.left) && within(condition.right);
    case 'or':
      return within(condition.left) || within(condition.right);
    case 'not':
      return !within(condition.of);
    case 'in': {
      const path = pathOf(records, object, type, condition.field);
      const value = valueOf(records, record, object, path);
      const isIn = condition.values.some((each) => compare(path.field, value, each, path.name) === 0);
      return isIn !== condition.not;
    }
    case 'compare': {
      const path = pathOf(records, object, type, condition.field);
      const order = compare(path.field, valueOf(records, record, object, path), condition.value, path.name);
      return matches(order, condition.operator);
    }
    default:
      return assertNever(condition);
  }
}

function matches(
  order: number | undefined,
  operator: (Condition & { kind: 'compare' })['operator'],
): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order !== undefined && order < 0;
    case '<=':
      return order !== undefined && order <= 0;
    case '>':
      return order !== undefined && order > 0;
    case '>=':
      return order !== undefined && order >= 0;
    default:
      return assertNever(operator);
  }
}

/** Undefined: one of them is null. Texts compare without regard to case, ids in either length. */
function compare(field: Field, value: Value, given: Value, name: string): number | undefined {
  if (value === null || given === null) return value === given ? 0 : undefined;
  if (field.type === 'reference' || name === 'Id')
    return toId18(String(value)) === toId18(String(given)) ? 0 : 1;
  if (field.type === 'datetime') return Date.parse(String(value)) - Date.parse(String(given));
  if (typeof value === 'string') return value.toLowerCase().localeCompare(String(given).toLowerCase());
  return Number(value) - Number(given);
}

function sortBy(
  records: Records,
  object: string,
  type: ObjectType,
  { orderBy }: Query,
  found: readonly SimulatedRecord[],
): readonly SimulatedRecord[] {
  const paths = orderBy.map(({ field, descending }) => ({
    path: pathOf(records, object, type, field),
    sign: descending ? -1 : 1,
  }));
  return [...found].sort((one, other) => {
    for (const { path, sign } of paths) {
      const [a, b] = [one, other].map((record) => valueOf(records, record, object, path) ?? '');
      if (a !== b) return (String(a) < String(b) ? -1 : 1) * sign;
    }
    return 0;
  });
}

function toRow(
  records: Records,
  object: string,
  record: SimulatedRecord,
  paths: readonly Path[],
  root: string,
): Row {
  const row: Record<string, unknown> = {
    attributes: { type: object, url: `${root}/sobjects/${object}/${record.Id}` },
  };
  for (const path of paths) {
    if (!path.parent) {
      row[path.name] = record[path.name] ?? null;
      continue;
    }
    const { name, field } = path.parent;
    const parent = parentOf(records, record, object, field);
    row[name] = parent ? { ...(row[name] as object), [path.name]: parent[path.name] ?? null } : null;
  }
  return row;
}
