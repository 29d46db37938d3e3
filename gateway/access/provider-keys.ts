// The keys with which one identity provider signs: fetched when first needed, kept, and fetched again when a token
// names one that is not among them. A provider that is away is asked again only after a while, and what is known of it
// goes on counting for some time.
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { BatonError } from '../../domain/errors';
import type { HttpClient } from '../../platforms/http';

/** Which provider. */
export interface Provider {
  readonly issuer: string;
  /** Absent: the discovery document says. */
  readonly jwksUrl?: string;
}

/** When keys are fetched again, in milliseconds. */
export interface KeyTimes {
  /** They are fetched again after this time. @default 10 minutes */
  readonly freshMs: number;
  /** They are used for this time while the provider does not answer. @default 1 hour */
  readonly usableMs: number;
  /** Two fetches are at least this far apart, whatever tokens come. @default 10 seconds */
  readonly cooldownMs: number;
}

/** See {@link KeyTimes}. */
export const KEY_TIMES: KeyTimes = { freshMs: 600_000, usableMs: 3_600_000, cooldownMs: 10_000 };

/** What {@link createProviderKeys} needs. */
export interface ProviderKeysDeps {
  readonly client: Pick<HttpClient, 'request'>;
  readonly times: KeyTimes;
  /** Told of each fetch that failed. */
  readonly onFailure: (error: unknown) => void;
}

type Keys = ReturnType<typeof createLocalJWKSet>;

const MAX_KEYS = 100;
const discoverySchema = z.looseObject({ issuer: z.string(), jwks_uri: z.string().max(2_000) });
const keySetSchema = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(MAX_KEYS) });

/**
 * Finds the key that a token names.
 *
 * The getter throws jose's `JWKSNoMatchingKey` for a key that the provider does not have and BatonError
 * `ESC_IDENTITY_PROVIDER_UNAVAILABLE` when that cannot be found out.
 */
export function createProviderKeys(provider: Provider, deps: ProviderKeysDeps): JWTVerifyGetKey {
  const { times } = deps;
  let known: { readonly keys: Keys; readonly at: number } | undefined;
  let tried: { readonly at: number; readonly failed: boolean } | undefined;
  let running: Promise<void> | undefined;

  const ageMs = (at: number | undefined): number => (at === undefined ? Infinity : Date.now() - at);
  const fetchNow = async (): Promise<void> => {
    try {
      known = { keys: createLocalJWKSet(await fetchKeys(provider, deps.client)), at: Date.now() };
      tried = { at: Date.now(), failed: false };
    } catch (error) {
      tried = { at: Date.now(), failed: true };
      deps.onFailure(error);
    }
  };
  /** Not more often than the cooldown allows; calls at the same time share one fetch. */
  const refresh = async (): Promise<void> => {
    if (running === undefined && ageMs(tried?.at) < times.cooldownMs) return;
    running ??= fetchNow().finally(() => (running = undefined));
    await running;
  };
  const unavailable = (): BatonError =>
    new BatonError('ESC_IDENTITY_PROVIDER_UNAVAILABLE', 'its keys could not be fetched', {
      retryAfterMs: Math.max(1_000, times.cooldownMs - ageMs(tried?.at)),
    });

  return async (header, token) => {
    if (ageMs(known?.at) > times.freshMs) await refresh();
    if (known === undefined || ageMs(known.at) > times.usableMs) throw unavailable();
    try {
      return await known.keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await refresh();
    if (tried?.failed) throw unavailable();
    return known.keys(header, token);
  };
}

async function fetchKeys(
  { issuer, jwksUrl }: Provider,
  client: ProviderKeysDeps['client'],
): Promise<JSONWebKeySet> {
  const url = jwksUrl ?? (await discover(issuer, client));
  return keySetSchema.parse(await getJson(url, client));
}

async function discover(issuer: string, client: ProviderKeysDeps['client']): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = discoverySchema.parse(await getJson(url, client));
  if (found.issuer !== issuer) throw new Error('the discovery document is of another issuer');
  return found.jwks_uri;
}

async function getJson(url: string, client: ProviderKeysDeps['client']): Promise<unknown> {
  const { status, body } = await client.request({
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
  });
  if (status !== 200) throw new Error(`status ${status}`);
  return JSON.parse(body);
}
