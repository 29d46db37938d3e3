// Certainly's bot side: messages and changes of mode at a simulated bot, whose users are on real WebSockets.
import { certainly } from '../../../platforms/certainly';
import {
  connectWidgetUser,
  createCertainlyControl,
  startCertainlySimulator,
  type WidgetUser,
} from '../../../platforms/certainly/simulator';
import type { PlatformContext } from '../../../platforms/platform';
import type { BotSideHarness, BotSideStage } from '../../platforms/bot-side-conformance';
import { uniqueId } from '../builders';
import { until } from '../until';
import { botSideOf, orderOf } from './shared';

const DEPLOYMENT = 'dep-1';
const TOKEN = 'token-of-the-handover-endpoints';
const WRONG = 'not-the-token-of-the-endpoints';

/** See the file's comment. */
export const certainlyHarness: BotSideHarness = {
  name: 'Certainly',
  platform: botSideOf(certainly),
  settlesUnknownBy: 'nothing',
  shows: { agentName: false, attachment: 'as_link' },
  words: {
    'escalation.accepted': ['handover'],
    'escalation.connected': ['takeover connected'],
    'escalation.queued': ['takeover queued'],
    'escalation.failed': ['takeover failed'],
    'escalation.abandoned': ['takeover abandoned'],
    'escalation.cancelled': ['takeover cancelled'],
    'escalation.returned': ['takeover success'],
  },
  open,
};

async function open(context: PlatformContext): Promise<BotSideStage> {
  const simulator = await startCertainlySimulator({
    world: { settings: { deploymentId: DEPLOYMENT, token: TOKEN }, modules: [{ id: 'start' }] },
  });
  const control = createCertainlyControl(simulator.url);
  const users = new Map<string, WidgetUser>();
  const userOf = (conversationId: string): string => conversationId.slice(0, conversationId.lastIndexOf('@'));
  return {
    secrets: [TOKEN, WRONG],
    openBotSide: ({ badCredential = false } = {}) =>
      botSideOf(certainly).createBotSide(
        {
          platform: 'certainly',
          options: {
            baseUrl: simulator.url,
            deploymentId: DEPLOYMENT,
            token: { reveal: () => (badCredential ? WRONG : TOKEN) },
            webhooks: { authentication: 'none' },
            integration: 'to-human',
          },
          notices: { kind: 'platform' },
          retryWindowMs: 60_000,
          allowPrivateNetwork: true,
        },
        undefined,
        context,
      ),
    async newConversation() {
      const userId = uniqueId('user');
      const conversationId = `${userId}@${DEPLOYMENT}`;
      users.set(
        conversationId,
        await connectWidgetUser({ url: simulator.url, deploymentId: DEPLOYMENT, userId }),
      );
      return conversationId;
    },
    async userRead(conversationId) {
      const { lines } = await control.user(userOf(conversationId));
      const sent = lines.filter(({ from }) => from !== 'user').map(({ text }) => text);
      const screen = users.get(conversationId)?.screen ?? [];
      // What was sent is on its way over the socket.
      await until(`${sent.length} texts on the screen`, () => screen.length >= sent.length);
      return screen.map((text) => ({ text }));
    },
    async botHeard(conversationId) {
      const { handovers, takeovers } = await control.user(userOf(conversationId));
      return [
        ...Array.from({ length: handovers }, () => 'handover'),
        ...takeovers.map((claimEnd) => `takeover ${claimEnd ?? ''}`),
      ];
    },
    endConversation: (conversationId) => control.forgetUser(userOf(conversationId)),
    fault: (on, fault) => control.fault({ ...orderOf(fault), on: on === 'notice' ? 'takeover' : 'message' }),
    connections: async () => (await control.state()).connections,
    async close() {
      await Promise.all([...users.values()].map((user) => user.close()));
      await control.close();
      await simulator.close();
    },
  };
}
