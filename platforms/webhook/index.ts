// The generic platform: any desk and any bot by signed webhooks. README.md has the wire format.
import type { Platform } from '../platform';
import { createWebhookBotSide } from './bot-side';
import { createWebhookDesk, isValidTargetId, WEBHOOK_DESK_CAPABILITIES } from './desk';
import { readInbound } from './inbound';
import { checkBot, checkConnector } from './options';

/** `platform: webhook`. */
export const webhook: Platform = {
  name: 'webhook',
  desk: {
    capabilities: WEBHOOK_DESK_CAPABILITIES,
    isValidTargetId,
    checkConnector,
    createDesk: createWebhookDesk,
    readInbound,
  },
  botSide: {
    needsConnector: false,
    // Notices by webhook go to the bot's `notices` URL, whatever its platform: see deliver-notice.ts.
    deliversNotices: false,
    checkBot,
    createBotSide: createWebhookBotSide,
  },
};
