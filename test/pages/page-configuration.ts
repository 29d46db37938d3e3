// A baton.yaml as the page's reader would write it, for the real loader, and the plan that comes of a request.
import { readConfiguration, type LoadedConfiguration } from '../../contract/load-configuration';
import type { IntegrationConfiguration, TenantConfiguration } from '../../domain/configuration';
import { makePlan } from '../../domain/make-plan';
import type { EscalationPlan } from '../../domain/plan';
import type { EscalationRequest } from '../../domain/request';
import { PLATFORMS } from '../../platforms';
import { configurationChecks } from '../../platforms/configuration-checks';
import { planDesk } from '../../platforms/plan-desk';

const ENV = {
  API_KEY: 'the-key-of-the-shop-0123456789',
  NOTICES: 'whsec_cGFnZS10ZXN0LW9ubHktc2VjcmV0LTAxMjM0NTY3',
  PASSWORD: 'secret-password',
};

/** Fields of the file that a test names; undefined leaves a field out. */
export interface Fields {
  readonly integration?: Readonly<Record<string, unknown>>;
  readonly connector?: Readonly<Record<string, unknown>>;
  readonly bot?: Readonly<Record<string, unknown>>;
}

/** Name of the integration in the file. */
export const INTEGRATION = 'Returns - to a human';

/** Reads the file with these fields as the command line does. */
export function load(fields: Fields = {}): LoadedConfiguration {
  const file = {
    tenants: {
      shop: {
        apiKeys: {},
        bots: {
          'returns-bot': {
            platform: 'liveperson',
            connector: 'contact-centre',
            notices: { webhook: { url: 'https://bot.example/notices', secret: '${env:NOTICES}' } },
            ...fields.bot,
          },
        },
        connectors: {
          'contact-centre': {
            platform: 'liveperson',
            account: '12345678',
            credentials: { username: 'baton-bot', password: '${env:PASSWORD}' },
            ...fields.connector,
          },
        },
        integrations: {
          [INTEGRATION]: {
            bot: 'returns-bot',
            connector: 'contact-centre',
            responseDataVariableName: 'transfer',
            integrationType: 'LivePerson Agent Escalation',
            agentSkillName: 'Returns',
            agentSkillId: '{$botContext.skillId}',
            messageToUser: 'Hold on while I connect you with an agent.',
            ...fields.integration,
          },
        },
      },
    },
  };
  return readConfiguration(JSON.stringify(file, undefined, 1), {
    file: 'baton.yaml',
    env: ENV,
    platforms: configurationChecks(PLATFORMS),
  });
}

/** What is wrong with the file, as the field's last name and the message. */
export function faultsOf(fields: Fields): string[] {
  const loaded = load(fields);
  return loaded.ok ? [] : loaded.faults.map(({ path, message }) => `${path.split('.').at(-1)}: ${message}`);
}

/** The integration that the file describes. */
export function integrationOf(fields: Fields): IntegrationConfiguration {
  const integration = tenantOf(fields).integrations[INTEGRATION];
  if (!integration) throw new Error('the integration is missing');
  return integration;
}

/** The plan of a request, made as a worker makes it. */
export function planOf(fields: Fields, request: EscalationRequest): EscalationPlan {
  const tenant = tenantOf(fields);
  return makePlan(tenant, request, {
    now: Date.now(),
    deskOf: (connector) => planDesk(PLATFORMS, tenant.connectors[connector]?.platform),
  });
}

function tenantOf(fields: Fields): TenantConfiguration {
  const loaded = load(fields);
  if (!loaded.ok) throw new Error(faultsOf(fields).join('\n'));
  const tenant = loaded.configuration.tenants['shop'];
  if (!tenant) throw new Error('the tenant is missing');
  return tenant;
}
