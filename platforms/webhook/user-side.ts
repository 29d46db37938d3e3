// What every client that shows a conversation to its user takes as signed webhooks: messages and typing. The generic bot
// side is no more than that; other bot sides reach their users so, too.
import type { BotConfiguration } from '../../domain/configuration';
import type { BotSide, PostResult } from '../bot-side';
import { createHttpClient, errorForStatus } from '../http';
import { envelopeOf, sendSigned } from './send-signed';
import type { Endpoint } from './send-signed';
import { webhookId } from './signing';

const CONNECT_MS = 5_000;
/** Receivers of webhooks are commonly given 15 to 30 seconds (Standard Webhooks, operational considerations). */
const REQUEST_MS = 15_000;
/** The bot has no such conversation (any more). */
const GONE: readonly number[] = [404, 410];

/** The bot side of a user who is reached at `endpoint`. `bot` says where calls may go. */
export function createUserSide(
  endpoint: Endpoint,
  bot: Pick<BotConfiguration, 'allowPrivateNetwork' | 'privateHosts'>,
): BotSide {
  const { host } = new URL(endpoint.url);
  const http = createHttpClient({
    allowPrivateNetwork: bot.allowPrivateNetwork,
    privateHosts: bot.privateHosts,
    connectMs: CONNECT_MS,
    requestMs: REQUEST_MS,
  });
  async function post(
    id: string,
    data: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<PostResult> {
    const { status, headers } = await sendSigned(http, endpoint, {
      id,
      envelope: envelopeOf('message.post', data),
      signal,
    });
    if (GONE.includes(status)) return { kind: 'gone' };
    const failure = errorForStatus(status, headers, `message.post to ${host}`);
    if (failure) throw failure;
    return { kind: 'posted' };
  }

  return {
    capabilities: { settlesUnknownBy: 'idempotency_key' },
    postToUser: (conversationId, { id, ...message }, { signal }) =>
      post(
        webhookId('message.post', conversationId, id),
        { conversationId, messageId: id, ...message },
        signal,
      ),
    postFromAgent: (conversationId, { id, ...message }, { signal }) =>
      post(
        webhookId('message.post', conversationId, id),
        { conversationId, messageId: id, ...message, from: 'agent' },
        signal,
      ),
    async typing(conversationId, writes, { signal }) {
      const id = webhookId('agent.typing', conversationId, crypto.randomUUID());
      await sendSigned(http, endpoint, {
        id,
        envelope: envelopeOf('agent.typing', { conversationId, writes }),
        signal,
      });
    },
    close: () => http.close(),
  };
}
