// Messaging for In-App and Web, as hard as it can be: nothing of the stream is replayed, and no repeat is recognised. Its
// users are verified: a guest's conversation is lost with the worker that dies as it is created (see the platform's
// README).
import { generateKeyPairSync } from 'node:crypto';
import {
  createMessagingControl,
  startMessagingSimulator,
} from '../../../platforms/salesforce-messaging/simulator';
import { createBreakableLink } from '../breakable-link';
import { until } from '../until';
import { FAULTS, type ChatStage } from './stage';

const PLATFORM = 'salesforce-messaging';
const CONNECTOR = 'chat-messaging';
const ORG = '00D5e000001AbCdEAK';
const KEY_ID = 'baton';
const CONVERSATION = 'Baton_Conversation';

/** Starts the org. */
export async function createMessagingStage(): Promise<ChatStage> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const simulator = await startMessagingSimulator({
    world: {
      settings: { orgId: ORG, keys: { [KEY_ID]: publicKey }, replays: false, dedupes: false, pingMs: 500 },
      places: [{ name: 'Chat' }],
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
    platform: PLATFORM,
    connector: CONNECTOR,
    configuration: () => ({
      connector: {
        platform: PLATFORM,
        account: ORG,
        credentials: { issuer: 'baton', keyId: KEY_ID, privateKey: '${file:messaging-key}' },
        options: {
          scrtUrl: link.url,
          deployment: 'Baton_Chat',
          routingAttributes: { Skill: '{target.id}', [CONVERSATION]: '{conversationId}' },
          reconnectMs: 50,
          heartbeatTimeoutMs: 3_000,
        },
      },
      integration: { agentSkillId: 'Chat' },
      secrets: { 'messaging-key': privateKey },
    }),
    open: () => Promise.resolve(),
    async agentJoins(conversationId) {
      await org.accept(await chatOf(conversationId), 'Ann');
    },
    async agentWrites(conversationId, text) {
      await org.write(await chatOf(conversationId), text);
    },
    async agentEnds(conversationId) {
      await org.end(await chatOf(conversationId));
    },
    console: async (conversationId) =>
      (await org.conversation(await chatOf(conversationId))).transcript.map(({ from, text }) => ({
        from,
        text,
      })),
    async disturb(how) {
      if (how === 'cut') link.cut();
      else await org.fault({ kind: FAULTS[how], on: 'message' });
    },
    calm: () => org.clearFaults(),
    async close() {
      await org.close();
      await simulator.close();
      await link.close();
    },
  };
}
