// A simulated Salesforce org beside a system of processes: its part of the configuration, its people, and what it knows
// of a conversation.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  connectControl,
  DEMO_APP,
  DEMO_ORG,
  NAMES,
  startOmniSimulator,
} from '../../platforms/salesforce-omni/simulator';
import type { OmniControl } from '../../platforms/salesforce-omni/simulator';
import { TENANT } from './system-configuration';
import { until } from './until';

/** A Case of a conversation. */
export interface StoryCase {
  readonly id: string;
  /** Developer name of the queue, or the id of a user. */
  readonly owner: string;
  readonly isClosed: boolean;
  /** Whether Omni-Channel still has work for it. */
  readonly isWaiting: boolean;
  readonly description: string;
}

/** See the file's comment. */
export interface OmniStory {
  readonly control: OmniControl;
  /** The agent of the skill who accepts. */
  readonly willing: string;
  /** Adds the connector and the integrations over two vendors to a configuration file, before it is read. */
  addTo(configurationFile: string): void;
  /** In the order in which they were made. */
  casesOf(conversationId: string): Promise<readonly StoryCase[]>;
  /** How each offer of the conversation's work ended, in order. */
  offersOf(conversationId: string): Promise<readonly string[]>;
  /** Waits until an agent is asked, and has them open the work. */
  agentOpens(conversationId: string): Promise<string>;
  close(): Promise<void>;
}

interface Configuration {
  readonly tenants: Readonly<
    Record<string, { readonly connectors: object; readonly integrations: Readonly<Record<string, object>> }>
  >;
}

/** Starts the org: a queue where somebody waits to be told, one where nobody is, tickets, and a skill. */
export async function createOmniStory(): Promise<OmniStory> {
  const simulator = await startOmniSimulator({
    org: { queues: [{ name: 'Support' }, { name: 'Empty' }, { name: 'Tickets', omni: false }] },
  });
  const control = connectControl(simulator.url);
  await control.setAgent({ username: 'ada@acme.example', queues: ['Support'] });
  const skills = [{ name: 'Returns' }];
  await control.setAgent({
    username: 'no@acme.example',
    skills,
    behaviour: { kind: 'decline', afterMs: 50 },
  });
  const { userId: willing } = await control.setAgent({
    username: 'yes@acme.example',
    skills,
    behaviour: { kind: 'accept', afterMs: 50 },
  });

  async function recordsOf(conversationId: string) {
    const all = async (object: string) => (await control.records({ object })).records;
    const [cases, groups, pending, offers] = await Promise.all(
      ['Case', 'Group', 'PendingServiceRouting', 'AgentWork'].map(all),
    );
    const own = (cases ?? []).filter(({ Description }) =>
      String(Description).endsWith(`Conversation: ${conversationId}`),
    );
    const isOwn = (record: Readonly<Record<string, unknown>>): boolean =>
      own.some(({ Id }) => Id === record['WorkItemId']);
    return {
      cases: own,
      groups: groups ?? [],
      pending: (pending ?? []).filter(isOwn),
      offers: (offers ?? []).filter(isOwn),
    };
  }

  return {
    control,
    willing,
    addTo(file) {
      const configuration = JSON.parse(readFileSync(file, 'utf8')) as Configuration;
      writeFileSync(file, JSON.stringify(withSalesforce(configuration, simulator.url), undefined, 2));
      writeFileSync(join(dirname(file), 'salesforce-secret'), DEMO_APP.clientSecret);
    },
    async casesOf(conversationId) {
      const { cases, groups, pending } = await recordsOf(conversationId);
      return cases.map((each) => ({
        id: each.Id,
        owner: String(groups.find(({ Id }) => Id === each['OwnerId'])?.['DeveloperName'] ?? each['OwnerId']),
        isClosed: each['IsClosed'] === true,
        isWaiting: pending.some(({ WorkItemId }) => WorkItemId === each.Id),
        description: String(each['Description']),
      }));
    },
    offersOf: async (conversationId) =>
      (await recordsOf(conversationId)).offers.map(({ Status }) => String(Status)),
    agentOpens: (conversationId) =>
      until(`an agent to be asked about ${conversationId}`, async () => {
        const { offers } = await recordsOf(conversationId);
        const asked = offers.find(({ Status }) => Status === 'Assigned');
        return asked && (await control.accept({ caseId: String(asked['WorkItemId']) })).userId;
      }),
    close: () => simulator.close(),
  };
}

function withSalesforce(configuration: Configuration, url: string): object {
  const tenant = configuration.tenants[TENANT];
  if (!tenant) throw new Error(`no tenant ${TENANT}`);
  const salesforce = {
    platform: 'salesforce-omni',
    account: DEMO_ORG,
    credentials: { clientId: DEMO_APP.clientId, clientSecret: '${file:salesforce-secret}' },
    options: { loginUrl: url, serviceChannel: NAMES.channel, pollIntervalMs: 200 },
    timeouts: { request: '3s', connect: '2s', heartbeat: '2s' },
    allowPrivateNetwork: true,
  };
  const rung = (kind: string, id: string, more: object = {}): object => ({
    connector: 'salesforce',
    target: { kind, id },
    responseTimeout: '5s',
    ...more,
  });
  const base = {
    ...tenant.integrations['impatient'],
    agentSkillId: '{$botContext.skillId}',
    transferBotContext: { intent: true, userMessage: true },
  };
  const ticket = rung('ticket', 'Tickets');
  return {
    ...configuration,
    tenants: {
      ...configuration.tenants,
      [TENANT]: {
        ...tenant,
        connectors: { ...tenant.connectors, salesforce },
        integrations: {
          ...tenant.integrations,
          'over-two-vendors': { ...base, furtherRungs: [rung('queue', 'Support'), ticket] },
          'patient-over-two-vendors': {
            ...base,
            furtherRungs: [rung('queue', 'Support', { responseTimeout: '60s' }), ticket],
          },
          'to-salesforce-skill': { ...base, furtherRungs: [rung('skill', 'Returns'), ticket] },
          'only-if-available': {
            ...base,
            furtherRungs: [rung('queue', 'Empty', { onlyIfAvailable: true }), ticket],
          },
        },
      },
    },
  };
}
