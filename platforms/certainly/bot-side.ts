// Certainly's bot side: posts to the user while the bot listens, puts the bot into listen mode and back. Two of these
// calls are GETs that change things: each is made when it is wanted, once a try, and never answered from a cache.
import type { BotConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import type { BotSide, PostResult } from '../bot-side';
import { createHttpClient, errorForStatus } from '../http';
import type { PlatformLog } from '../platform';
import { changeOfMode, type ChangeOfMode } from './change-of-mode';
import { userOf } from './conversation-id';
import { createDoneBefore } from '../done-before';
import { readBot } from './options';

const CONNECT_MS = 5_000;
const REQUEST_MS = 10_000;
/** No such deployment, or no such user (any more). */
const GONE: readonly number[] = [404, 410];

/** A deed on a user's conversation at Certainly. */
interface Deed {
  readonly endpoint: 'handover' | 'takeover';
  readonly query?: string;
  /** Posted as JSON; absent: a GET. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for options at fault. */
export function createCertainlyBotSide(bot: BotConfiguration, log: PlatformLog): BotSide {
  const options = readBot(bot);
  const { baseUrl, deploymentId, token, claimEnd } = options;
  const http = createHttpClient({
    allowPrivateNetwork: bot.allowPrivateNetwork,
    privateHosts: bot.privateHosts,
    connectMs: CONNECT_MS,
    requestMs: REQUEST_MS,
  });
  const before = createDoneBefore();

  function urlOf({ endpoint, query = '' }: Deed, conversationId: string): string {
    const user = userOf(options, conversationId);
    if (user === undefined)
      throw new BatonError('ESC_PLATFORM_REJECTED', `${conversationId} is no conversation of this bot`);
    const ids = [deploymentId, endpoint, user].map(encodeURIComponent).join('/');
    return `${baseUrl}/webbot/api/webchat/${ids}/${query}`;
  }

  /** `key`: what was acknowledged under it is not done again. */
  async function perform(
    key: string,
    deed: Deed,
    conversationId: string,
    signal: AbortSignal,
  ): Promise<'done' | 'gone'> {
    const url = urlOf(deed, conversationId);
    if (before.has(key)) return 'done';
    const { status, headers } = await http.request({
      method: deed.body ? 'POST' : 'GET',
      url,
      headers: {
        accept: 'application/json',
        'cache-control': 'no-store',
        ...(deed.body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(deed.body && { body: JSON.stringify(deed.body) }),
      signal,
    });
    if (GONE.includes(status)) return 'gone';
    const what = deed.body ? 'message' : deed.endpoint;
    const failure = errorForStatus(status, headers, `${what} at Certainly`);
    if (failure) throw failure;
    before.add(key);
    return 'done';
  }

  return {
    // Neither an id of ours nor a way to look: what may have arrived is sent again rather than lost.
    capabilities: { settlesUnknownBy: 'nothing' },
    async postToUser(conversationId, { id, text }, { signal }): Promise<PostResult> {
      const deed: Deed = { endpoint: 'handover', body: { message: text } };
      const posted = await perform(`message\n${conversationId}\n${id}`, deed, conversationId, signal);
      return { kind: posted === 'gone' ? 'gone' : 'posted' };
    },
    async deliverNotice({ id, conversationId, ...notice }, { signal }) {
      const mode = changeOfMode(claimEnd, notice);
      if (mode.kind === 'none') return;
      const done = await perform(`notice\n${id}`, deedOf(mode), conversationId, signal);
      // No notice waits for a user who is gone. The next message to them finds that out, and ends the escalation.
      if (done === 'gone')
        log.warn({ event: 'certainly.user_gone', conversationId, call: mode.kind }, 'the user is gone');
    },
    close: () => http.close(),
  };
}

function deedOf(mode: Exclude<ChangeOfMode, { kind: 'none' }>): Deed {
  const value = mode.kind === 'takeover' ? mode.claimEnd : null;
  const query = value === null ? '' : `?${new URLSearchParams({ ClaimEnd: value }).toString()}`;
  return { endpoint: mode.kind, query };
}
