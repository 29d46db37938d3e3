// A bot on Kore.ai, requests of its platform, and the payloads of the documentation.
import type { BotConfiguration } from '../../../domain/configuration';
import { kore } from '../../../platforms/kore';
import { signJwt } from '../../../platforms/kore/json-web-token';
import { readBot } from '../../../platforms/kore/options';
import { readPassed, type PassedCall } from '../../../platforms/kore/pass-on';
import type { PassedItem } from '../../../platforms/bot-side';
import type { BotInboundResult, BotRequest } from '../../../platforms/platform';

export const BOT_ID = 'st-b4a22e86-e95b-575c-b888-e106d083a251';
export const APP_ID = 'cs-5f1e2d3c-0b7a-5c44-9d21-7f6e5d4c3b2a';
export const SECRET = 'simulated-client-secret-0123456789=';
export const USER = 'u-4b9f02a3-1111-5222-8333-444444444444';
export const CONVERSATION = `${USER}@${BOT_ID}`;
export const HOST = 'https://bots.kore.ai';
export const BASE = `${HOST}/api/botsdk/stream/${BOT_ID}`;
export const NOW = Date.parse('2026-03-01T12:00:00Z');

export const botSide = kore.botSide!;

export function aKoreBot(
  options: Readonly<Record<string, unknown>> = {},
  with_: Partial<BotConfiguration> = {},
): BotConfiguration {
  return {
    platform: 'kore',
    options: { botId: BOT_ID, appId: APP_ID, clientSecret: SECRET, integration: 'to-human', ...options },
    notices: { kind: 'platform' },
    retryWindowMs: 60_000,
    allowPrivateNetwork: false,
    ...with_,
  };
}

export function tokenOf(claims: Readonly<Record<string, unknown>> = { appId: APP_ID }): string {
  return signJwt(claims, SECRET, 'HS256');
}

/** A request of the platform; verified unless told otherwise. */
export function aRequest(event: string, payload: unknown, with_: Partial<BotRequest> = {}): BotRequest {
  return {
    method: 'POST',
    path: `/sdk/bots/${BOT_ID}/${event}`,
    query: {},
    headers: { 'content-type': 'application/json', token: tokenOf() },
    body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    receivedAt: NOW,
    ...with_,
  };
}

/** What becomes of it. */
export function read(request: BotRequest, bot: BotConfiguration = aKoreBot()): BotInboundResult {
  return botSide.readInbound!(bot, undefined, request);
}

/** Items as the bot side reads them. */
export function opened(items: readonly PassedItem[] = []): readonly PassedCall[] {
  return items.map((item) => readPassed(readBot(aKoreBot()), CONVERSATION, item));
}

/** What the documentation's sample of the context object has, as `on_agent_transfer` brings it. */
export function transferPayload(
  with_: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    requestId: '1501244156289',
    botId: BOT_ID,
    callbackUrl: `${BASE}/serviceCallback/1501244156289`,
    ...urls('1501244156289'),
    metaInfo: {},
    metaTags: {},
    messageObject: {},
    context: context({
      history: [
        {
          nodeId: 'agentTransfer3',
          state: 'processing',
          type: 'agentTransfer',
          componentName: 'agenttransfer',
          timestamp: 1501244156000,
        },
        { dialogState: 'transferredToAgent', timestamp: 1501244156000 },
      ],
    }),
    channel: {
      _id: 'dc-1',
      type: 'rtm',
      from: USER,
      channelInfos: { requestId: 'ms-aaaa', from: USER, type: 'rtm', body: '1234', client: 'botbuilder' },
    },
    ...with_,
  };
}

/** An `on_user_message`, `on_bot_message` or `on_event`. */
export function messagePayload(
  with_: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    requestId: '1501244156290',
    botId: BOT_ID,
    message: 'I want a human',
    agent_transfer: false,
    ...urls('1501244156290'),
    context: context(),
    channel: {
      _id: 'dc-1',
      type: 'rtm',
      from: USER,
      channelInfos: { requestId: 'ms-bbbb', from: USER, type: 'rtm', body: 'I want a human' },
    },
    metaInfo: {},
    metaTags: {},
    messageObject: {},
    ...with_,
  };
}

/** The URLs of a request. */
export function urls(requestId: string, base: string = BASE): Readonly<Record<string, string>> {
  return {
    baseUrl: base,
    sendUserMessageUrl: `${base}/sendUserMessage/${requestId}`,
    sendBotMessageUrl: `${base}/sendBotMessage/${requestId}`,
    skipUserMessageUrl: `${base}/skipUserMessage/${requestId}`,
    skipBotMessageUrl: `${base}/skipBotMessage/${requestId}`,
    getBotVariableUrl: `${base}/getBotVariable/${requestId}`,
  };
}

export function context(with_: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    bot: 'Travel',
    botid: BOT_ID,
    taskid: 'dg-1',
    intent: 'Agent',
    intentType: 'dialog',
    entities: { orderNumber: 'A-17', seats: 2 },
    history: [],
    dialog_tone: [{ tone_name: 'angry', level: 2 }],
    message_tone: [],
    historicTags: [{ tags: ['name'] }],
    session: {
      EnterpriseContext: { apiKey: 'enterprise-credential' },
      BotContext: { skillId: '4711', orderNumber: 'of the bot' },
      UserSession: {},
      UserContext: { _id: USER, firstName: 'Help', lastName: 'Docs', emailId: 'x@y.z', identities: [] },
      BotUserSession: {
        language: 'en',
        lastMessage: { channel: 'rtm', messagePayload: { message: { body: '1234' } } },
      },
      opts: { userId: USER, streamId: BOT_ID },
    },
    ...with_,
  };
}
