// Whether the configuration leaves any doubt who is calling: one key, or one token, must never mean two tenants.
import type { Configuration, OidcConfiguration } from '../domain/configuration';
import type { PathFault } from './fault';

/** Keys that stand there twice, and identity providers whose tokens would mean two tenants or can never be checked. */
export function checkAccess(configuration: Configuration): readonly PathFault[] {
  return [...checkKeys(configuration), ...checkIssuers(configuration)];
}

function checkKeys({ tenants, gateway }: Configuration): readonly PathFault[] {
  const keys = [
    ...(gateway?.operatorKeys ?? []).map((key) => ({ ...key, of: ['gateway', 'operatorKeys'] })),
    ...Object.entries(tenants).flatMap(([tenant, { apiKeys }]) =>
      apiKeys.map((key) => ({ ...key, of: ['tenants', tenant, 'apiKeys'] })),
    ),
  ];
  const seen = new Map<string, string>();
  return keys.flatMap(({ name, sha256, of }) => {
    const other = seen.get(sha256);
    seen.set(sha256, other ?? [...of, name].join('.'));
    if (other === undefined) return [];
    const message = `is the same key as ${other}`;
    return [{ path: [...of, name], message, remedy: 'A key belongs to one tenant and stands there once.' }];
  });
}

function checkIssuers({ tenants }: Configuration): readonly PathFault[] {
  const all = Object.entries(tenants).flatMap(([tenant, { oidc }]) => (oidc ? [{ tenant, oidc }] : []));
  return all.flatMap(({ tenant, oidc }, index) => [
    ...checkReach(tenant, oidc),
    ...all
      .slice(0, index)
      .filter((other) => neverApart(other.oidc, oidc))
      .map((other) => ({
        path: ['tenants', tenant, 'oidc'],
        message: `takes tokens that also mean tenant ${other.tenant}`,
        remedy: 'Give each tenant an audience of its own, or a claim with a value of its own.',
      })),
  ]);
}

/** Every token of one of them is a token of the other. */
function neverApart(a: OidcConfiguration, b: OidcConfiguration): boolean {
  const within = (few: OidcConfiguration, many: OidcConfiguration): boolean =>
    Object.entries(few.claims).every(([name, value]) => many.claims[name] === value);
  return a.issuer === b.issuer && a.audience === b.audience && (within(a, b) || within(b, a));
}

/** Outgoing calls are by https, except to one's own network. */
function checkReach(
  tenant: string,
  { issuer, jwksUrl, allowPrivateNetwork }: OidcConfiguration,
): PathFault[] {
  if (allowPrivateNetwork || !(jwksUrl ?? issuer).startsWith('http:')) return [];
  const path = ['tenants', tenant, 'oidc', jwksUrl === undefined ? 'issuer' : 'jwksUrl'];
  return [
    { path, message: 'is read unencrypted', remedy: 'Use https: whoever changes the keys is any tenant.' },
  ];
}
