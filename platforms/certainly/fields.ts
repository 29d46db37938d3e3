// Reads members of a body whose shape is known in part only: a value is looked for in several places.
import { isRecord } from '../../domain/shapes';

/** A parsed body. */
export type Body = Readonly<Record<string, unknown>>;

const DAMAGED = /\0|\p{Surrogate}/gu;

/** The object in a request's bytes; undefined if it is none. */
export function bodyOf(bytes: Buffer): Body | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The value at a path such as `message.text` or `actions.0.text`; a member may also have dots in its own name. */
export function valueAt(value: unknown, path: string): unknown {
  if (isRecord(value) && Object.hasOwn(value, path)) return value[path];
  const dot = path.indexOf('.');
  const [name, rest] = dot < 0 ? [path, undefined] : [path.slice(0, dot), path.slice(dot + 1)];
  const inner = memberOf(value, name);
  return rest === undefined ? inner : valueAt(inner, rest);
}

/** The first of the places that has a text that is not blank, or a number, which becomes a text. */
export function textAt(body: Body, places: readonly string[]): string | undefined {
  for (const place of places) {
    const text = textOf(valueAt(body, place));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A value as text, without what could not be stored; undefined for a blank one, and for what is no text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  return value.replace(DAMAGED, '\uFFFD');
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^\d{1,3}$/.test(name) ? (value as unknown[])[Number(name)] : undefined;
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
