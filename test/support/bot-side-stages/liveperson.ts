// LivePerson's bot side: messages over the agent socket of a simulated account, notices as events to the custom endpoint
// of a third-party bot.
import type { ConnectorConfiguration } from '../../../domain/configuration';
import { createLivePerson } from '../../../platforms/liveperson';
import type { FaultAction } from '../../../platforms/liveperson/simulator';
import type { PlatformContext } from '../../../platforms/platform';
import { createFaults } from '../../../platforms/simulation/faults';
import { answer, serve } from '../../../platforms/simulation/server';
import type { BotSideFault, BotSideHarness, BotSideStage } from '../../platforms/bot-side-conformance';
import { ACCOUNT, BOT, openStage } from '../../platforms/liveperson/stage';
import { botSideOf, orderOf } from './shared';

const PUBLISH = '.ams.ms.PublishEvent';
const TOKEN = 'token-of-the-custom-endpoint';
const PASSWORD = 'password-of-the-bot-user';
const WRONG = 'not-the-password-of-the-bot-user';

/** See the file's comment. */
export const livePersonHarness: BotSideHarness = {
  name: 'LivePerson',
  platform: botSideOf(createLivePerson()),
  settlesUnknownBy: 'read_back',
  // The socket's refusals have no headers: the wait is the vendor's guidance.
  tellsRetryAfter: false,
  shows: { agentName: false, attachment: 'as_link' },
  words: {
    'escalation.failed': ['TEXT __agent_escalation_failed__'],
    'escalation.connected': ['CLOSE_CONVERSATION'],
    'escalation.queued': ['CLOSE_CONVERSATION'],
  },
  open,
};

interface BotEvent {
  readonly type: string;
  readonly data?: { readonly message?: string };
}

async function open(context: PlatformContext): Promise<BotSideStage> {
  const stage = await openStage();
  const { control } = stage;
  const heard: { readonly conversationId: string; readonly words: string }[] = [];
  const faults = createFaults();
  const endpoint = await serve({}, ({ path, body, headers }) =>
    faults.strike('event', () => {
      if (headers['authorization'] !== `Bearer ${TOKEN}`) return answer(401);
      const conversationId = decodeURIComponent(/conversations\/([^/]+)\/events$/.exec(path)?.[1] ?? '');
      const { type, data } = JSON.parse(body.toString('utf8')) as BotEvent;
      heard.push({ conversationId, words: [type, data?.message].filter(Boolean).join(' ') });
      return answer(200, {});
    }),
  );
  await control.setUser({ userId: BOT, credentials: { password: PASSWORD } });
  const connectorWith = (password: string): ConnectorConfiguration => ({
    ...stage.connector,
    credentials: { username: 'bot', password: { reveal: () => password } },
  });
  return {
    secrets: [TOKEN, PASSWORD, WRONG],
    openBotSide: ({ badCredential = false } = {}) =>
      botSideOf(createLivePerson()).createBotSide(
        {
          platform: 'liveperson',
          connector: 'lp',
          options: { endpoint: endpoint.url, botId: 'shop', token: { reveal: () => TOKEN } },
          notices: { kind: 'platform' },
          retryWindowMs: 60_000,
          allowPrivateNetwork: true,
        },
        connectorWith(badCredential ? WRONG : PASSWORD),
        context,
      ),
    newConversation: stage.newConversation,
    async userRead(conversationId) {
      const { transcript } = await control.conversation({ conversationId });
      return transcript.filter(({ from }) => from !== 'consumer').map(({ text }) => ({ text }));
    },
    botHeard: (conversationId) =>
      Promise.resolve(
        heard.filter((each) => each.conversationId === conversationId).map(({ words }) => words),
      ),
    async endConversation(conversationId) {
      await control.consumerCloses({ conversationId });
    },
    async expireCredentials() {
      await control.revokeTokens({ account: ACCOUNT });
    },
    async fault(on, fault) {
      if (on === 'notice') return faults.order({ times: 1, skip: 0, ...orderOf(fault) } as never);
      await control.addFault({ channel: 'ws', match: PUBLISH, times: 1, action: actionOf(fault) });
    },
    connections: async () => (await control.sockets()).sockets.length,
    async close() {
      await stage.close();
      await endpoint.close();
    },
  };
}

function actionOf(fault: BotSideFault): FaultAction {
  switch (fault.kind) {
    case 'rateLimited':
      return { kind: 'status', status: 429 };
    case 'serverError':
      return { kind: 'status', status: 503 };
    case 'refused':
      return { kind: 'status', status: 403 };
    case 'hang':
      return { kind: 'hang' };
    case 'lostAnswer':
      return { kind: 'dropAfter' };
    case 'lostRequest':
      return { kind: 'dropBefore' };
  }
}
