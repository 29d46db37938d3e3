// Who may call the gateway, and how much: the sections `gateway`, `apiKeys` and `oidc` of baton.yaml.
import { z } from 'zod';
import type { ApiKey, GatewayConfiguration, OidcConfiguration } from '../domain/configuration';
import { compact } from './compact';
import { duration, text, textOrReference, URL_PATTERN } from './fields';
import { NAME_RULES } from './names';
import { REFERENCE_PATTERN, type ResolveReference } from './secret';

const HASH_PREFIX = 'sha256:';

const HASH_PATTERN = {
  is: /^sha256:[0-9a-f]{64}$/,
  message: 'is not the hash of a key',
  remedy: 'Make a key and its hash with `baton keys create`: `sha256:` and 64 hexadecimal digits.',
};

const ORIGIN_PATTERN = {
  is: /^https?:\/\/(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/,
  message: 'is not an origin',
  remedy:
    'Write it as the browser sends it, such as `https://console.example.com`: lower case, no path, no placeholder.',
};

/** The line of the configuration for a key with this hash. */
export function hashText(sha256: string): string {
  return `${HASH_PREFIX}${sha256}`;
}

/** Keys by name, each as its hash. */
export const apiKeysSchema = (
  resolve: ResolveReference,
  description: string,
): z.ZodType<readonly ApiKey[], Record<string, string>> =>
  z
    .record(
      z.string().meta({ pattern: NAME_RULES.apiKeys.is.source }),
      textOrReference(resolve, { description: 'Hash of the key.', max: 100, pattern: HASH_PATTERN }).meta({
        pattern: `${HASH_PATTERN.is.source}|${REFERENCE_PATTERN}`,
      }),
    )
    .transform((file): readonly ApiKey[] =>
      Object.entries(file).map(([name, hash]) => ({ name, sha256: hash.slice(HASH_PREFIX.length) })),
    )
    .meta({ description });

/** The tokens that name a tenant. */
export const oidcSchema = (resolve: ResolveReference): z.ZodType<OidcConfiguration, unknown> =>
  z
    .strictObject({
      issuer: textOrReference(resolve, {
        description: "The token's `iss`, exactly.",
        max: 1_000,
        pattern: URL_PATTERN,
      }),
      audience: text({ description: "One of the token's `aud`.", max: 500 }),
      jwksUrl: z.exactOptional(
        textOrReference(resolve, {
          description: "The issuer's keys. Absent: found by its discovery document.",
          max: 1_000,
          pattern: URL_PATTERN,
        }),
      ),
      claims: z.record(z.string().min(1).max(200), z.string().max(1_000)).readonly().prefault({}).meta({
        description:
          'Claims that a token must have with exactly these values, such as `azp: returns-backend`.',
      }),
      allowPrivateNetwork: z
        .boolean()
        .prefault(false)
        .meta({ description: 'Whether the issuer may be on a loopback or private address.' }),
    })
    .transform((file) => compact(file))
    .meta({ description: 'Bearer tokens of an identity provider (OpenID Connect), beside the keys.' });

/** The gateway's own section. */
export const gatewaySchema = (resolve: ResolveReference): z.ZodType<GatewayConfiguration, unknown> =>
  z
    .strictObject({
      operatorKeys: apiKeysSchema(
        resolve,
        'Keys of operators, who may read `/metrics`: a name to a hash made by `baton keys create`.',
      ).prefault({}),
      cors: z
        .strictObject({
          origins: z
            .array(text({ description: 'An origin.', max: 300, pattern: ORIGIN_PATTERN }))
            .max(100)
            .readonly()
            .meta({ description: 'Origins of pages whose browsers may call the gateway.' }),
        })
        .prefault({ origins: [] })
        .meta({ description: 'Calls from browsers. Absent: none.' }),
      rateLimit: z
        .strictObject({
          requests: z.int().min(1).max(1_000_000).prefault(1_200).meta({ description: 'Calls of one key.' }),
          per: duration({ description: 'In this time.', min: '1s', max: '1h' }).prefault('1m'),
        })
        .prefault({})
        .meta({ description: 'Most calls of one key, for each gateway process.' }),
      maxConnections: z
        .int()
        .min(1)
        .max(100_000)
        .prefault(2_000)
        .meta({ description: 'Most open connections of one gateway process.' }),
      maxStreams: z
        .int()
        .min(0)
        .max(10_000)
        .prefault(100)
        .meta({ description: 'Most event streams that one key may hold open, for each gateway process.' }),
    })
    .transform(({ cors, rateLimit, ...file }): GatewayConfiguration => ({
      ...file,
      corsOrigins: cors.origins,
      rateLimit: { requests: rateLimit.requests, perMs: rateLimit.per },
    }))
    .meta({ description: 'Who may call the gateway besides tenants, and how much.' });

/** What a configuration without the section means. */
export const DEFAULT_GATEWAY: GatewayConfiguration = gatewaySchema(() => ({ ok: true, value: '' })).parse({});
