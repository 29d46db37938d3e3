// What each event means for Baton, and how it is acknowledged. Everything but `on_agent_transfer` and what users write
// to agents is passed on, as a BotKit server without code of its own would: the bot goes on as if nobody listened.
import { assertNever } from '../../domain/assert-never';
import type { BotState } from '../../domain/bot-state';
import type { BotDeed, BotInboundResult } from '../platform';
import type { PassedItem } from '../bot-side';
import { acknowledgement, invalidArguments, NOTHING_RETURNED, refusal } from './answers';
import { makeState, reduced } from './bot-state';
import { handoverRequest, type Handover } from './handover';
import type { KoreBot } from './options';
import { carriable, passageId, sealedItem, sessionUrl, type PassedCall } from './pass-on';
import { at, EVENTS, firstText, reread, type EventName, type Json } from './payload';
import { conversationOf, fitting, messageIdOf } from './speaker';

/** An event after its envelope was read. */
export interface KoreEvent extends Handover {
  readonly eventName: EventName;
}

/** Events after which nobody is there who could read an agent's answer. */
const ENDINGS: readonly unknown[] = ['sessionClosure', 'conversation_terminated'];

/** Answer and deeds of one event. */
export function takeEvent(bot: KoreBot, event: KoreEvent): BotInboundResult {
  const { eventName } = event;
  switch (eventName) {
    case 'on_agent_transfer':
      return takeHandover(bot, event);
    case 'on_user_message':
      return takeUserMessage(bot, event);
    case 'on_bot_message':
      return passMessage(bot, event, 'sendUserMessage', 'sendUserMessageUrl');
    case 'on_alert':
      return passMessage(bot, event, 'sendAlertMessage', 'sendAlertMessageUrl');
    case 'on_event':
      return takeEnding(event);
    case 'on_webhook':
      // What a hook node gets back is the context it goes on with: the same, so that no dialog waits for an answer.
      return taken(event, []);
    case 'on_variable_update':
      return { answer: acknowledgement(NOTHING_RETURNED), deeds: [] };
    default:
      return assertNever(eventName);
  }
}

function takeHandover(bot: KoreBot, event: KoreEvent): BotInboundResult {
  const { body, botId } = event;
  const conversationId = conversationOf(body, botId);
  if (conversationId === undefined) return invalidArguments('the payload names no user');
  for (const url of ['baseUrl', 'sendUserMessageUrl'])
    if (body[url] === undefined) return invalidArguments(`${url} is missing`);
  const request = handoverRequest(bot, event);
  return {
    answer: acknowledgement(NOTHING_RETURNED),
    deeds: [{ kind: 'escalate', conversationId, request }],
    failure: refusal('failed'),
  };
}

/**
 * Whoever has the conversation gets what the user wrote. The platform's word for who has it (`agent_transfer`) can be
 * wrong both ways: it forgets after 15 minutes without a message, then the agent's session is started anew; and it may
 * never have heard that the handover is over, then the session is cleared first, or the bot would stay silent.
 */
function takeUserMessage(bot: KoreBot, event: KoreEvent): BotInboundResult {
  const { body, botId, requestId } = event;
  const conversationId = conversationOf(body, botId);
  if (conversationId === undefined) return invalidArguments('the payload names no user');
  const pass = passed(bot, { ...event, conversationId }, 'sendBotMessage', 'sendBotMessageUrl');
  if (typeof pass === 'string') return invalidArguments(pass);
  const isWithAgent = body.agent_transfer === true;
  const { state, session } = callable(event);
  const toBot = isWithAgent && session ? [session('clearAgentSession'), pass] : [pass];
  const text = firstText(body.message);
  // Whether the channel's id is new with each message is not documented: no part alone decides which message it is.
  const which = [requestId, messageIdOf(body) ?? null, body.message] as const;
  const passage = passageId(bot, 'user', ...which);
  if (text === undefined)
    return taken(event, isWithAgent ? [] : [{ kind: 'passOn', conversationId, id: passage, items: toBot }]);
  return taken(event, [
    {
      kind: 'userMessage',
      conversationId,
      message: { id: passageId(bot, 'message', ...which), text: fitting(text) },
      ...(state && { state }),
      otherwise: { id: passage, items: toBot },
      ...(!isWithAgent &&
        session && {
          ifTaken: { id: passageId(bot, 'again', ...which), items: [session('startAgentSession')] },
        }),
    },
  ]);
}

/** What calls back need, if the event brings it. */
interface Callable {
  readonly state?: BotState;
  readonly session?: (call: 'startAgentSession' | 'clearAgentSession') => PassedItem;
}

function callable({ eventName, body, receivedAt, requestId, ...place }: KoreEvent): Callable {
  const payloadClass = EVENTS[eventName];
  const { baseUrl } = body;
  if (payloadClass === undefined || typeof baseUrl !== 'string') return {};
  const payload = reduced(payloadClass, body, place);
  return {
    state: makeState(payload, receivedAt),
    session: (call) => item(call, sessionUrl(call, { baseUrl, requestId }), payload),
  };
}

function passMessage(
  bot: KoreBot,
  event: KoreEvent,
  call: PassedCall['call'],
  urlName: 'sendUserMessageUrl' | 'sendAlertMessageUrl',
): BotInboundResult {
  const { body, botId, requestId, eventName } = event;
  // BotKit's sample shows no empty message either.
  if (body.message === '') return taken(event, []);
  const conversationId = conversationOf(body, botId);
  if (conversationId === undefined) return invalidArguments('the payload names no user');
  const pass = passed(bot, { ...event, conversationId }, call, urlName);
  if (typeof pass === 'string') return invalidArguments(pass);
  const id = passageId(bot, eventName, requestId, body.message);
  return taken(event, [{ kind: 'passOn', conversationId, id, items: [pass] }]);
}

/** The item that posts the event's payload, or what is wrong with it. */
function passed(
  bot: KoreBot,
  { eventName, body, conversationId, ...place }: KoreEvent & { readonly conversationId: string },
  call: PassedCall['call'],
  urlName: 'sendUserMessageUrl' | 'sendBotMessageUrl' | 'sendAlertMessageUrl',
): PassedItem | string {
  const url = body[urlName];
  const payloadClass = EVENTS[eventName];
  if (typeof url !== 'string' || payloadClass === undefined) return `${urlName} is missing`;
  const small = reduced(payloadClass, body, place);
  const payload = carriable(payloadClass, reread(payloadClass, body, place), small);
  return payload ? sealedItem(bot, conversationId, { call, url, payload }) : 'the message is too large';
}

function takeEnding(event: KoreEvent): BotInboundResult {
  const { body, botId } = event;
  const conversationId = conversationOf(body, botId);
  const hasEnded = ENDINGS.includes(at(body.event, 'eventType'));
  return taken(event, hasEnded && conversationId !== undefined ? [{ kind: 'userLeft', conversationId }] : []);
}

function taken({ eventName, body, ...place }: KoreEvent, deeds: readonly BotDeed[]): BotInboundResult {
  const payloadClass = EVENTS[eventName];
  const answer = acknowledgement(payloadClass ? reread(payloadClass, body, place) : NOTHING_RETURNED);
  return deeds.length === 0 ? { answer, deeds } : { answer, deeds, failure: refusal('failed') };
}

function item(call: PassedCall['call'], url: string, payload: Json): PassedItem {
  return { call, url, payload } satisfies { [name in keyof PassedCall]: unknown };
}
