// What calls back need of an event: who asks, where to, and the ids of its context and channel. The newest counts; it
// travels through histories, so that it holds nothing that somebody wrote.
import { z } from 'zod';
import type { BotState } from '../../domain/bot-state';
import type { KoreBot } from './options';
import { at, reread, written, type EventPlace, type Json, type PayloadClass } from './payload';

const MAX_URL_CHARS = 1_000;
const MAX_ID_CHARS = 300;

/** What is called, and what tells the platform which request it was. */
const CALLED_URLS = [
  'baseUrl',
  'callbackUrl',
  'sendUserMessageUrl',
  'sendBotMessageUrl',
  'sendAlertMessageUrl',
] as const;
const OTHER_URLS = ['skipUserMessageUrl', 'skipBotMessageUrl', 'getBotVariableUrl'] as const;

const CONTEXT_IDS: readonly (readonly string[])[] = [
  ['bot'],
  ['botid'],
  ['taskid'],
  ['intentType'],
  ['session', 'UserContext', '_id'],
  ['session', 'BotUserSession', 'conversationSessionId'],
  ['session', 'opts', 'userId'],
  ['session', 'opts', 'streamId'],
];
const CHANNEL_IDS: readonly (readonly string[])[] = [
  ['_id'],
  ['type'],
  ['from'],
  ['client'],
  ['botLanguage'],
  ['channelInfos', 'requestId'],
  ['channelInfos', 'from'],
  ['channelInfos', 'type'],
  ['channelInfos', 'client'],
];

const stateSchema = z.looseObject({
  payload: z.looseObject({
    __payloadClass: z.enum([
      'OnMessagePayload',
      'OnAgentTransferPayload',
      'OnEventPayload',
      'OnAlertPayload',
    ]),
    requestId: z.string(),
    baseUrl: z.string(),
  }),
});

/** A payload without what somebody wrote. */
export type ReducedPayload = z.output<typeof stateSchema>['payload'];

/** The payload with ids only: as it is kept, and as it is sent where nothing else is needed. */
export function reduced(payloadClass: PayloadClass, body: Json, place: EventPlace): Json {
  const { context, channel, ...kept } = reread(payloadClass, body, place);
  const urls = [...CALLED_URLS, ...OTHER_URLS].filter((name) => isShort(kept[name], MAX_URL_CHARS));
  const members = [
    '__payloadClass',
    'requestId',
    'botId',
    'componentId',
    'agent_transfer',
    'ackMessage',
    ...urls,
  ];
  return written(payloadClass, {
    ...Object.fromEntries(members.map((name) => [name, kept[name]])),
    requestId: String(kept.requestId),
    context: idsOf(context, CONTEXT_IDS),
    channel: idsOf(channel, CHANNEL_IDS),
  });
}

/** The state after an event that came at `receivedAt`. */
export function makeState(payload: Json, receivedAt: number): BotState {
  return { generation: receivedAt, payload };
}

/** Undefined: it is none of this platform, or nothing was ever heard of the conversation. */
export function readState(state: BotState | undefined): ReducedPayload | undefined {
  const read = stateSchema.safeParse(state);
  return read.success ? read.data.payload : undefined;
}

/** The name of a member by which a payload leads away from the platform, or which is no URL; undefined: none does. */
export function strayUrl(body: Json, { origins }: Pick<KoreBot, 'origins'>): string | undefined {
  return CALLED_URLS.find((name) => {
    const url = body[name];
    return url !== undefined && !(isShort(url, MAX_URL_CHARS) && isAt(url, origins));
  });
}

/** Whether a URL is at one of these origins; with a name or password in it, at none. */
export function isAt(url: string, origins: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, username, password } = new URL(url);
  return username === '' && password === '' && origins.includes(origin);
}

function isShort(value: unknown, maxChars: number): value is string {
  return typeof value === 'string' && value.length <= maxChars;
}

/** A copy with nothing but these members, each a short text. */
function idsOf(value: unknown, paths: readonly (readonly string[])[]): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const copy: Record<string, unknown> = {};
  for (const path of paths) {
    const id = at(value, ...path);
    if (isShort(id, MAX_ID_CHARS)) put(copy, path, id);
  }
  return copy;
}

function put(target: Record<string, unknown>, [step = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    target[step] = value;
    return;
  }
  const inner = (target[step] ?? {}) as Record<string, unknown>;
  target[step] = inner;
  put(inner, rest, value);
}
