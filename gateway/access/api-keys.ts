// Finds who an API key belongs to. Every key is compared, each in constant time, so that neither the answer's time
// nor its text tells how close a guess was.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '../../domain/configuration';

/** A key and whose it is. */
export interface OwnedKey<Owner> extends ApiKey {
  readonly owner: Owner;
}

/** The owned key that was given, if it is one of these. */
export function findKey<Owner>(keys: readonly OwnedKey<Owner>[], given: string): OwnedKey<Owner> | undefined {
  const digest = createHash('sha256').update(given).digest();
  let found: OwnedKey<Owner> | undefined;
  for (const key of keys) if (timingSafeEqual(digest, Buffer.from(key.sha256, 'hex'))) found = key;
  return found;
}
