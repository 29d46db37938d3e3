// Whether a webhook comes from Certainly, by what it was told to send. Compared in constant time, every candidate in
// every case, and never said what was wrong.
import { createHash, timingSafeEqual } from 'node:crypto';
import { assertNever } from '../../domain/assert-never';
import type { CertainlyOptions } from './options';

type Webhooks = CertainlyOptions['webhooks'];

/** `header`: of `Authorization`. */
export function isAuthorized(webhooks: Webhooks, header: string | undefined): boolean {
  const [, scheme = '', given = ''] = /^(\S+) +(\S.*)$/.exec(header?.trim() ?? '') ?? [];
  switch (webhooks.authentication) {
    case 'none':
      return true;
    case 'bearer': {
      const { token, previousToken } = webhooks;
      const holds = isOneOf(given.trim(), [token, previousToken]);
      return holds && scheme.toLowerCase() === 'bearer';
    }
    case 'basic': {
      const { username, password, previousPassword } = webhooks;
      const candidates = [password, previousPassword].map((each) =>
        each === undefined ? undefined : `${username}:${each}`,
      );
      const holds = isOneOf(Buffer.from(given.trim(), 'base64').toString('utf8'), candidates);
      return holds && scheme.toLowerCase() === 'basic';
    }
    default:
      return assertNever(webhooks);
  }
}

/** The scheme that a refusal asks for. */
export function challengeOf({ authentication }: Webhooks): string {
  return authentication === 'basic' ? 'Basic realm="baton"' : 'Bearer';
}

/** What derived ids are keyed with, so that a digest of what a user wrote cannot be tried out. */
export function keyOf(webhooks: Webhooks): string {
  switch (webhooks.authentication) {
    case 'none':
      return '';
    case 'bearer':
      return webhooks.token;
    case 'basic':
      return webhooks.password;
    default:
      return assertNever(webhooks);
  }
}

/** Digests have one length, which is what the comparison needs. */
function isOneOf(given: string, candidates: readonly (string | undefined)[]): boolean {
  const digest = digestOf(given);
  let found = false;
  for (const candidate of candidates)
    if (candidate !== undefined && timingSafeEqual(digestOf(candidate), digest)) found = true;
  return found;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
