// Payloads of events and how BotKit writes them anew: these members, in this order (BotKit, ObjectTypes). Its answers and
// its calls back are such payloads.

/** Plain JSON. */
export type Json = Readonly<Record<string, unknown>>;

const URLS = ['sendUserMessageUrl', 'sendBotMessageUrl', 'skipUserMessageUrl', 'skipBotMessageUrl'] as const;
const COMMON_HEAD = ['__payloadClass', 'requestId', 'botId'] as const;
const TAIL = ['metaTags', 'messageObject', 'sendFeedbackMessageUrl'] as const;

/** Members by class, in order. */
const MEMBERS = {
  OnMessagePayload: [
    ...COMMON_HEAD,
    'componentId',
    ...URLS,
    'getBotVariableUrl',
    'context',
    'channel',
    'message',
    'agent_transfer',
    'baseUrl',
    'metaInfo',
    'overrideMessagePayload',
    'ackMessage',
    ...TAIL,
  ],
  OnEventPayload: [
    ...COMMON_HEAD,
    'componentId',
    ...URLS,
    'getBotVariableUrl',
    'context',
    'channel',
    'message',
    'event',
    'agent_transfer',
    'baseUrl',
    'metaInfo',
    'overrideMessagePayload',
    ...TAIL,
  ],
  OnAgentTransferPayload: [
    ...COMMON_HEAD,
    'callbackUrl',
    'context',
    'message',
    'channel',
    'baseUrl',
    ...URLS,
    'getBotVariableUrl',
    'overrideMessagePayload',
    ...TAIL,
  ],
  OnAlertPayload: [
    ...COMMON_HEAD,
    'componentId',
    'sendUserMessageUrl',
    'sendBotMessageUrl',
    'sendAlertMessageUrl',
    'skipUserMessageUrl',
    'skipBotMessageUrl',
    'getBotVariableUrl',
    'context',
    'channel',
    'baseUrl',
    'message',
    'metaInfo',
    'overrideMessagePayload',
    ...TAIL,
  ],
  OnHookPayload: [
    ...COMMON_HEAD,
    'componentId',
    'componentName',
    ...URLS,
    'getBotVariableUrl',
    'callbackUrl',
    'context',
    'channel',
    'message',
    'contextId',
    ...TAIL,
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What BotKit calls the payload of an event. */
export type PayloadClass = keyof typeof MEMBERS;

/** Events by name, with the class of their payload; `on_variable_update` is never written anew. */
export const EVENTS = {
  on_user_message: 'OnMessagePayload',
  on_bot_message: 'OnMessagePayload',
  on_webhook: 'OnHookPayload',
  on_agent_transfer: 'OnAgentTransferPayload',
  on_event: 'OnEventPayload',
  on_alert: 'OnAlertPayload',
  on_variable_update: undefined,
} as const satisfies Readonly<Record<string, PayloadClass | undefined>>;

/** One of {@link EVENTS}. */
export type EventName = keyof typeof EVENTS;

/** Where an event came from: its path. */
export interface EventPlace {
  readonly botId: string;
  readonly componentId: string;
}

/** The payload as BotKit writes it after reading it. */
export function reread(payloadClass: PayloadClass, body: Json, { botId, componentId }: EventPlace): Json {
  return written(payloadClass, {
    ...body,
    __payloadClass: payloadClass,
    botId,
    componentId,
    componentName: body.dialogComponentName,
    agent_transfer: body.agent_transfer || false,
    ackMessage: true,
    // A handler may set it; what came with the event is not taken over.
    overrideMessagePayload: undefined,
  });
}

/** A payload with the members of its class, in their order. */
export function written(payloadClass: PayloadClass, members: Json): Json {
  return Object.fromEntries(
    MEMBERS[payloadClass].flatMap((name) => (members[name] === undefined ? [] : [[name, members[name]]])),
  );
}

/** The member at a path, if every step of it is an object's own. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Json)[step];
  }
  return found;
}

/** The first of these that is a text with something in it. */
export function firstText(...candidates: readonly unknown[]): string | undefined {
  return candidates.find((each): each is string => typeof each === 'string' && each.trim() !== '');
}
