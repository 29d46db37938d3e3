// JSON Web Tokens by a shared secret, as Kore.ai's platform and a BotKit server show them to each other. Synchronous,
// so that a request can be verified where it is read.
import { createHmac, timingSafeEqual } from 'node:crypto';

const DIGESTS = { HS256: 'sha256', HS512: 'sha512' } as const;
const MAX_TOKEN_CHARS = 8_192;
/** How far the two clocks may be apart. */
const LEEWAY_S = 60;

/** The algorithms by shared secret that a BotKit app may have; those by key pair are not supported (BotKit). */
export type JwtAlgorithm = keyof typeof DIGESTS;

/** A token with these claims. */
export function signJwt(
  claims: Readonly<Record<string, unknown>>,
  secret: string,
  algorithm: JwtAlgorithm,
): string {
  const signed = `${encoded({ typ: 'JWT', alg: algorithm })}.${encoded(claims)}`;
  return `${signed}.${hmac(signed, secret, algorithm).toString('base64url')}`;
}

/**
 * The claims of a token that one of the secrets has signed and that is valid at `now` (epoch milliseconds); undefined
 * for any other. A token without `exp` does not expire: the platform's need not have one.
 */
export function verifyJwt(
  token: string,
  secrets: readonly string[],
  now: number,
): Readonly<Record<string, unknown>> | undefined {
  if (token.length > MAX_TOKEN_CHARS) return undefined;
  const [header = '', payload = '', signature = '', ...more] = token.split('.');
  const { alg } = decoded(header) ?? {};
  if (more.length > 0 || (alg !== 'HS256' && alg !== 'HS512')) return undefined;
  const given = Buffer.from(signature, 'base64url');
  const matching = secrets.map((secret) => isSame(given, hmac(`${header}.${payload}`, secret, alg)));
  const claims = decoded(payload);
  return matching.includes(true) && claims && isTimely(claims, now / 1000) ? claims : undefined;
}

/** Whether two byte strings are the same, in a time that tells nothing of where they differ. */
export function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function isTimely({ exp, nbf }: Readonly<Record<string, unknown>>, nowS: number): boolean {
  const hasBegun = nbf === undefined || (typeof nbf === 'number' && nbf <= nowS + LEEWAY_S);
  return hasBegun && (exp === undefined || (typeof exp === 'number' && exp > nowS - LEEWAY_S));
}

function hmac(signed: string, secret: string, algorithm: JwtAlgorithm): Buffer {
  return createHmac(DIGESTS[algorithm], secret).update(signed).digest();
}

function encoded(part: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decoded(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
