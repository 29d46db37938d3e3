// Salesforce's shapes, read leniently: what is not needed may be missing, and payloads come as JSON inside JSON from
// the stream and as objects from the list.
import { z } from 'zod';
import { BatonError } from '../../domain/errors';
import { fromJson } from '../parse-body';

/** Roles of those who write or join. */
export type Role = string;

const participantSchema = z.looseObject({
  role: z.string(),
  subject: z.string().optional(),
});

/** An entry's payload, by kind; unknown kinds are told apart by their `entryType` alone. */
export const payloadSchema = z.looseObject({
  entryType: z.string().optional(),
  id: z.string().optional(),
  abstractMessage: z.unknown().optional(),
  entries: z
    .array(
      z.looseObject({
        operation: z.string(),
        displayName: z.string().nullish(),
        participant: participantSchema,
      }),
    )
    .optional(),
  failureType: z.string().nullish(),
  failureReason: z.string().nullish(),
  routingType: z.string().nullish(),
  sessionStatus: z.string().optional(),
  sessionEndedByRole: z.string().nullish(),
  position: z.number().optional(),
  queuePosition: z.number().optional(),
  estimatedWaitTime: z.unknown().optional(),
});

/** A payload. */
export type Payload = z.output<typeof payloadSchema>;

const entrySchema = z.looseObject({
  identifier: z.string().min(1),
  entryType: z.string(),
  entryPayload: z.union([z.string(), z.looseObject({})]).optional(),
  senderDisplayName: z.string().nullish(),
  sender: participantSchema.nullish(),
  transcriptedTimestamp: z.number().nullish(),
  clientTimestamp: z.number().nullish(),
});

/** One entry of a conversation, whichever way it came. */
export interface Entry {
  readonly id: string;
  readonly type: string;
  readonly payload: Payload;
  readonly senderName?: string;
  readonly role?: Role;
  /** Epoch milliseconds by Salesforce's clock. */
  readonly at: number;
}

/** Undefined: it is no entry, or of a shape that cannot be read, and is passed over as an unknown kind is. */
export function readEntry(value: unknown): Entry | undefined {
  const read = entrySchema.safeParse(value);
  if (!read.success) return undefined;
  const { identifier, entryType, entryPayload, senderDisplayName, sender } = read.data;
  const payload = payloadSchema.safeParse(
    typeof entryPayload === 'string' ? fromJson(entryPayload) : (entryPayload ?? {}),
  );
  if (!payload.success) return undefined;
  const role = sender?.role;
  return {
    id: identifier,
    type: entryType,
    payload: payload.data,
    at: read.data.transcriptedTimestamp ?? read.data.clientTimestamp ?? 0,
    ...(typeof senderDisplayName === 'string' && { senderName: senderDisplayName }),
    ...(role !== undefined && { role }),
  };
}

const envelopeSchema = z.looseObject({ conversationId: z.string(), conversationEntry: z.unknown() });

/** An event of the stream: whose conversation, and what; undefined for those that are no entries. */
export function readEnvelope(
  data: string,
): { readonly conversation: string; readonly entry: Entry } | undefined {
  const read = envelopeSchema.safeParse(fromJson(data));
  if (!read.success) return undefined;
  const entry = readEntry(read.data.conversationEntry);
  return entry && { conversation: read.data.conversationId, entry };
}

/** The list of entries. */
export const entriesSchema = z.looseObject({ conversationEntries: z.array(z.unknown()) });

/** A token. */
export const tokenSchema = z.looseObject({
  accessToken: z.string().min(1),
  lastEventId: z.union([z.string(), z.number().transform(String)]).optional(),
  context: z.looseObject({ endUser: z.looseObject({ subject: z.string() }).optional() }).optional(),
});

/** Business hours; an empty list says that none are configured. */
export const businessHoursSchema = z.looseObject({
  businessHoursInfo: z
    .looseObject({
      businessHours: z.array(z.looseObject({ startTime: z.number(), endTime: z.number() })).optional(),
    })
    .optional(),
});

/** @throws BatonError `ESC_PLATFORM_PROTOCOL` that names the first member at fault */
export function readBody<T>(schema: z.ZodType<T>, body: string, what: string): T {
  const read = schema.safeParse(fromJson(body));
  if (read.success) return read.data;
  const member = read.error.issues[0]?.path.join('.') ?? '';
  throw new BatonError('ESC_PLATFORM_PROTOCOL', `${what}: misfit at ${member === '' ? 'the body' : member}`);
}
