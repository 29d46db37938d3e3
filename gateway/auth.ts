// Finds the tenant of an API key. Every tenant's key is compared, each in constant time, so that neither the answer's
// time nor its text tells how close a guess was.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Configuration } from '../domain/configuration';
import { BatonError } from '../domain/errors';

/** Names the tenant of an `Authorization` header. */
export type Authenticate = (authorization: string | undefined) => string;

/** Makes the check. @throws BatonError `ESC_KEY_UNKNOWN` from the check */
export function createAuthenticate(configuration: Configuration): Authenticate {
  const keys = Object.entries(configuration.tenants).map(([tenant, { apiKey }]) => ({
    tenant,
    digest: digest(apiKey.reveal()),
  }));
  return (authorization) => {
    const given = digest(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '');
    let found: string | undefined;
    for (const { tenant, digest: expected } of keys) if (timingSafeEqual(given, expected)) found = tenant;
    if (found === undefined) throw new BatonError('ESC_KEY_UNKNOWN', 'no tenant has this key');
    return found;
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
