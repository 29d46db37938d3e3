// A compile-time check that a schema and a domain type are the same: each can stand for the other.

/** `true` if the two are assignable both ways, otherwise `never`. */
export type SameType<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

/** Fails the type check, and nothing else, when the two types differ. */
export function assertSameType<A, B>(_same: SameType<A, B>): void {
  return undefined;
}
