// Who may call a bot's routes: whoever shows a token signed with the app's client secret, or the secret itself.
import { isSame, verifyJwt } from './json-web-token';
import type { KoreBot } from './options';
import type { BotRequest } from '../platform';

/** `token`: a JWT with the app's id; `apikey`: the client secret, which Kore.ai calls deprecated (BotKit). */
export function isAuthorized(bot: KoreBot, { headers, receivedAt }: BotRequest): boolean {
  const { apikey, token } = headers;
  const shown = Buffer.from(apikey ?? '');
  const isKnown = bot.secrets.map((secret) => isSame(shown, Buffer.from(secret))).includes(true);
  if (apikey !== undefined && isKnown) return true;
  return token !== undefined && verifyJwt(token, bot.secrets, receivedAt)?.appId === bot.appId;
}
