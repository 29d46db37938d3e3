// Builders of a tenant's configuration, a request and the plan's environment, each with the least that works.
import { createHash } from 'node:crypto';
import type {
  ApiKey,
  BotConfiguration,
  ConnectorConfiguration,
  IntegrationConfiguration,
  Secret,
  TenantConfiguration,
} from '../../domain/configuration';
import type { PlanDesk, PlanEnvironment } from '../../domain/make-rung';
import type { EscalationRequest } from '../../domain/request';

/** A text that must never be found where a secret must not be. */
export const CANARY = 'canary-7d1f-secret';

export const aSecret = (value: string = CANARY): Secret => ({ reveal: () => value });

/** A key of a tenant as the configuration holds it. */
export const anApiKey = (key: string = CANARY, name = 'backend'): ApiKey => ({
  name,
  sha256: createHash('sha256').update(key).digest('hex'),
});

/** In the form of Standard Webhooks, as the configuration's checks want it. */
const NOTICE_SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

export const aBot = (with_: Partial<BotConfiguration> = {}): BotConfiguration => ({
  platform: 'liveperson',
  connector: 'desk',
  options: {},
  notices: { kind: 'webhook', url: 'https://bot.example/notices', secret: aSecret(NOTICE_SECRET) },
  retryWindowMs: 600_000,
  allowPrivateNetwork: false,
  ...with_,
});

export const aConnector = (with_: Partial<ConnectorConfiguration> = {}): ConnectorConfiguration => ({
  platform: 'liveperson',
  account: '12345678',
  credentials: { username: 'baton', password: aSecret() },
  options: {},
  timeouts: { requestMs: 10_000, connectMs: 5_000, heartbeatMs: 20_000 },
  allowPrivateNetwork: false,
  ...with_,
});

export const anIntegration = (with_: Partial<IntegrationConfiguration> = {}): IntegrationConfiguration => ({
  bot: 'bot',
  connector: 'desk',
  responseDataVariable: 'escalation',
  type: 'agent_escalation',
  agentSkillName: 'Sales',
  agentSkillId: '1001',
  transferBotContext: { intent: false, userMessage: false },
  messageToUser: 'Hold on while I connect you with an agent.',
  customData: {},
  interactionDelay: { kind: 'fixed', ms: 0 },
  responseTimeoutMs: 180_000,
  onlyIfAvailable: false,
  furtherRungs: [],
  ...with_,
});

/** A tenant with one bot `bot`, two connectors `desk` and `other`, and one integration `sales`. */
export const aTenant = (
  with_: {
    bot?: Partial<BotConfiguration>;
    desk?: Partial<ConnectorConfiguration>;
    integration?: Partial<IntegrationConfiguration>;
  } = {},
): TenantConfiguration => ({
  apiKeys: [anApiKey()],
  bots: { bot: aBot(with_.bot) },
  connectors: { desk: aConnector(with_.desk), other: aConnector({ platform: 'webhook', account: 'other' }) },
  integrations: { sales: anIntegration(with_.integration) },
});

export const aRequest = (with_: Partial<EscalationRequest> = {}): EscalationRequest => ({
  requestId: 'request-1',
  integration: 'sales',
  ...with_,
});

/** `desk` takes numeric ids as LivePerson does; `other` takes any; no other connector has a desk. */
export const anEnvironment = (with_: Partial<PlanEnvironment> = {}): PlanEnvironment => ({
  now: Date.UTC(2026, 5, 1, 12),
  deskOf: (connector) => DESKS[connector],
  ...with_,
});

const DESKS: Readonly<Record<string, PlanDesk>> = {
  desk: {
    platform: 'liveperson',
    capabilities: { carriesMessage: true, events: 'watch', confirmsConnection: true },
    isValidTargetId: (kind, id) => (kind === 'skill' || kind === 'agent') && /^\d{1,19}$/.test(id),
  },
  other: {
    platform: 'webhook',
    capabilities: { carriesMessage: false, events: 'webhook', confirmsConnection: true },
    isValidTargetId: (_kind, id) => id.length > 0,
  },
};
