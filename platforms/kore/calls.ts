// Calls back to Kore.ai's platform: each with a token of its own that lasts a minute, and only to the platform's origin.
import { BatonError } from '../../domain/errors';
import type { BotConfiguration } from '../../domain/configuration';
import { createHttpClient, errorForStatus } from '../http';
import { isAt } from './bot-state';
import { signJwt } from './json-web-token';
import { readBot, type KoreBot } from './options';
import type { Json } from './payload';

const CONNECT_MS = 5_000;
const REQUEST_MS = 15_000;
/** What BotKit's tokens last. */
const TOKEN_S = 60;
/** Which statuses say that the request's id is known no more is not documented; these cannot say anything else. */
const GONE: readonly number[] = [404, 410];

/** The calls of one bot. */
export interface KoreCalls {
  readonly bot: KoreBot;
  /**
   * Posts a payload. False: the platform does not know the request (any more).
   *
   * @throws BatonError `ESC_EGRESS_BLOCKED` for a URL elsewhere; or as errorForStatus, for any status but 2xx
   */
  post(what: string, url: string, payload: Json, signal: AbortSignal): Promise<boolean>;
  /** Reads an answer; undefined as above. @throws as above */
  get(what: string, url: string, signal: AbortSignal): Promise<string | undefined>;
  close(): Promise<void>;
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for options at fault */
export function createKoreCalls(configuration: BotConfiguration): KoreCalls {
  const bot = readBot(configuration);
  const [secret = ''] = bot.secrets;
  const http = createHttpClient({
    allowPrivateNetwork: configuration.allowPrivateNetwork,
    privateHosts: configuration.privateHosts,
    connectMs: CONNECT_MS,
    requestMs: REQUEST_MS,
  });

  async function request(what: string, url: string, payload: Json | undefined, signal: AbortSignal) {
    if (!isAt(url, bot.origins))
      throw new BatonError('ESC_EGRESS_BLOCKED', `${what}: the URL is not at the bot's platform`);
    // Seconds with a fraction, as BotKit writes them.
    const auth = signJwt({ appId: bot.appId, exp: Date.now() / 1000 + TOKEN_S }, secret, bot.jwtAlgorithm);
    const { status, headers, body } = await http.request({
      method: payload ? 'POST' : 'GET',
      url,
      headers: { auth, 'content-type': 'application/json', accept: 'application/json' },
      ...(payload && { body: JSON.stringify(payload) }),
      signal,
    });
    if (GONE.includes(status)) return undefined;
    const failure = errorForStatus(status, headers, `${what} to ${new URL(url).host}`);
    if (failure) throw failure;
    return body;
  }

  return {
    bot,
    post: async (what, url, payload, signal) => (await request(what, url, payload, signal)) !== undefined,
    get: (what, url, signal) => request(what, url, undefined, signal),
    close: () => http.close(),
  };
}
