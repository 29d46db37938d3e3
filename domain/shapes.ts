// The small checks that the guards of what reaches a workflow are made of.

/** Longest id that anybody may choose, in UTF-16 units. */
export const MAX_ID_CHARS = 200;

/** A checked value, or what is wrong with it (never its content). */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** A value that is not what it should be. */
export function bad(problem: string): { ok: false; problem: string } {
  return { ok: false, problem };
}

/** The known word that a value is; undefined if it is none. */
export function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((one) => one === value);
}

/** Whether a value is an object that is no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a string. */
export function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether a value is a list of strings. */
export function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isString);
}

/** Whether a value is a string of 1 to {@link MAX_ID_CHARS} characters. */
export function isId(value: unknown): value is string {
  return isString(value) && value.length > 0 && value.length <= MAX_ID_CHARS;
}

/** Whether a value is a whole number from 0; -0, which JSON would change, is none. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && !Object.is(value, -0);
}

/** Whether a value is absent, or passes the check. */
export function isOptional<T>(value: unknown, check: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || check(value);
}
