// What is left to be done after an event was answered: calls back, as plain items that a workflow keeps until they are
// done. Each names its call, its URL and the payload to post.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PassedItem } from '../bot-side';
import { written, type Json, type PayloadClass } from './payload';

/** Items are smaller than 64 KB; so much is left for the rest of one. */
const MAX_PAYLOAD_BYTES = 60_000;

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
  payload: z.record(z.string(), z.unknown()),
});

/** One call back. */
export type PassedCall = z.output<typeof passedSchema>;

/** @throws ZodError for an item that is none of this platform */
export function readPassed(item: PassedItem): PassedCall {
  return passedSchema.parse(item);
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

/** An id of what is passed on: the same event, the same id. What was said is in it only as a hash. */
export function passageId(kind: string, id: string, ...said: readonly unknown[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([kind, id, ...said]))
    .digest('base64url');
  return `${kind}-${digest.slice(0, 32)}`;
}
