// The bot side of conversations that Baton itself speaks in with an Einstein bot: the user is reached at the client by
// signed webhooks. How an escalation went is told to the bot in its session, which the conversation's workflow keeps.
import type { BotConfiguration } from '../../domain/configuration';
import type { BotSide } from '../bot-side';
import { userSideEndpoint } from '../webhook/options';
import { createUserSide } from '../webhook/user-side';

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for options at fault. */
export function createEinsteinBotSide(bot: BotConfiguration): BotSide {
  return createUserSide(userSideEndpoint(bot), bot);
}
