// Certainly's bot side: posts to the user while the bot listens, puts the bot into listen mode and back. Two of these
// calls are GETs that change things: each is made when it is wanted, once a try, and never answered from a cache.
import type { BotConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import type { BotSide, PostResult } from '../bot-side';
import { createHttpClient, errorForStatus } from '../http';
import type { HttpResponse } from '../http';
import type { PlatformLog } from '../platform';
import { changeOfMode, type ChangeOfMode } from './change-of-mode';
import { userOf } from './conversation-id';
import { createDoneOnce } from './done-once';
import { readBot } from './options';

const CONNECT_MS = 5_000;
const REQUEST_MS = 10_000;
/** No such deployment, or no such user (any more). */
const GONE: readonly number[] = [404, 410];

/** A user's place at Certainly. */
type Endpoint = 'handover' | 'takeover';

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
  const once = createDoneOnce();
  const headers = {
    accept: 'application/json',
    'cache-control': 'no-store',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };

  function urlOf(endpoint: Endpoint, conversationId: string): string {
    const user = userOf(options, conversationId);
    if (user === undefined)
      throw new BatonError('ESC_PLATFORM_REJECTED', `${conversationId} is no conversation of this bot`);
    const ids = [deploymentId, endpoint, user].map(encodeURIComponent).join('/');
    return `${baseUrl}/webbot/api/webchat/${ids}/`;
  }

  async function change(
    mode: Exclude<ChangeOfMode, { kind: 'none' }>,
    conversationId: string,
    signal: AbortSignal,
  ) {
    const isBack = mode.kind === 'takeover' && mode.claimEnd !== null;
    const query = isBack ? `?${new URLSearchParams({ ClaimEnd: mode.claimEnd }).toString()}` : '';
    const url = `${urlOf(mode.kind, conversationId)}${query}`;
    const { status, headers: answered } = await http.request({ method: 'GET', url, headers, signal });
    if (mode.kind === 'takeover' && GONE.includes(status)) {
      log.info({ event: 'certainly.nobody_to_give_back', conversationId, status }, 'the user is gone');
      return;
    }
    refuseFailure(mode.kind, { status, headers: answered });
  }

  async function post(conversationId: string, text: string, signal: AbortSignal): Promise<void> {
    const answered = await http.request({
      method: 'POST',
      url: urlOf('handover', conversationId),
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ message: text }),
      signal,
    });
    refuseFailure('message', answered);
  }

  return {
    // Neither an id of ours nor a way to look: what may have arrived is sent again rather than lost.
    capabilities: { settlesUnknownBy: 'nothing' },
    async postToUser(conversationId, { id, text }, { signal }): Promise<PostResult> {
      try {
        await once.run(`${conversationId}\n${id}`, () => post(conversationId, text, signal));
        return { kind: 'posted' };
      } catch (error) {
        if (error instanceof BatonError && error.code === 'ESC_CONVERSATION_GONE') return { kind: 'gone' };
        throw error;
      }
    },
    async deliverNotice(notice, { signal }) {
      const mode = changeOfMode(claimEnd, notice);
      if (mode.kind === 'none') return;
      await once.run(`notice\n${notice.id}`, () => change(mode, notice.conversationId, signal));
    },
    close: () => http.close(),
  };
}

/** @throws BatonError `ESC_CONVERSATION_GONE` where there is nobody, or as {@link errorForStatus}. */
function refuseFailure(
  call: Endpoint | 'message',
  { status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
) {
  if (GONE.includes(status))
    throw new BatonError('ESC_CONVERSATION_GONE', `Certainly answered HTTP ${status} to ${call}`);
  const failure = errorForStatus(status, headers, `${call} at Certainly`);
  if (failure) throw failure;
}
