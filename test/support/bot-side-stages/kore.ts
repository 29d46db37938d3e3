// Kore.ai's bot side: calls back to a simulated platform, with what its newest event brought.
import { kore } from '../../../platforms/kore';
import type { PlatformContext } from '../../../platforms/platform';
import type { BotSideHarness, BotSideStage } from '../../platforms/bot-side-conformance';
import { SECRET } from '../../platforms/kore/builders';
import { openKoreStage } from '../../platforms/kore/stage';
import { uniqueId } from '../builders';
import { botSideOf, orderOf } from './shared';

const WRONG = 'not-the-client-secret-0123456789';
const CLEARED = ['clearAgentSession'];

/** See the file's comment. */
export const koreHarness: BotSideHarness = {
  name: 'Kore.ai',
  platform: botSideOf(kore),
  settlesUnknownBy: 'nothing',
  shows: { agentName: true, attachment: 'as_link' },
  words: {
    'escalation.accepted': ['startAgentSession'],
    'escalation.connected': CLEARED,
    'escalation.queued': CLEARED,
    'escalation.failed': CLEARED,
    'escalation.abandoned': CLEARED,
    'escalation.cancelled': CLEARED,
    'escalation.returned': CLEARED,
    'escalation.ended': CLEARED,
  },
  open,
};

async function open(context: PlatformContext): Promise<BotSideStage> {
  const stage = await openKoreStage({}, context);
  const users = new Map<string, string>();
  const userOf = (conversationId: string): string => users.get(conversationId) ?? '';
  /** Lines of the bot itself, before the handover. */
  const before = new Map<string, number>();
  const linesOf = async (userId: string) =>
    (await stage.control.screen(userId)).filter(({ from }) => from === 'bot');
  return {
    secrets: [SECRET, WRONG],
    openBotSide: ({ badCredential = false } = {}) =>
      stage.open({ liveAgentTemplate: true, ...(badCredential && { clientSecret: WRONG }) }),
    async newConversation() {
      const userId = uniqueId('u');
      await stage.control.write(userId, 'I want a human');
      await stage.control.settled();
      before.set(userId, (await linesOf(userId)).length);
      const conversationId = stage.conversationId(userId);
      users.set(conversationId, userId);
      return conversationId;
    },
    state(conversationId) {
      const { state } = stage.call(userOf(conversationId));
      if (!state) throw new Error(`the platform gave nothing for ${conversationId}`);
      return Promise.resolve(state);
    },
    async userRead(conversationId) {
      const userId = userOf(conversationId);
      return (await linesOf(userId)).slice(before.get(userId)).map(({ text, agentName }) => ({
        text,
        ...(agentName !== undefined && { agentName }),
      }));
    },
    async botHeard(conversationId) {
      const { calls } = await stage.control.state();
      return calls
        .filter(({ userId, status }) => userId === userOf(conversationId) && status === 200)
        .flatMap(({ operation }) => (operation.endsWith('AgentSession') ? [operation] : []));
    },
    endConversation: () => stage.control.expire(),
    fault: (on, fault) =>
      stage.control.fault({
        ...orderOf(fault),
        on: on === 'notice' ? 'clearAgentSession' : 'sendUserMessage',
      }),
    connections: () => stage.control.connections(),
    close: () => stage.close(),
  };
}
