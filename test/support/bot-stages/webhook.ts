// Any bot: it asks over Baton's API and hears by signed webhooks.
import { uniqueId } from '../builders';
import type { System } from '../system';
import { talkByTheApi } from './by-the-api';
import type { BotStage } from './stage';

const BOT = 'matrix-webhook';

/** With the receiver that the system has. */
export function createWebhookBot(system: System): Promise<BotStage> {
  return Promise.resolve({
    platform: 'webhook',
    botOf: () => BOT,
    takesAnyConversation: true,
    showsNames: true,
    opening: [],
    words: {
      asked: [],
      connected: ['escalation.connected'],
      relayed: ['escalation.connected'],
      queued: ['escalation.queued'],
      failed: ['escalation.failed'],
      returned: ['escalation.returned'],
      abandoned: ['escalation.abandoned'],
    },
    configuration: () =>
      Promise.resolve({
        bots: {
          [BOT]: {
            platform: 'webhook',
            options: { url: system.botUrls.messages, secret: '${env:BATON_ACME_BOT_SECRET}' },
            notices: { webhook: { url: system.botUrls.notices, secret: '${env:BATON_ACME_BOT_SECRET}' } },
            retryWindow: '30m',
            allowPrivateNetwork: true,
          },
        },
      }),
    open: () => Promise.resolve(),
    begin(start) {
      const { conversationId = uniqueId('conv') } = start;
      return Promise.resolve({
        conversationId,
        ...talkByTheApi(system, BOT, { ...start, conversationId }),
        async screen() {
          const { transcripts } = await system.bot.state();
          return (transcripts[conversationId] ?? []).map(({ text, agentName }) =>
            agentName === undefined ? text : `${agentName}: ${text}`,
          );
        },
        async heard() {
          const { notices } = await system.bot.state();
          return notices.filter(({ data }) => data.conversationId === conversationId).map(({ type }) => type);
        },
      });
    },
    close: () => Promise.resolve(),
  });
}
