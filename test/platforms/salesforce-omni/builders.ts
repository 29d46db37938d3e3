// Connectors to a simulated Salesforce org, for tests.
import type { ConnectorConfiguration } from '../../../domain/configuration';
import type { PlatformContext, PlatformLog } from '../../../platforms/platform';
import { DEMO_APP, DEMO_ORG, NAMES } from '../../../platforms/salesforce-omni/simulator';

/** Silent. */
export const CONTEXT: PlatformContext = {
  tenant: 'acme',
  name: 'salesforce',
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
};

/** What was logged as a warning. */
export function aLog(): PlatformLog & { readonly warnings: Record<string, unknown>[] } {
  const warnings: Record<string, unknown>[] = [];
  return {
    warnings,
    debug: () => undefined,
    info: () => undefined,
    warn: (fields, message) => void warnings.push({ ...fields, message }),
  };
}

/** A connector with client credentials; `options` are added to those of the simulator. */
export function aConnector(
  url: string,
  { options, ...overrides }: Partial<ConnectorConfiguration> = {},
): ConnectorConfiguration {
  return {
    platform: 'salesforce-omni',
    account: DEMO_ORG,
    credentials: { clientId: DEMO_APP.clientId, clientSecret: secret(DEMO_APP.clientSecret) },
    options: {
      loginUrl: url,
      serviceChannel: NAMES.channel,
      routingConfiguration: NAMES.configuration,
      pollIntervalMs: 100,
      ...options,
    },
    timeouts: { requestMs: 5_000, connectMs: 2_000, heartbeatMs: 10_000 },
    allowPrivateNetwork: true,
    ...overrides,
  };
}

/** A secret as the configuration has it. */
export function secret(text: string): { reveal(): string } {
  return { reveal: () => text };
}
