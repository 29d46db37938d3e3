// What is left to be done after an event was answered: calls back, as plain items that a workflow keeps until they are
// done. Each names its call, its URL and the payload to post, which is sealed where somebody wrote something in it.
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { PassedItem } from '../bot-side';
import type { KoreBot } from './options';
import { written, type Json, type PayloadClass } from './payload';
import { openPayload, sealPayload } from './sealed-payload';

/** Items are smaller than 64 KB; sealed, a payload is a third larger, and something is left for the rest of one. */
const MAX_PAYLOAD_BYTES = 47_000;

/** The calls that can be passed on. */
const passedSchema = z.object({
  call: z.enum([
    'sendBotMessage',
    'sendUserMessage',
    'sendAlertMessage',
    'startAgentSession',
    'clearAgentSession',
  ]),
  url: z.string(),
  payload: z.union([z.record(z.string(), z.unknown()), z.object({ sealed: z.string() })]),
});

/** One call back. */
export interface PassedCall extends z.output<typeof passedSchema> {
  readonly payload: Json;
}

/** An item whose payload nobody can read but this bot's workers. */
export function sealedItem(bot: KoreBot, conversationId: string, passed: PassedCall): PassedItem {
  return { ...passed, payload: { sealed: sealPayload(bot, conversationId, passed.payload) } };
}

/** @throws ZodError for an item that is none of this platform, and as {@link openPayload} */
export function readPassed(bot: KoreBot, conversationId: string, item: PassedItem): PassedCall {
  const { payload, ...rest } = passedSchema.parse(item);
  const isSealed = typeof payload.sealed === 'string';
  return { ...rest, payload: isSealed ? openPayload(bot, conversationId, String(payload.sealed)) : payload };
}

/** Where the agent session of a request is started or cleared, or the request kept alive. */
export function sessionUrl(
  call: 'startAgentSession' | 'clearAgentSession' | 'extendcallid',
  { baseUrl, requestId }: { readonly baseUrl: string; readonly requestId: string },
): string {
  return `${baseUrl.replace(/\/$/, '')}/${call}/${encodeURIComponent(requestId)}`;
}

/**
 * A payload that an item can hold: whole if it may be, else with the reduced context, else without what only BotKit's
 * own code reads. Undefined: the message alone is too large.
 */
export function carriable(payloadClass: PayloadClass, payload: Json, small: Json): Json | undefined {
  const smaller = written(payloadClass, { ...payload, context: small.context, channel: small.channel });
  return [payload, smaller, written(payloadClass, { ...small, message: payload.message })].find(
    (each) => Buffer.byteLength(JSON.stringify(each)) <= MAX_PAYLOAD_BYTES,
  );
}

/** An id of what is passed on or said: the same event, the same id. It tells nothing of what was said, to be guessed at either. */
export function passageId(
  { secrets: [secret = ''] }: KoreBot,
  kind: string,
  id: string,
  ...said: readonly unknown[]
): string {
  const digest = createHmac('sha256', secret)
    .update(JSON.stringify([kind, id, ...said]))
    .digest('base64url');
  return `${kind}-${digest.slice(0, 32)}`;
}
