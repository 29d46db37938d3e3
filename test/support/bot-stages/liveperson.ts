// A third-party bot on LivePerson: its user is there, its backend asks over Baton's API, and it hears LivePerson's own
// words at its custom endpoint.
import { serve, answer } from '../../../platforms/simulation/server';
import type { System } from '../system';
import { ACCOUNT } from '../system-configuration';
import { talkByTheApi } from './by-the-api';
import type { BotStage } from './stage';

const BOT = 'matrix-liveperson';
const FAILED = '__agent_escalation_failed__';
const SORRY = 'Nobody is there, says the bot.';

/** On the simulator that the system has. */
export async function createLivePersonBot(system: System): Promise<BotStage> {
  const { control } = system.liveperson;
  const heard = new Map<string, string[]>();
  const endpoint = await serve({}, ({ path, body }) => {
    const conversationId = decodeURIComponent(/conversations\/([^/]+)\/events$/.exec(path)?.[1] ?? '');
    const { type, data } = JSON.parse(body.toString('utf8')) as { type: string; data: { message?: string } };
    heard.set(conversationId, [...(heard.get(conversationId) ?? []), data.message ?? type]);
    const response = data.message === FAILED ? [{ type: 'TEXT', data: { message: SORRY } }] : [];
    return Promise.resolve(answer(200, { response }));
  });
  return {
    platform: 'liveperson',
    botOf: () => BOT,
    takesAnyConversation: true,
    showsNames: false,
    opening: [],
    words: {
      asked: [],
      connected: ['CLOSE_CONVERSATION'],
      relayed: ['CLOSE_CONVERSATION'],
      queued: ['CLOSE_CONVERSATION'],
      failed: [FAILED],
      returned: [],
      abandoned: [],
    },
    answers: { failed: [SORRY] },
    configuration: () =>
      Promise.resolve({
        bots: {
          [BOT]: {
            platform: 'liveperson',
            connector: 'lp',
            notices: 'platform',
            options: { endpoint: endpoint.url, botId: 'matrix' },
            retryWindow: '30m',
            allowPrivateNetwork: true,
          },
        },
      }),
    open: () => Promise.resolve(),
    async begin(start) {
      const conversationId =
        start.conversationId ??
        (await control.createConversation({ account: ACCOUNT, assignedTo: 'baton-bot' })).conversationId;
      const talk = talkByTheApi(system, BOT, { ...start, conversationId });
      return {
        conversationId,
        ...talk,
        async userWrites(text) {
          await control.consumerMessage({ conversationId, text });
          await talk.userWrites(text);
        },
        async userLeaves() {
          await control.consumerCloses({ conversationId });
          await talk.userLeaves();
        },
        async screen() {
          const { transcript } = await control.conversation({ conversationId });
          return transcript.filter(({ from }) => from !== 'consumer').map(({ text }) => text);
        },
        heard: () => Promise.resolve(heard.get(conversationId) ?? []),
      };
    },
    close: () => endpoint.close(),
  };
}
