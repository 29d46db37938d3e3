// Messaging for In-App and Web, as hard as it can be: nothing of the stream is replayed, no repeat is recognised, and
// the users are guests, whose token nobody else has.
import {
  createMessagingControl,
  startMessagingSimulator,
} from '../../../platforms/salesforce-messaging/simulator';
import { createBreakableLink } from '../breakable-link';
import { until } from '../until';
import { playOrg, SEALING_KEYS } from './simulated-org';
import type { ChatStage } from './stage';

const PLATFORM = 'salesforce-messaging';
const CONNECTOR = 'chat-messaging';
const ORG = '00D5e000001AbCdEAK';
const NOBODY = 'Nobody';
const CONVERSATION = 'Baton_Conversation';

/** Starts the org. */
export async function createMessagingStage(): Promise<ChatStage> {
  const simulator = await startMessagingSimulator({
    world: {
      settings: { orgId: ORG, replays: false, dedupes: false, pingMs: 500 },
      places: [{ name: 'Chat' }, { name: NOBODY, behaviour: 'unroutable' }],
    },
  });
  const org = createMessagingControl(simulator.url);
  const link = await createBreakableLink(simulator.url);
  const chatOf = (conversationId: string): Promise<string> =>
    until(`a conversation for ${conversationId}`, async () => {
      const { conversations } = await org.state();
      return conversations.find(({ attributes }) => attributes[CONVERSATION] === conversationId)?.id;
    });
  return {
    ...playOrg({ simulator, link, control: org, message: 'message', chatOf }),
    platform: PLATFORM,
    connector: CONNECTOR,
    configuration: () => ({
      connector: {
        platform: PLATFORM,
        account: ORG,
        credentials: { sealingKeys: '${file:messaging-keys}' },
        options: {
          scrtUrl: link.url,
          deployment: 'Baton_Chat',
          routingAttributes: { Skill: '{target.id}', [CONVERSATION]: '{conversationId}' },
          reconnectMs: 50,
          heartbeatTimeoutMs: 3_000,
        },
      },
      integration: { agentSkillId: 'Chat' },
      secrets: { 'messaging-keys': SEALING_KEYS },
    }),
    async agentJoins(conversationId) {
      await org.accept(await chatOf(conversationId), 'Ann');
    },
    console: async (conversationId) =>
      (await org.conversation(await chatOf(conversationId))).transcript.map(({ from, text }) => ({
        from,
        text,
      })),
    nobody: NOBODY,
    async hasLetGo(conversationId) {
      const { conversations } = await org.state();
      return conversations
        .filter(({ attributes }) => attributes[CONVERSATION] === conversationId)
        .every(({ status }) => status !== 'waiting' && status !== 'active');
    },
  };
}
