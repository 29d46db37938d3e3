// The bot side on Kore.ai: shows the user what Baton and agents say, takes the conversation over while a handover is
// worked on and gives it back when that is over, by calls to the URLs that the platform gave with its newest event.
import type { BotConfiguration } from '../../domain/configuration';
import { assertNever } from '../../domain/assert-never';
import { BatonError } from '../../domain/errors';
import type { Notice } from '../../domain/notice';
import type { BotCall, BotSide, PostResult } from '../bot-side';
import { createDoneBefore } from '../done-before';
import type { PlatformLog } from '../platform';
import { readState, type ReducedPayload } from './bot-state';
import { createKoreCalls, type KoreCalls } from './calls';
import { readPassed, sessionUrl } from './pass-on';
import { written, type Json } from './payload';
import { channelUserOf } from './speaker';
import { readMessages } from './transcript';

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for options at fault */
export function createKoreBotSide(configuration: BotConfiguration, log: PlatformLog): BotSide {
  const calls = createKoreCalls(configuration);
  const { bot } = calls;
  // Nothing tells the platform that it has shown a message before.
  const shown = createDoneBefore();

  async function show(conversationId: string, id: string, message: Json, call: BotCall): Promise<PostResult> {
    const key = JSON.stringify([conversationId, id]);
    if (shown.has(key)) return { kind: 'posted' };
    const payload = stateOf(conversationId, call);
    const url = urlOf(payload, 'sendUserMessageUrl');
    if (!(await calls.post('sendUserMessage', url, bodyOf(payload, message), call.signal)))
      return { kind: 'gone' };
    shown.add(key);
    return { kind: 'posted' };
  }

  return {
    capabilities: { settlesUnknownBy: 'nothing' },
    postToUser: (conversationId, { id, text }, call) => show(conversationId, id, { message: text }, call),
    postFromAgent: (conversationId, { id, text, attachment, agentName }, call) => {
      const lines = [text, attachment && `${attachment.name}: ${attachment.url}`];
      const message = lines.filter((line) => line).join('\n');
      const override = bot.liveAgentTemplate && { overrideMessagePayload: liveAgent(message, agentName) };
      return show(conversationId, id, { message, ...override }, call);
    },
    deliverNotice: (notice, call) => deliver(calls, log, notice, call),
    async extend(conversationId, call) {
      const payload = stateOf(conversationId, call);
      if (
        !(await calls.post('extendcallid', sessionUrl('extendcallid', payload), bodyOf(payload), call.signal))
      )
        throw new BatonError('ESC_PLATFORM_REJECTED', 'extendcallid: the platform does not know the request');
    },
    async readTranscript(conversationId, call) {
      if (bot.transcriptLines === 0) return [];
      const payload = stateOf(conversationId, call);
      const url = messagesUrl(payload, bot.transcriptLines);
      const listed = url === undefined ? undefined : await calls.get('getMessages', url, call.signal);
      return listed === undefined ? [] : readMessages(listed).slice(-bot.transcriptLines);
    },
    async passOn(conversationId, item, { signal }) {
      const { call, url, payload } = readPassed(bot, conversationId, item);
      if (await calls.post(call, url, payload, signal)) return;
      log.warn(
        { call },
        'the platform does not know the request any more: what was to be passed on is dropped',
      );
    },
    close: () => calls.close(),
  };
}

/**
 * Accepted: the platform is told that the conversation is handed off, before anything is said. Whatever ends it gives
 * the conversation back. A conversation that a human has through Baton (`connected`, relayed) stays where it is.
 */
async function deliver(calls: KoreCalls, log: PlatformLog, notice: Notice, call: BotCall): Promise<void> {
  switch (notice.type) {
    case 'escalation.accepted':
      return start(calls, log, notice, call);
    case 'escalation.position':
      return;
    case 'escalation.connected':
      // Where Baton does not carry what they write, nobody does: the user must not wait for a silent bot.
      return notice.relayed ? undefined : clear(calls, log, notice, call);
    case 'escalation.queued':
      // As an outcome it means that nobody will ever know whether a human joins: the user must not wait in silence.
      return notice.progress ? undefined : clear(calls, log, notice, call);
    case 'escalation.failed':
      await clear(calls, log, notice, call);
      return sayNobodyCame(calls, notice, call);
    case 'escalation.abandoned':
    case 'escalation.cancelled':
    case 'escalation.returned':
    case 'escalation.ended':
      return clear(calls, log, notice, call);
    default:
      return assertNever(notice.type);
  }
}

async function start(calls: KoreCalls, log: PlatformLog, notice: Notice, call: BotCall): Promise<void> {
  const payload = stateOf(notice.conversationId, call);
  const url = sessionUrl('startAgentSession', payload);
  if (await calls.post('startAgentSession', url, bodyOf(payload), call.signal)) return;
  // No retry can change it, and the ending must not wait behind it. The user's next message comes with
  // `agent_transfer: false` and a fresh request, with which the session is started.
  log.warn(
    { notice: notice.id },
    'the platform does not know the request any more: its next message starts the session',
  );
}

async function clear(calls: KoreCalls, log: PlatformLog, notice: Notice, call: BotCall): Promise<void> {
  const payload = readState(call.state);
  // Never taken over: there is nothing to give back.
  if (!payload) return;
  const url = sessionUrl('clearAgentSession', payload);
  if (await calls.post('clearAgentSession', url, bodyOf(payload), call.signal)) return;
  // No retry can change it. The next message of the user brings a fresh request, with which it is cleared.
  log.warn(
    { notice: notice.id },
    'the platform does not know the request any more: its next message clears the session',
  );
}

async function sayNobodyCame(calls: KoreCalls, { conversationId }: Notice, call: BotCall): Promise<void> {
  const { noAgentsMessage: message, noAgentsMessageTo: to } = calls.bot;
  if (message === undefined || !readState(call.state)) return;
  const payload = stateOf(conversationId, call);
  const name = to === 'bot' ? 'sendBotMessage' : 'sendUserMessage';
  await calls.post(name, urlOf(payload, `${name}Url`), bodyOf(payload, { message }), call.signal);
}

/** @throws BatonError `ESC_PLATFORM_REJECTED` where nothing was ever heard of the conversation */
function stateOf(conversationId: string, { state }: BotCall): ReducedPayload {
  const payload = readState(state);
  if (payload) return payload;
  throw new BatonError(
    'ESC_PLATFORM_REJECTED',
    `no event of the platform is known for conversation ${conversationId}: there is no URL to call`,
  );
}

function urlOf(payload: ReducedPayload, name: 'sendUserMessageUrl' | 'sendBotMessageUrl'): string {
  const url = payload[name];
  if (typeof url === 'string') return url;
  throw new BatonError('ESC_PLATFORM_REJECTED', `the platform gave no ${name}`);
}

function bodyOf(payload: ReducedPayload, members: Json = {}): Json {
  return written(payload.__payloadClass, { ...payload, ...members });
}

function messagesUrl(payload: ReducedPayload, limit: number): string | undefined {
  const userId = channelUserOf(payload);
  if (userId === undefined) return undefined;
  const query = new URLSearchParams({ skip: '0', limit: String(limit), userId });
  return `${payload.baseUrl.replace(/\/$/, '')}/getMessages?${query.toString()}`;
}

/** The template by which web clients show who writes (BotKit samples in the field). */
function liveAgent(text: string, agentName: string | undefined): Json {
  const payload = { template_type: 'live_agent', text, agent_name: agentName };
  return { isTemplate: true, body: JSON.stringify({ type: 'template', payload }) };
}
