// Connectors of Live Agent against its simulator.
import type { ConnectorConfiguration, Secret } from '../../../domain/configuration';
import type { PlatformContext } from '../../../platforms/platform';
import { ORG } from './stage';

export const CONTEXT: PlatformContext = {
  tenant: 'acme',
  name: 'live-agent',
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
};

/** A secret of the configuration. */
export function secret(value: string): Secret {
  return { reveal: () => value };
}

/** Says in the chat's details which conversation it is of. */
const CONVERSATION = {
  label: 'Conversation',
  value: '{$botContext.baton.conversationId}',
  transcriptFields: ['Baton_Conversation__c'],
};

/** A connector to the simulator at `baseUrl`. */
export function aConnector(
  baseUrl: string,
  changes: Partial<ConnectorConfiguration> = {},
): ConnectorConfiguration {
  return {
    platform: 'salesforce-live-agent',
    account: ORG.organizationId,
    credentials: { sealingKeys: secret(`k1:${Buffer.alloc(32, 7).toString('base64')}`) },
    timeouts: { requestMs: 2_000, connectMs: 2_000, heartbeatMs: 10_000 },
    allowPrivateNetwork: true,
    ...changes,
    options: {
      baseUrl,
      deploymentId: ORG.deploymentId,
      prechat: { details: [CONVERSATION] },
      ...changes.options,
    },
  };
}

/** Which conversation a chat of the simulator is of. */
export function conversationOf(request: Readonly<Record<string, unknown>> | undefined): unknown {
  const details = (request?.['prechatDetails'] ?? []) as { label: string; value: string }[];
  return details.find(({ label }) => label === CONVERSATION.label)?.value;
}
