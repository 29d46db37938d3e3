// Salesforce Omni-Channel: queues, skills and tickets. Nobody carries messages: the agent has a Case.
import {
  connectControl,
  DEMO_APP,
  DEMO_ORG,
  NAMES,
  startOmniSimulator,
} from '../../../platforms/salesforce-omni/simulator';
import { until } from '../until';
import type { DeskStage } from './stage';

const SKILL = 'Matrix_Skill';
const QUEUE = 'Matrix_Queue';
const TICKETS = 'Matrix_Tickets';
const NOBODY = 'Matrix_Nobody';
const MANY = 1_000;

/** Starts the org. */
export async function createOmniDesk(): Promise<DeskStage> {
  const simulator = await startOmniSimulator({
    org: { queues: [{ name: QUEUE }, { name: TICKETS, omni: false }] },
  });
  const control = connectControl(simulator.url);
  const agent = (username: string, more: object) => control.setAgent({ username, capacity: MANY, ...more });
  await agent('skilled@acme.example', { skills: [{ name: SKILL }] });
  await agent('queued@acme.example', { queues: [QUEUE] });
  await agent('away@acme.example', { skills: [{ name: NOBODY }], presence: 'offline' });

  /** Of the conversation, and what is asked or waits because of it. */
  async function workOf(conversationId: string) {
    const all = async (object: string) => (await control.records({ object })).records;
    const cases = (await all('Case')).filter(({ Description }) =>
      String(Description).endsWith(`Conversation: ${conversationId}`),
    );
    const isOwn = ({ WorkItemId }: Readonly<Record<string, unknown>>): boolean =>
      cases.some(({ Id }) => Id === WorkItemId);
    return {
      cases,
      offers: (await all('AgentWork')).filter(isOwn),
      waiting: (await all('PendingServiceRouting')).filter(isOwn),
    };
  }

  return {
    platform: 'salesforce-omni',
    connector: 'matrix-omni',
    carriedBy: 'nobody',
    configuration: () => ({
      connector: {
        platform: 'salesforce-omni',
        account: DEMO_ORG,
        credentials: { clientId: DEMO_APP.clientId, clientSecret: '${file:matrix-omni-secret}' },
        options: {
          loginUrl: simulator.url,
          serviceChannel: NAMES.channel,
          routingConfiguration: NAMES.configuration,
          pollIntervalMs: 200,
        },
      },
      secrets: { 'matrix-omni-secret': DEMO_APP.clientSecret },
    }),
    places: [
      { kind: 'skill', id: SKILL },
      { kind: 'queue', id: QUEUE },
      { kind: 'ticket', id: TICKETS, queuedOnly: true },
    ],
    nobody: { kind: 'skill', id: NOBODY },
    open: () => Promise.resolve(),
    async agentJoins(conversationId) {
      await until(`an agent to be asked for ${conversationId}`, async () => {
        const { offers } = await workOf(conversationId);
        const asked = offers.find(({ Status }) => Status === 'Assigned');
        if (asked) await control.accept({ caseId: String(asked['WorkItemId']) });
        return asked !== undefined;
      });
    },
    agentWrites: () => Promise.reject(new Error('nobody carries messages')),
    agentEnds: () => Promise.reject(new Error('nobody carries messages')),
    console: () => Promise.resolve([]),
    async hasLetGo(conversationId) {
      const { cases, offers, waiting } = await workOf(conversationId);
      return (
        waiting.length === 0 &&
        cases.every(({ IsClosed }) => IsClosed === true) &&
        offers.every(({ Status }) => Status !== 'Assigned')
      );
    },
    close: () => simulator.close(),
  };
}
