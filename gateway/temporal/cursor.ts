// Where the next page of a list begins: Temporal's own token, bound to the tenant and the filters that it is for.
import { createHash } from 'node:crypto';

interface Cursor {
  readonly of: string;
  readonly at: string;
}

/** The cursor of the page after this one. `query`: the whole query, in which tenant and filters are. */
export function cursorOf(query: string, token: Uint8Array): string {
  const cursor: Cursor = { of: digestOf(query), at: Buffer.from(token).toString('base64') };
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** The token of a cursor; undefined if it is none, or one of another list. */
export function tokenOf(query: string, cursor: string): Uint8Array | undefined {
  const { of, at } = parsed(cursor);
  return of === digestOf(query) && typeof at === 'string' ? Buffer.from(at, 'base64') : undefined;
}

function parsed(cursor: string): Partial<Record<keyof Cursor, unknown>> {
  try {
    return (JSON.parse(Buffer.from(cursor, 'base64url').toString()) ?? {}) as Partial<Cursor>;
  } catch {
    return {};
  }
}

function digestOf(query: string): string {
  return createHash('sha256').update(query).digest('base64url');
}
