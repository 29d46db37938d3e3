// Connectors of the messaging platform against its simulator, and the world that they find there.
import { generateKeyPairSync } from 'node:crypto';
import type { ConnectorConfiguration, Secret } from '../../../domain/configuration';
import type { PlatformContext } from '../../../platforms/platform';
import type { WorldSpec } from '../../../platforms/salesforce-messaging/simulator';

export const ORG = '00D5e000001AbCdEAK';
export const KEY_ID = 'baton-2026';
export const CONTEXT: PlatformContext = {
  tenant: 'acme',
  name: 'chat',
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
};

const pair = (): { publicKey: string; privateKey: string } =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const ours = pair();
const others = pair();

/** A secret of the configuration. */
export function secret(value: string): Secret {
  return { reveal: () => value };
}

export const VERIFIED = { issuer: 'baton', keyId: KEY_ID, privateKey: secret(ours.privateKey) };
/** The key id is right, the key is not. */
export const UNBELIEVED = { ...VERIFIED, privateKey: secret(others.privateKey) };
export const GUEST = { sealingKeys: secret(`k1:${Buffer.alloc(32, 7).toString('base64')}`) };

/** An org that knows our key, with whatever else. */
export function aWorld(spec: WorldSpec = {}): WorldSpec {
  return {
    ...spec,
    settings: { orgId: ORG, keys: { [KEY_ID]: ours.publicKey }, pingMs: 50, ...spec.settings },
  };
}

/** A connector to the simulator at `url`, with short waits. */
export function aConnector(
  url: string,
  changes: Partial<ConnectorConfiguration> = {},
): ConnectorConfiguration {
  return {
    platform: 'salesforce-messaging',
    account: ORG,
    credentials: VERIFIED,
    timeouts: { requestMs: 5_000, connectMs: 2_000, heartbeatMs: 10_000 },
    allowPrivateNetwork: true,
    ...changes,
    options: {
      scrtUrl: url,
      deployment: 'Baton_Chat',
      routingAttributes: { Skill: '{target.id}', Baton_Conversation: '{conversationId}' },
      reconnectMs: 10,
      agentGraceMs: 100,
      ...changes.options,
    },
  };
}
