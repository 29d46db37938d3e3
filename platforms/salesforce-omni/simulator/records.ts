// The records of the simulated org, and what the API checks before it keeps one: fields, types, references, what is
// required and what must be unique. Ids are 18 characters and never used twice.
import { isId, toId18 } from '../../salesforce/ids';
import { ApiFault, notFound } from './api-fault';
import { entryOf } from './schema';
import type { Field, ObjectType } from './schema';

/** The value of a field. */
export type Value = string | number | boolean | null;
/** A record; every field of its object is there. */
export type SimulatedRecord = Readonly<Record<string, Value>> & { readonly Id: string };
/** Something written, by field. */
export type Values = Readonly<Record<string, Value>>;

/** See the file's comment. */
export interface Records {
  readonly schema: Readonly<Record<string, ObjectType>>;
  /** @throws ApiFault for an object that is not there */
  typeOf(object: string): readonly [name: string, type: ObjectType];
  all(object: string): readonly SimulatedRecord[];
  get(object: string, id: string): SimulatedRecord | undefined;
  /** Whether a record was there and is not any more. */
  wasDeleted(id: string): boolean;
  /** As the API does: checked. @throws ApiFault */
  create(object: string, body: unknown): SimulatedRecord;
  /** As the API does: checked. @throws ApiFault */
  update(object: string, id: string, body: unknown): SimulatedRecord;
  /** As the org itself does: unchecked. */
  put(object: string, values: Values): SimulatedRecord;
  change(object: string, id: string, values: Values): SimulatedRecord;
  remove(object: string, id: string): void;
  /** Puts a removed record back as it is. */
  restore(object: string, record: SimulatedRecord): void;
  /** Every record that there ever was, as it was made. */
  ever(object: string): readonly SimulatedRecord[];
  /** Runs it; if it throws, nothing has happened. */
  atomically<T>(run: () => T): T;
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Records of one org. */
export function createRecords(schema: Readonly<Record<string, ObjectType>>): Records {
  let tables = new Map<string, Map<string, SimulatedRecord>>();
  let deleted = new Set<string>();
  let history: readonly (readonly [object: string, record: SimulatedRecord])[] = [];
  let made = 0;

  const table = (object: string): Map<string, SimulatedRecord> => {
    const found = tables.get(object) ?? new Map<string, SimulatedRecord>();
    tables.set(object, found);
    return found;
  };

  function put(object: string, values: Values): SimulatedRecord {
    const [name, type] = typeOf(object);
    made += 1;
    const id = toId18(`${type.prefix}000000${inBase62(made)}`);
    const now = new Date().toISOString().replace(/\.\d+Z$/, '.000+0000');
    const empty: Values = Object.fromEntries(
      Object.entries(type.fields).map(([field, { default: value }]) => [field, value ?? null] as const),
    );
    const record: SimulatedRecord = {
      ...empty,
      CreatedDate: now,
      LastModifiedDate: now,
      ...values,
      Id: id,
    };
    table(name).set(id, record);
    history = [...history, [name, record]];
    return record;
  }

  function typeOf(object: string): readonly [string, ObjectType] {
    const found = entryOf(schema, object);
    if (!found) throw notFound();
    return found;
  }

  function get(object: string, id: string): SimulatedRecord | undefined {
    return isId(id) ? table(typeOf(object)[0]).get(toId18(id)) : undefined;
  }

  function change(object: string, id: string, values: Values): SimulatedRecord {
    const [name] = typeOf(object);
    const before = get(name, id);
    if (!before) throw notFound();
    const after = { ...before, ...values, Id: before.Id };
    table(name).set(before.Id, after);
    return after;
  }

  const checks: Checks = {
    exists: (objects, id) => objects.some((object) => get(object, id) !== undefined),
    holder: (object, field, value, but) =>
      [...table(object).values()].find(
        (record) => record.Id !== but && folded(record[field] ?? null) === folded(value),
      ),
  };

  return {
    schema,
    typeOf,
    all: (object) => [...table(typeOf(object)[0]).values()],
    get,
    wasDeleted: (id) => isId(id) && deleted.has(toId18(id)),
    create(object, body) {
      const [name, type] = typeOf(object);
      if (type.create !== true) throw readOnly(`entity type cannot be inserted: ${name}`);
      const values = readBody(name, type, body, 'create', checks);
      const missing = Object.entries(type.fields)
        .filter(([field, { required }]) => required === true && (values[field] ?? null) === null)
        .map(([field]) => field);
      if (missing.length > 0)
        throw new ApiFault(
          400,
          'REQUIRED_FIELD_MISSING',
          `Required fields are missing: [${missing.join(', ')}]`,
          missing,
        );
      return put(name, values);
    },
    update(object, id, body) {
      const [name, type] = typeOf(object);
      if (!get(name, id)) throw absent(id, deleted);
      return change(name, id, readBody(name, type, body, 'update', checks, id));
    },
    put,
    change,
    remove(object, id) {
      const [name] = typeOf(object);
      if (table(name).delete(toId18(id))) deleted.add(toId18(id));
    },
    restore(object, record) {
      table(typeOf(object)[0]).set(record.Id, record);
      deleted.delete(record.Id);
    },
    ever: (object) => history.filter(([name]) => name === object).map(([, record]) => record),
    atomically(run) {
      const before = {
        tables: new Map([...tables].map(([name, rows]) => [name, new Map(rows)])),
        deleted: new Set(deleted),
        history,
      };
      try {
        return run();
      } catch (error) {
        ({ tables, deleted, history } = before);
        throw error;
      }
    },
  };
}

/** The fault of an id that leads to nothing. */
export function absent(id: string, deleted: { has(id: string): boolean }): ApiFault {
  if (!isId(id)) return new ApiFault(400, 'MALFORMED_ID', `malformed id ${id}`);
  return deleted.has(toId18(id)) ? new ApiFault(404, 'ENTITY_IS_DELETED', 'entity is deleted') : notFound();
}

interface Checks {
  exists(objects: readonly string[], id: string): boolean;
  holder(object: string, field: string, value: Value, but: string | undefined): SimulatedRecord | undefined;
}

/** Texts are compared without regard to case. */
function folded(value: Value): Value {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function readBody(
  object: string,
  type: ObjectType,
  body: unknown,
  operation: 'create' | 'update',
  checks: Checks,
  id?: string,
): Record<string, Value> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ApiFault(400, 'JSON_PARSER_ERROR', 'Unexpected character in the body');
  const values: Record<string, Value> = {};
  for (const [key, given] of Object.entries(body)) {
    if (key === 'attributes') continue;
    const found = entryOf(type.fields, key);
    if (!found)
      throw new ApiFault(400, 'INVALID_FIELD', `No such column '${key}' on sobject of type ${object}`);
    const [name, field] = found;
    if (field[operation] !== true)
      throw new ApiFault(
        400,
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        `Unable to create/update fields: ${name}. Please check the security settings of this field.`,
        [name],
      );
    values[name] = readValue(name, field, given, checks);
    const holder = field.unique && values[name] !== null && checks.holder(object, name, values[name], id);
    if (holder)
      throw new ApiFault(
        400,
        'DUPLICATE_VALUE',
        `duplicate value found: ${name} duplicates value on record with id: ${holder.Id.slice(0, 15)}`,
      );
  }
  return values;
}

function readValue(name: string, field: Field, given: unknown, checks: Checks): Value {
  if (given === null) return null;
  const wanted = field.type === 'boolean' ? 'boolean' : field.type === 'double' ? 'number' : 'string';
  if (typeof given !== wanted)
    throw new ApiFault(400, 'JSON_PARSER_ERROR', `Cannot deserialize instance of ${field.type} for ${name}`);
  const value = given as string | number | boolean;
  if (field.type === 'reference') return readReference(name, field, String(value), checks);
  if (field.type === 'picklist' && !field.values?.includes(String(value)))
    throw new ApiFault(
      400,
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      `${name}: bad value for restricted picklist field: ${value}`,
      [name],
    );
  if (typeof value === 'string' && value.length > (field.length ?? Infinity))
    throw new ApiFault(
      400,
      'STRING_TOO_LONG',
      `${name}: data value too large (max length=${field.length ?? 0})`,
      [name],
    );
  return value;
}

function readReference(name: string, { to = [] }: Field, id: string, checks: Checks): string {
  if (!isId(id))
    throw new ApiFault(400, 'MALFORMED_ID', `${name}: id value of incorrect type: ${id}`, [name]);
  if (!checks.exists(to, id))
    throw new ApiFault(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [name]);
  return toId18(id);
}

/** What may be read but not written. */
export function readOnly(message: string): ApiFault {
  return new ApiFault(400, 'INSUFFICIENT_ACCESS_OR_READONLY', message);
}

function inBase62(count: number): string {
  let text = '';
  for (let rest = count; rest > 0; rest = Math.floor(rest / 62)) text = (DIGITS[rest % 62] ?? '') + text;
  return text.padStart(6, '0');
}
