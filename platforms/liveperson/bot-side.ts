// LivePerson's bot side: posts to the user in the bot's name, and tells the bot of failures in LivePerson's words,
// as an event to its third-party-bot custom endpoint.
import { BatonError } from '../../domain/errors';
import type { Notice } from '../../domain/notice';
import type { BotSide, PostResult } from '../bot-side';
import { errorForStatus } from '../http';
import type { HttpClient } from '../http';
import type { PlatformLog } from '../platform';
import type { NoticeEndpoint } from './connector-options';
import { isMember } from './conversations';
import type { ConversationView } from './conversations';
import { joinRequest, leaveRequest } from './fields';
import { locate } from './locate';
import type { Message } from './messages';
import { postOnce, saysClosed } from './messages';
import { parseBody } from '../parse-body';
import { isRefusal, refusalText } from './runtime';
import type { Runtime } from './runtime';
import { botAnswerSchema } from './wire';

/** What a bot side needs. */
export interface BotSideDeps {
  readonly runtime: Runtime;
  /** For the bot's own endpoint, which may not be where LivePerson is. */
  readonly http: HttpClient;
  /** Absent: the bot hears notices elsewhere. */
  readonly endpoint: NoticeEndpoint | undefined;
  readonly log: PlatformLog;
  /** Lets go of the runtime. */
  readonly release: () => Promise<void>;
}

/** The text with which LivePerson tells a bot that its escalation failed (LivePerson Agent Escalation page). */
export const ESCALATION_FAILED = '__agent_escalation_failed__';

/** See the file's comment. */
export function createLivePersonBotSide(deps: BotSideDeps): BotSide {
  const { runtime, endpoint } = deps;
  return {
    capabilities: { settlesUnknownBy: 'read_back' },
    postToUser: (conversationId, message, { signal }) => post(runtime, conversationId, message, signal),
    ...(endpoint === undefined
      ? {}
      : { deliverNotice: (notice, { signal }) => deliverNotice(deps, endpoint, notice, signal) }),
    async close() {
      await deps.http.close();
      await deps.release();
    },
  };
}

async function post(
  runtime: Runtime,
  conversationId: string,
  message: Message,
  signal: AbortSignal,
): Promise<PostResult> {
  const { view, place } = await locate(runtime, conversationId, signal);
  if (place.kind === 'closed') return { kind: 'gone' };
  const own = await runtime.own(signal);
  if (view && !isMember(view, own)) return postAsGuest(runtime, view, message, signal);
  return postHere(runtime, view?.dialogId ?? conversationId, message, signal);
}

async function postHere(
  runtime: Runtime,
  dialogId: string,
  message: Message,
  signal: AbortSignal,
): Promise<PostResult> {
  const posting = await postOnce(runtime, dialogId, message, signal);
  if (posting.kind !== 'refused') return posting;
  throw new BatonError('ESC_PLATFORM_REJECTED', `message ${message.id}: ${refusalText(posting.answer)}`);
}

/** After a transfer the bot is no participant: it joins as MANAGER for the one message, not to stop the transfer. */
async function postAsGuest(
  runtime: Runtime,
  { conversationId, dialogId }: ConversationView,
  message: Message,
  signal: AbortSignal,
): Promise<PostResult> {
  const own = await runtime.own(signal);
  const joined = await runtime.session.request(joinRequest(conversationId, own, 'MANAGER'), signal);
  if (isRefusal(joined)) {
    if (saysClosed(joined)) return { kind: 'gone' };
    const detail = `the bot may not join conversation ${conversationId} as manager: ${refusalText(joined)}`;
    throw new BatonError('ESC_PLATFORM_REJECTED', detail);
  }
  const result = await postHere(runtime, dialogId, message, signal);
  // Staying would do no harm, so a failure to leave is none of the message's.
  await runtime.session.request(leaveRequest(conversationId, own), signal).catch(() => undefined);
  return result;
}

/**
 * LivePerson has words for failures only. That the conversation left the bot is told as the closing that the
 * custom endpoint knows; the end of the whole escalation is for the user, who gets the failure text.
 */
async function deliverNotice(
  deps: BotSideDeps,
  endpoint: NoticeEndpoint,
  notice: Notice,
  signal: AbortSignal,
): Promise<void> {
  const event = eventOf(notice);
  if (!event) return;
  const { conversationId } = notice;
  const { endpoint: base, botId, environment, token } = endpoint;
  const path = `v1/bots/${encodeURIComponent(botId)}/environments/${encodeURIComponent(environment)}`;
  const answer = await deps.http.request({
    method: 'POST',
    url: `${base}/${path}/conversations/${encodeURIComponent(conversationId)}/events`,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(event),
    signal,
  });
  const failure = errorForStatus(answer.status, answer.headers, `notice ${notice.id} to bot ${botId}`);
  if (failure) throw failure;
  await postAnswers(deps, notice, answer.body, signal);
}

function eventOf(notice: Notice): Record<string, unknown> | undefined {
  switch (notice.type) {
    case 'escalation.failed':
      return { type: 'TEXT', data: { message: ESCALATION_FAILED }, context: { lpEvent: {} } };
    case 'escalation.connected':
    case 'escalation.queued':
      return { type: 'CLOSE_CONVERSATION', data: {}, context: { lpEvent: {} } };
    default:
      return undefined;
  }
}

/** What the bot answers goes to the user, in order; an id made of the notice and the place posts nothing twice. */
async function postAnswers(
  { runtime, log }: BotSideDeps,
  notice: Notice,
  body: string,
  signal: AbortSignal,
): Promise<void> {
  if (body.trim() === '') return;
  const items = parseBody(botAnswerSchema, body, `notice ${notice.id}`).response ?? [];
  for (const [index, { type, data }] of items.entries()) {
    if (type !== 'TEXT' || typeof data?.message !== 'string') {
      log.warn(
        { noticeId: notice.id, index, type },
        'the bot answered a notice with something that is not text',
      );
      continue;
    }
    const audience = data.messageAudience === 'AGENTS_AND_MANAGERS' ? 'AGENTS_AND_MANAGERS' : 'ALL';
    const id = `${notice.id}/${index}`;
    const { kind } = await post(runtime, notice.conversationId, { id, text: data.message, audience }, signal);
    if (kind === 'gone') return;
  }
}
