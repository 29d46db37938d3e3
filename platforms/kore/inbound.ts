// What Kore.ai's platform calls: the event routes of a BotKit server, verified, answered as BotKit answers, and turned
// into deeds. Nothing is called from here.
import { createHash } from 'node:crypto';
import { parse } from 'secure-json-parse';
import type { BotConfiguration, ConnectorConfiguration } from '../../domain/configuration';
import type { BotInboundResult, BotRequest } from '../platform';
import { invalidArguments, refusal } from './answers';
import { isAuthorized } from './authorize';
import { strayUrl } from './bot-state';
import { takeEvent } from './events';
import { BOT_ID, readBot } from './options';
import { EVENTS, type EventName, type EventPlace, type Json } from './payload';

const ROUTE = /^\/sdk\/bots\/([^/]+)\/(?:components\/([^/]{1,200})\/)?([^/]+)$/;
/** BotKit's name for a component that the path does not name. */
const DEFAULT_COMPONENT = 'default';
/** `.` and `..` would lead elsewhere in the path of a call back; all else is escaped there. */
const REQUEST_ID = /^(?!\.{1,2}$)[^\p{C}\s]{1,200}$/u;

/**
 * Answers one request. In this order: a path without a bot's id fails as BotKit's middleware does (500), who is not
 * verified is refused (401), what is no event is not found (404), what is no JSON object is invalid (412).
 *
 * `GET /gethistory` of BotKit's sample is not found: it gives anybody who knows a user's id that user's conversation.
 */
export function readInbound(
  configuration: BotConfiguration,
  _connector: ConnectorConfiguration | undefined,
  request: BotRequest,
): BotInboundResult {
  const bot = readBot(configuration);
  if (request.method !== 'POST' || !request.path.startsWith('/sdk/'))
    return { answer: refusal('unknownEvent'), deeds: [] };
  const route = routeOf(request.path);
  if (!route) return { answer: refusal('failed'), deeds: [], unauthorized: true };
  if (route.botId !== bot.botId || !isAuthorized(bot, request))
    return { answer: refusal('unauthorized'), deeds: [], unauthorized: true };
  const { eventName, ...place } = route;
  if (!isEvent(eventName)) return { answer: refusal('unknownEvent'), deeds: [] };
  const body = readBody(request.body);
  if (!body) return { answer: refusal('notJson'), deeds: [] };
  const stray = strayUrl(body, bot);
  if (stray !== undefined)
    return invalidArguments(`${stray} is not at the platform that this bot is configured for`);
  const requestId = requestIdOf(body, request.body);
  if (requestId === undefined) return invalidArguments('requestId is no id');
  return takeEvent(bot, {
    ...place,
    eventName,
    body: body.requestId ? body : { ...body, requestId },
    requestId,
    receivedAt: request.receivedAt,
  });
}

function routeOf(path: string): (EventPlace & { readonly eventName: string }) | undefined {
  const [, botId = '', componentId = DEFAULT_COMPONENT, eventName = ''] = ROUTE.exec(path) ?? [];
  return BOT_ID.test(botId) ? { botId, componentId, eventName } : undefined;
}

function isEvent(name: string): name is EventName {
  return Object.hasOwn(EVENTS, name);
}

function readBody(bytes: Buffer): Json | undefined {
  try {
    const value: unknown = parse(bytes.toString('utf8'), undefined, {
      protoAction: 'remove',
      constructorAction: 'remove',
    });
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** BotKit makes a random one where there is none; made of the body, a repeated event has the same. */
function requestIdOf({ requestId }: Json, bytes: Buffer): string | undefined {
  if (!requestId) return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const id = typeof requestId === 'number' ? String(requestId) : requestId;
  return typeof id === 'string' && REQUEST_ID.test(id) ? id : undefined;
}
