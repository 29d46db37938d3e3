// Variables with their types, where they cross a border: bounded, and masked by what their type says they hold.
import { TYPED_VARIABLE_TYPES, type TypedVariable } from './bot-session';
import type { MaskText } from './mask';
import { isRecord, isString, oneOf } from './shapes';

/** How deep a value may be nested: objects of objects and lists of lists. */
export const MAX_VALUE_DEPTH = 16;
const MAX_NAME_CHARS = 200;
/** What may stay as it is in a value that is no free text: one word, and no address. */
const WORD = /^[\w.:+-]{1,200}$/;
const AMOUNT = /^[A-Z]{3} -?\d{1,15}(?:[.,]\d{1,6})?$/;

/** Whether a value is a variable that another bot can be given; whether its value fits its type is that bot's to judge. */
export function isTypedVariable(input: unknown): input is TypedVariable {
  if (!isRecord(input)) return false;
  const { name, type, value } = input;
  return (
    isString(name) &&
    name.length > 0 &&
    name.length <= MAX_NAME_CHARS &&
    oneOf(TYPED_VARIABLE_TYPES, type) !== undefined &&
    isPlainJson(value)
  );
}

/** Whether a value is JSON, at most `depth` deep. */
export function isPlainJson(value: unknown, depth: number = MAX_VALUE_DEPTH): boolean {
  if (value === null || isString(value) || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === undefined || depth === 0) return false;
  if (!Array.isArray(value) && !isPlainObject(value)) return false;
  return Object.values(value).every((part) => isPlainJson(part, depth - 1));
}

/** The variable without what must not be written down. Masking it again changes nothing. */
export function maskTypedVariable({ name, type, value }: TypedVariable, mask: MaskText): TypedVariable {
  return { name, type, value: masked(type, value, mask) };
}

function masked(type: unknown, value: unknown, mask: MaskText): unknown {
  if (isString(value)) return isNoText(type, value) ? value : mask(value);
  if (Array.isArray(value)) return value.map((part: unknown) => masked(undefined, part, mask));
  if (!isRecord(value)) return value;
  // A variable inside an object, or an entry of a list, has a type of its own.
  const own = oneOf(TYPED_VARIABLE_TYPES, value['type']);
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      if (own !== undefined && (name === 'name' || name === 'type')) return [name, part];
      return [name, masked(name === 'value' ? own : undefined, part, mask)];
    }),
  );
}

function isNoText(type: unknown, value: string): boolean {
  switch (type) {
    case 'date':
    case 'dateTime':
    case 'ref':
      return WORD.test(value);
    case 'money':
      return AMOUNT.test(value);
    default:
      return false;
  }
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
