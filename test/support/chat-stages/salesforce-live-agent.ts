// Live Agent: one long poll for each chat, numbered messages, and a repeated number that is answered as a conflict.
import {
  createLiveAgentControl,
  startLiveAgentSimulator,
} from '../../../platforms/salesforce-live-agent/simulator';
import { createBreakableLink } from '../breakable-link';
import { until } from '../until';
import { playOrg, SEALING_KEYS } from './simulated-org';
import type { ChatStage } from './stage';

const PLATFORM = 'salesforce-live-agent';
const CONNECTOR = 'chat-live-agent';
const ORG = '00DD0000000JVXs';
const DEPLOYMENT = '572D000000000J6';
const BUTTON = '573D000000000OC';
const NOBODY = '573D000000000OD';
const ANN = '005D00000000A01';
const LABEL = 'Conversation';
const OPEN: readonly string[] = ['queued', 'ringing', 'established', 'unattended'];

/** Starts the org. */
export async function createLiveAgentStage(): Promise<ChatStage> {
  const simulator = await startLiveAgentSimulator({
    world: {
      settings: { organizationId: ORG, deploymentId: DEPLOYMENT, pollMs: 2_000, clientPollTimeout: 5 },
      agents: [{ id: ANN, name: 'Ann', capacity: 200 }],
      buttons: [
        { id: BUTTON, name: 'Chat', agents: [ANN] },
        { id: NOBODY, name: 'Empty', agents: [] },
      ],
    },
  });
  const org = createLiveAgentControl(simulator.url);
  const link = await createBreakableLink(simulator.baseUrl);
  const known = new Map<string, string>();
  const find = async (conversationId: string): Promise<string | undefined> => {
    const { chats } = await org.state();
    const found = chats.find(
      ({ request, state }) => OPEN.includes(state) && conversationOf(request) === conversationId,
    );
    return found?.chatId;
  };
  /** The one that an agent took. */
  const chatOf = async (conversationId: string): Promise<string> =>
    known.get(conversationId) ?? until(`a chat for ${conversationId}`, () => find(conversationId));
  return {
    ...playOrg({ simulator, link, control: org, message: 'ChatMessage', chatOf }),
    platform: PLATFORM,
    connector: CONNECTOR,
    configuration: () => ({
      connector: {
        platform: PLATFORM,
        account: ORG,
        credentials: { sealingKeys: '${file:live-agent-keys}' },
        options: {
          baseUrl: link.url,
          deploymentId: DEPLOYMENT,
          prechat: { details: [{ label: LABEL, value: '{$botContext.baton.conversationId}' }] },
        },
      },
      integration: { agentSkillId: BUTTON },
      secrets: { 'live-agent-keys': SEALING_KEYS },
    }),
    async agentJoins(conversationId) {
      const chatId = await chatOf(conversationId);
      await org.accept(chatId, ANN);
      known.set(conversationId, chatId);
    },
    console: async (conversationId) =>
      (await org.chat(await chatOf(conversationId))).transcript.flatMap(({ from, text }) =>
        from === 'system' ? [] : [{ from: from === 'visitor' ? 'user' : 'agent', text }],
      ),
    nobody: NOBODY,
    hasLetGo: async (conversationId) => (await find(conversationId)) === undefined,
  };
}

function conversationOf(request: Readonly<Record<string, unknown>> | undefined): unknown {
  const details = (request?.['prechatDetails'] ?? []) as readonly { label: string; value: string }[];
  return details.find(({ label }) => label === LABEL)?.value;
}
