// Certainly's bot side: users on the sockets of a simulated widget, whose bot is put into listen mode and back.
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
import { botSideOf, orderOf } from './shared';

const TOKEN = 'the-token-of-the-certainly-bot';
const WRONG = 'a-token-that-is-not-the-bots';
const DEPLOYMENT = 'dep/1';
const WEBHOOK_SECRET = 'the-secret-of-the-certainly-webhooks';

/** See the file's comment. */
export const certainlyHarness: BotSideHarness = {
  name: 'Certainly',
  platform: botSideOf(certainly),
  settlesUnknownBy: 'nothing',
  shows: { agentName: false, attachment: 'as_link' },
  words: {
    'escalation.accepted': ['handover'],
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
  const userIdOf = (conversationId: string): string => conversationId.slice(0, -`@${DEPLOYMENT}`.length);
  return {
    secrets: [TOKEN, WRONG, WEBHOOK_SECRET],
    openBotSide: ({ badCredential = false } = {}) =>
      botSideOf(certainly).createBotSide(
        {
          platform: 'certainly',
          options: {
            baseUrl: simulator.url,
            deploymentId: DEPLOYMENT,
            token: { reveal: () => (badCredential ? WRONG : TOKEN) },
            integration: 'to-service',
            webhooks: { authentication: 'bearer', token: { reveal: () => WEBHOOK_SECRET } },
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
      const user = await connectWidgetUser({ url: simulator.url, deploymentId: DEPLOYMENT, userId });
      users.set(userId, user);
      return `${userId}@${DEPLOYMENT}`;
    },
    async userRead(conversationId) {
      const { lines } = await control.user(userIdOf(conversationId));
      const said = lines.filter(({ from }) => from !== 'user');
      const user = users.get(userIdOf(conversationId));
      const last = said.at(-1);
      if (last) await user?.reads(last.text);
      return (user?.screen ?? []).map((text) => ({ text }));
    },
    async botHeard(conversationId) {
      const { handovers, takeovers } = await control.user(userIdOf(conversationId));
      return [
        ...Array.from({ length: handovers }, () => 'handover'),
        ...takeovers.map((claimEnd) => `takeover ${claimEnd ?? ''}`),
      ];
    },
    endConversation: (conversationId) => control.forgetUser(userIdOf(conversationId)),
    fault: (on, fault) => control.fault({ ...orderOf(fault), on: on === 'message' ? 'message' : 'takeover' }),
    connections: async () => (await control.state()).connections,
    async close() {
      for (const user of users.values()) await user.close();
      await control.close();
      await simulator.close();
    },
  };
}
