// Ids for what Certainly sends without any: the same for what is sent again, another for what is new. A keyed digest,
// so that nothing of what it is made of can be read or tried out.
import { createHmac } from 'node:crypto';

/** Joins parts so that no two lists give the same id. `prefix` tells what it is the id of. */
export function derivedId(prefix: string, key: string, parts: readonly (string | undefined)[]): string {
  const digest = createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
  return `${prefix}-${digest.slice(0, 32)}`;
}

/** The stretch of time in which an instant lies; what comes again across a border counts as new. */
export function slotOf(at: number, seconds: number): string {
  return String(Math.floor(at / (seconds * 1_000)));
}
