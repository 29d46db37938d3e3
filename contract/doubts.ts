// What a configuration may say and probably does not mean: warnings that stop nothing.
import type { BotConfiguration, Configuration, TenantConfiguration } from '../domain/configuration';
import type { FaultPath, PathFault } from './fault';

/** Every warning about a configuration that is free of faults. */
export function doubts({ tenants, gateway }: Configuration): readonly PathFault[] {
  return [
    ...(gateway?.corsOrigins ?? []).flatMap((origin, index) =>
      plainHttp(origin, ['gateway', 'cors', 'origins', index], 'pages come to the browser unencrypted'),
    ),
    ...Object.entries(tenants).flatMap(([name, tenant]) => aboutTenant(tenant, ['tenants', name])),
  ];
}

function aboutTenant({ apiKeys, oidc, bots, connectors }: TenantConfiguration, at: FaultPath): PathFault[] {
  const callers = apiKeys.length > 0 || oidc !== undefined;
  return [
    ...(callers ? [] : [NOBODY_CALLS(at)]),
    ...Object.entries(bots).flatMap(([name, bot]) => [
      ...aboutNotices(bot, [...at, 'bots', name]),
      ...aboutHosts(bot, [...at, 'bots', name]),
    ]),
    ...Object.entries(connectors).flatMap(([name, each]) => aboutHosts(each, [...at, 'connectors', name])),
  ];
}

const NOBODY_CALLS = (at: FaultPath): PathFault => ({
  path: [...at, 'apiKeys'],
  message: 'has no key, so that nobody can call the gateway for this tenant',
  remedy: 'Add the line that `baton keys create` prints, or `oidc`.',
});

function aboutNotices({ notices }: BotConfiguration, at: FaultPath): PathFault[] {
  if (notices.kind !== 'webhook') return [];
  const path = [...at, 'notices', 'webhook'];
  const same = notices.previousSecret?.reveal() === notices.secret.reveal();
  return [
    ...plainHttp(notices.url, [...path, 'url'], 'sends notices unencrypted'),
    ...(same ? [{ path: [...path, 'previousSecret'], ...SAME_SECRET }] : []),
  ];
}

const SAME_SECRET = {
  message: 'is the secret itself',
  remedy: 'Leave it out, or name the secret that receivers still have.',
};

function aboutHosts(
  { allowPrivateNetwork, privateHosts }: Pick<BotConfiguration, 'allowPrivateNetwork' | 'privateHosts'>,
  at: FaultPath,
): PathFault[] {
  if (!allowPrivateNetwork || privateHosts === undefined) return [];
  return [
    {
      path: [...at, 'privateHosts'],
      message: 'says nothing beside `allowPrivateNetwork: true`',
      remedy: 'Leave one of them out: the names alone open less.',
    },
  ];
}

function plainHttp(url: string, path: FaultPath, message: string): PathFault[] {
  return url.startsWith('http:') && !isLoopback(url) ? [{ path, message, remedy: 'Use https.' }] : [];
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
