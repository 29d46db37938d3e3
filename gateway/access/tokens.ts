// Bearer tokens of identity providers. The token's own words only pick the one tenant that it could mean; it counts
// after its signature, issuer, audience, times and claims have been verified for that tenant.
import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Configuration, OidcConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import { createHttpClient, type HttpClient } from '../../platforms/http';
import type { PlatformLog } from '../../platforms/platform';
import type { Caller } from './caller';
import { createProviderKeys, type KeyTimes } from './provider-keys';

/** Asymmetric only: with a shared secret, whoever verifies could also sign. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const CLOCK_TOLERANCE_S = 60;
const MAX_TOKEN_LENGTH = 8_192;
const MAX_SUBJECT_LENGTH = 200;
const CONNECT_MS = 3_000;
const REQUEST_MS = 5_000;

/** What verifying tokens needs. */
export interface TokensDeps {
  readonly tenants: Configuration['tenants'];
  readonly log: PlatformLog;
  readonly times: KeyTimes;
}

/** Tells whom a token means. */
export interface Tokens {
  /**
   * The caller; undefined for everything that is no valid token of exactly one tenant.
   *
   * @throws BatonError `ESC_IDENTITY_PROVIDER_UNAVAILABLE`
   */
  callerOf(bearer: string): Promise<Caller | undefined>;
  /** Closes connections to the providers. */
  close(): Promise<void>;
}

interface Trust {
  readonly tenant: string;
  readonly oidc: OidcConfiguration;
  readonly keyOf: JWTVerifyGetKey;
}

/** The tokens of the tenants that have `oidc`. */
export function createTokens(deps: TokensDeps): Tokens {
  const { trusts, clients } = trustsOf(deps);
  return {
    async callerOf(bearer) {
      const payload = readUnverified(bearer);
      const meant = trusts.filter(({ oidc }) => payload !== undefined && means(payload, oidc));
      const [only] = meant;
      if (only === undefined || meant.length > 1) return undefined;
      return verify(bearer, only, deps.log);
    },
    close: async () => void (await Promise.all(clients.map((client) => client.close()))),
  };
}

function trustsOf({ tenants, log, times }: TokensDeps): { trusts: readonly Trust[]; clients: HttpClient[] } {
  const clients: HttpClient[] = [];
  const byProvider = new Map<string, JWTVerifyGetKey>();
  const keysOf = (oidc: OidcConfiguration): JWTVerifyGetKey => {
    const { issuer, jwksUrl, allowPrivateNetwork } = oidc;
    const name = JSON.stringify([issuer, jwksUrl, allowPrivateNetwork]);
    const shared = byProvider.get(name);
    if (shared) return shared;
    const client = createHttpClient({ allowPrivateNetwork, connectMs: CONNECT_MS, requestMs: REQUEST_MS });
    const onFailure = (error: unknown): void =>
      log.warn(
        { event: 'gateway.identity_provider', issuer, reason: reasonOf(error) },
        'no keys of the issuer',
      );
    const keys = createProviderKeys(oidc, { client, times, onFailure });
    clients.push(client);
    byProvider.set(name, keys);
    return keys;
  };
  const trusts = Object.entries(tenants).flatMap(([tenant, { oidc }]) =>
    oidc ? [{ tenant, oidc, keyOf: keysOf(oidc) }] : [],
  );
  return { trusts, clients };
}

/** What the token says of itself, which proves nothing yet. */
function readUnverified(bearer: string): JWTPayload | undefined {
  if (bearer.length > MAX_TOKEN_LENGTH || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(bearer)) return undefined;
  try {
    return decodeJwt(bearer);
  } catch {
    return undefined;
  }
}

function means(payload: JWTPayload, { issuer, audience, claims }: OidcConfiguration): boolean {
  const audiences = Array.isArray(payload.aud) ? payload.aud : [payload.aud];
  return (
    payload.iss === issuer &&
    audiences.includes(audience) &&
    Object.entries(claims).every(([name, value]) => Object.hasOwn(payload, name) && payload[name] === value)
  );
}

async function verify(
  token: string,
  { tenant, oidc, keyOf }: Trust,
  log: PlatformLog,
): Promise<Caller | undefined> {
  const { issuer, audience } = oidc;
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['exp', 'sub'],
    });
    const { sub = '' } = payload;
    return sub === '' ? undefined : { tenant, key: `oidc:${sub.slice(0, MAX_SUBJECT_LENGTH)}` };
  } catch (error) {
    if (error instanceof BatonError) throw error;
    // For whoever sets it up: why, by code and name of the claim, never by a value.
    log.info({ event: 'gateway.token_refused', tenant, ...whyNot(error) }, 'a token is not valid');
    return undefined;
  }
}

function whyNot(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired)
    return { reason: error.code, claim: error.claim };
  return { reason: error instanceof errors.JOSEError ? error.code : 'the key cannot be used' };
}

/** The code or kind of what went wrong; never a text that the provider wrote. */
function reasonOf(error: unknown): string {
  if (error instanceof BatonError) return error.code;
  return error instanceof Error ? `${error.name}: ${ownWords(error)}` : typeof error;
}

function ownWords(error: Error): string {
  return error.name === 'Error' ? error.message : 'its answer is malformed';
}
