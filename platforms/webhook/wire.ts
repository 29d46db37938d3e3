// What a generic desk answers and tells, as schemas: unknown members are tolerated, known ones are checked.
// README.md has the same for the people who write a desk.
import { parse } from 'secure-json-parse';
import { z } from 'zod';

const agentId = z.string().min(1).max(200).optional();
const detail = z.string().max(1_000).optional();
const reason = z.enum(['no_agents', 'closed_hours', 'rejected', 'invalid_target']);
const verdict = z.enum(['yes', 'no', 'unknown']);

const requested = z.object({ status: z.literal('requested') });
const queued = z.object({ status: z.literal('queued') });
const connected = z.object({ status: z.literal('connected'), agentId });
const declined = z.object({ status: z.literal('declined'), reason: reason.default('rejected'), detail });
const userLeft = z.object({ status: z.literal('userLeft') });
const absent = z.object({ status: z.literal('absent') });
const withdrawn = z.object({ status: z.literal('withdrawn') });

/** Answer to `transfer.requested`. */
export const transferAnswer = z.discriminatedUnion('status', [
  requested,
  queued,
  connected,
  declined,
  userLeft,
]);

/** Answer to `transfer.lookup`. */
export const lookUpAnswer = z.discriminatedUnion('status', [
  requested,
  queued,
  connected,
  declined,
  userLeft,
  absent,
  withdrawn,
]);

/** Answer to `transfer.withdrawn`. */
export const withdrawalAnswer = z.discriminatedUnion('status', [
  withdrawn,
  absent,
  connected,
  declined,
  userLeft,
]);

/** Answer to `target.check`. */
export const checkAnswer = z.object({
  exists: verdict.default('unknown'),
  available: verdict.default('unknown'),
  agent: verdict.optional(),
});

/** Answer to `chat.message`. */
export const chatAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('taken') }),
  z.object({
    status: z.literal('refused'),
    reason: z.enum(['attachment', 'too_long', 'rejected']).default('rejected'),
  }),
  /** There is no chat (any more). */
  z.object({ status: z.literal('gone') }),
]);

/** Answer to `chat.closed`. */
export const closeAnswer = z.object({ status: z.enum(['closed', 'gone']) });

/** Answer to `chat.typing`: any object. */
export const typingAnswer = z.looseObject({});

const attachment = z.object({
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  name: z.string().min(1).max(300),
  mediaType: z.string().min(1).max(200),
});
const agentName = z.string().min(1).max(200).optional();

const names = { conversationId: z.string().min(1).max(1_000), transferId: z.string().min(1).max(1_000) };

/** An event that a desk sends. */
export const deskEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('transfer.queued'), data: z.object(names) }),
  z.object({
    type: z.literal('transfer.position'),
    data: z.object({
      ...names,
      position: z.number().int().nonnegative(),
      waitMs: z.number().nonnegative().optional(),
    }),
  }),
  z.object({ type: z.literal('transfer.connected'), data: z.object({ ...names, agentId }) }),
  z.object({
    type: z.literal('transfer.declined'),
    data: z.object({ ...names, reason: reason.default('rejected'), detail }),
  }),
  z.object({ type: z.literal('transfer.userLeft'), data: z.object(names) }),
  z.object({
    type: z.literal('transfer.ended'),
    data: z.object({ ...names, by: z.enum(['agent', 'user', 'system']).optional() }),
  }),
]);

/** What a desk says of a chat. */
export const chatEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('chat.message'),
    data: z
      .object({
        ...names,
        messageId: z.string().min(1).max(200),
        text: z.string().min(1).max(8_000).optional(),
        attachment: attachment.optional(),
        agentName,
      })
      .refine(({ text, attachment: file }) => text !== undefined || file !== undefined),
  }),
  z.object({ type: z.literal('chat.typing'), data: z.object({ ...names, writes: z.boolean() }) }),
  z.object({ type: z.literal('chat.agentChanged'), data: z.object({ ...names, agentId, agentName }) }),
  z.object({ type: z.literal('chat.agentLeft'), data: z.object(names) }),
]);

/** See {@link chatEvent}. */
export type WireChatEvent = z.infer<typeof chatEvent>;
/** See {@link deskEvent}. */
export type WireEvent = z.infer<typeof deskEvent>;
/** See {@link lookUpAnswer}. */
export type WireStanding = z.infer<typeof lookUpAnswer>;

/** A parsed value, or the name of the member that does not fit; never its content. */
export type Parsed<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly raw: unknown }
  | { readonly kind: 'misfit'; readonly member: string };

/** Parses JSON and checks it; members that would reach a prototype are dropped. */
export function parseJson<T>(text: string, schema: z.ZodType<T>): Parsed<T> {
  let raw: unknown;
  try {
    raw = parse(text, undefined, { protoAction: 'remove', constructorAction: 'remove' });
  } catch {
    return { kind: 'misfit', member: 'the body, which is not JSON' };
  }
  const checked = schema.safeParse(raw);
  if (checked.success) return { kind: 'ok', value: checked.data, raw };
  return { kind: 'misfit', member: checked.error.issues[0]?.path.join('.') || 'the body' };
}
