// What the Einstein Bots API answers, as schemas: members that are not read are tolerated, those that are read are
// checked (Einstein Bots API v5.3.0, OpenAPI description).
import { z } from 'zod';
import { variableSchema } from './variables';

/** What Baton speaks; part of every path. */
export const API_VERSION = '5.3.0';

const id = z.string().min(1);
const schedule = z.object({ responseDelayMilliseconds: z.number().min(0) }).nullish();

/** What a bot may say. */
export const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), id, text: z.string(), schedule }),
  z.object({
    type: z.literal('choices'),
    id,
    choices: z.array(z.object({ id, label: z.string(), alias: z.string().nullish() })),
    schedule,
  }),
  z.object({
    type: z.literal('escalate'),
    id,
    targets: z.array(z.object({ type: z.string().min(1), value: z.string() })),
  }),
  z.object({
    type: z.literal('sessionEnded'),
    id,
    reason: z
      .string()
      .regex(/^[A-Za-z]{1,60}$/)
      .catch('Other'),
  }),
]);

/** See {@link messageSchema}. */
export type WireMessage = z.output<typeof messageSchema>;

/** What the user was taken to want. */
export const intentSchema = z.object({ label: z.string(), confidenceScore: z.number().nullish() });

const TYPES: readonly string[] = [
  'text',
  'choices',
  'escalate',
  'sessionEnded',
] satisfies WireMessage['type'][];
/** Words and variables of a later version are passed over: the others in the answer are worth reading. */
const later = z.looseObject({}).transform(() => undefined);
const laterMessage = z.looseObject({ type: z.string().refine((type) => !TYPES.includes(type)) });

/** An answer to a start (which names the session) or to a message (which does not). */
export const envelopeSchema = z.object({
  sessionId: id.optional(),
  processedSequenceIds: z.array(z.int()).default([]),
  messages: z
    .array(messageSchema.or(laterMessage.transform(() => undefined)))
    .transform((messages) => messages.filter((message) => message !== undefined)),
  variables: z
    .array(variableSchema.or(later))
    .nullish()
    .transform((variables) => variables?.filter((variable) => variable !== undefined)),
  intents: z
    .array(intentSchema.or(later))
    .nullish()
    .transform((intents) => intents?.filter((intent) => intent !== undefined)),
});

/** See {@link envelopeSchema}. */
export type Envelope = z.output<typeof envelopeSchema>;

/** Body of every error; only the name of its class is passed on, since its text may quote what was sent. */
export const errorSchema = z.object({ error: z.string().regex(/^[A-Za-z]{1,60}$/) });

/** Answer of `/versions`. */
export const versionsSchema = z.object({
  versions: z.array(z.object({ versionNumber: z.string().optional(), status: z.string().optional() })),
});

/** Answer of `/status`. */
export const statusSchema = z.object({ status: z.string() });
