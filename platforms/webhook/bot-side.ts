// The generic bot side: a bot that takes messages for its user as signed webhooks.
import type { BotConfiguration } from '../../domain/configuration';
import type { BotSide } from '../bot-side';
import { botEndpoint } from './options';
import { createUserSide } from './user-side';

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for options at fault. */
export function createWebhookBotSide(bot: BotConfiguration): BotSide {
  return createUserSide(botEndpoint(bot), bot);
}
