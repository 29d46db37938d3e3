// Bots on Kore.ai: a simulated platform for each integration, since its bots have one agent transfer node.
import { createKoreControl, startKoreSimulator } from '../../../platforms/kore/simulator';
import { uniqueId } from '../builders';
import { TENANT } from '../system-configuration';
import { until } from '../until';
import type { BotStage } from './stage';

/** Of the simulator's default settings. */
const BOT_ID = 'st-b4a22e86-e95b-575c-b888-e106d083a251';
const APP_ID = 'cs-5f1e2d3c-0b7a-5c44-9d21-7f6e5d4c3b2a';
const SECRET = 'simulated-client-secret-0123456789=';
/** What the simulated bot says when it hands over. */
const ASKING = 'One moment.';
const SAID = 'You said: ';
const AGAIN = 'It is me again, says the user.';
const CLEARED = ['clearAgentSession'];

interface Platform {
  readonly url: string;
  readonly control: ReturnType<typeof createKoreControl>;
  close(): Promise<void>;
}

/** Starts nothing yet. */
export function createKoreBot(): Promise<BotStage> {
  const platforms = new Map<string, Platform>();
  const botOf = (integration: string): string => `matrix-${integration}`;
  const back = [`${SAID}${AGAIN}`];
  return Promise.resolve({
    platform: 'kore',
    botOf,
    takesAnyConversation: false,
    showsNames: true,
    opening: [ASKING],
    words: {
      asked: ['startAgentSession'],
      connected: CLEARED,
      relayed: [],
      queued: CLEARED,
      failed: CLEARED,
      returned: CLEARED,
      abandoned: CLEARED,
    },
    back: { failed: back, returned: back },
    async configuration(integrations) {
      const bots: Record<string, object> = {};
      for (const integration of integrations) {
        const simulator = await startKoreSimulator();
        const control = createKoreControl(simulator.url);
        platforms.set(integration, { url: simulator.url, control, close: () => simulator.close() });
        bots[botOf(integration)] = {
          platform: 'kore',
          options: {
            botId: BOT_ID,
            appId: APP_ID,
            clientSecret: '${file:matrix-kore-secret}',
            host: simulator.url,
            integration,
            liveAgentTemplate: true,
            // The agent's console is to show no more than the talk.
            transcriptLines: 0,
          },
          notices: 'platform',
          retryWindow: '30m',
          allowPrivateNetwork: true,
        };
      }
      return { bots, secrets: { 'matrix-kore-secret': SECRET } };
    },
    async open(gatewayUrl) {
      for (const [integration, { control }] of platforms)
        await control.settings({ callbackUrl: `${gatewayUrl}/v1/bots/${TENANT}/${botOf(integration)}` });
    },
    begin({ integration }) {
      const control = platforms.get(integration)?.control;
      if (!control) throw new Error(`no platform for ${integration}`);
      const userId = uniqueId('u');
      const writes = async (text: string): Promise<void> => void (await control.write(userId, text));
      const screen = async (): Promise<readonly string[]> =>
        (await control.screen(userId))
          .filter(({ from }) => from === 'bot')
          .map(({ text, agentName }) => (agentName === undefined ? text : `${agentName}: ${text}`));
      return Promise.resolve({
        conversationId: `${userId}@${BOT_ID}`,
        escalate: () => writes('I want a human'),
        userWrites: writes,
        userLeaves: () => control.end(userId),
        async goesOn() {
          await control.until(
            ({ users }) => users[userId]?.agentTransfer === false,
            AbortSignal.timeout(30_000),
          );
          await writes(AGAIN);
          await until('the bot to answer', async () => (await screen()).includes(`${SAID}${AGAIN}`));
        },
        screen,
        async heard() {
          const { calls } = await control.state();
          return calls
            .filter((call) => call.userId === userId && call.status === 200)
            .flatMap(({ operation }) => (operation.endsWith('AgentSession') ? [operation] : []));
        },
      });
    },
    async close() {
      for (const { control, close } of platforms.values()) {
        await control.close();
        await close();
      }
    },
  } satisfies BotStage);
}
