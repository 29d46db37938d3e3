// A Certainly bot: its modules claim a human by webhook, its user is on a real WebSocket and cannot tell bot from agent.
import {
  connectWidgetUser,
  createCertainlyControl,
  startCertainlySimulator,
} from '../../../platforms/certainly/simulator';
import { uniqueId } from '../builders';
import type { System } from '../system';
import { TENANT } from '../system-configuration';
import { talkByTheApi } from './by-the-api';
import { BACK, type BotStage } from './stage';

const BOT = 'matrix-certainly';
const DEPLOYMENT = 'matrix';
const AUTHORIZATION = 'Bearer token-of-the-webhooks';
const HELLO = 'Hello, says the bot.';
const ASKING = 'I am asking a colleague, says the bot.';
const GOODBYE = 'How was my colleague?';
const NOBODY = 'Nobody is free, says the bot.';
const ONWARDS = 'As you like, says the bot.';

/** Starts the platform. */
export async function createCertainlyBot(system: System): Promise<BotStage> {
  const simulator = await startCertainlySimulator({
    world: {
      settings: { deploymentId: DEPLOYMENT, authorization: AUTHORIZATION },
      modules: [
        ...Object.entries({ rating: GOODBYE, nobody: NOBODY, onwards: ONWARDS }).map(([id, says]) => ({
          id,
          says: [says],
          connections: [{ text: '*', to: 'back' }],
        })),
        { id: 'back', says: [BACK] },
      ],
    },
  });
  const control = createCertainlyControl(simulator.url);
  const users: { close(): Promise<void> }[] = [];
  return {
    platform: 'certainly',
    botOf: () => BOT,
    takesAnyConversation: false,
    showsNames: false,
    opening: [HELLO, ASKING],
    words: {
      asked: ['handover'],
      connected: ['takeover connected'],
      relayed: [],
      queued: ['takeover queued'],
      failed: ['takeover failed'],
      returned: ['takeover success'],
      abandoned: ['takeover abandoned'],
    },
    answers: {
      connected: [ONWARDS],
      queued: [ONWARDS],
      failed: [NOBODY],
      returned: [GOODBYE],
      abandoned: [ONWARDS],
    },
    async configuration(integrations) {
      const connections = integrations.map((name) => ({ text: name, to: name }));
      await control.module({ id: 'start', says: [HELLO], connections });
      for (const id of integrations)
        await control.module({
          id,
          says: [ASKING],
          claims: true,
          connections: [
            { claimEnd: 'success', to: 'rating' },
            { claimEnd: 'failed', to: 'nobody' },
            { claimEnd: '*', to: 'onwards' },
          ],
        });
      return {
        bots: {
          [BOT]: {
            platform: 'certainly',
            options: {
              baseUrl: simulator.url,
              deploymentId: DEPLOYMENT,
              webhooks: { authentication: 'bearer', token: '${file:matrix-certainly-token}' },
              integrationByModule: Object.fromEntries(integrations.map((name) => [name, name])),
            },
            notices: 'platform',
            retryWindow: '30m',
            allowPrivateNetwork: true,
          },
        },
        secrets: { 'matrix-certainly-token': AUTHORIZATION.replace('Bearer ', '') },
      };
    },
    async open(gatewayUrl) {
      const url = `${gatewayUrl}/v1/bots/${TENANT}/${BOT}`;
      await control.settings({ claimUrl: `${url}/claim`, messagesUrl: `${url}/messages` });
    },
    async begin({ integration }) {
      const userId = uniqueId('user');
      const conversationId = `${userId}@${DEPLOYMENT}`;
      const user = await connectWidgetUser({ url: simulator.url, deploymentId: DEPLOYMENT, userId });
      users.push(user);
      // Nothing tells that a user has left but the page on which the widget is.
      const { userLeaves } = talkByTheApi(system, BOT, { conversationId, integration });
      const says = (text: string): Promise<void> => Promise.resolve(user.say(text));
      return {
        conversationId,
        // The claim and the message that led to it are two webhooks, which nothing keeps in order.
        asking: integration,
        escalate: () => says(integration),
        userWrites: says,
        userLeaves,
        async goesOn() {
          await control.until(userId, ({ mode, moduleId }) => mode === 'normal' && moduleId !== integration);
          await says('And now?');
          await user.reads(BACK);
        },
        screen: () => Promise.resolve(user.screen),
        async heard() {
          const { handovers, takeovers } = await control.user(userId);
          return [
            ...Array.from({ length: handovers }, () => 'handover'),
            ...takeovers.map((claimEnd) => `takeover ${claimEnd ?? ''}`),
          ];
        },
      };
    },
    async close() {
      await Promise.all(users.map((user) => user.close()));
      await control.close();
      await simulator.close();
    },
  };
}
