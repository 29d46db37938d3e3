// Bodies of requests as the vendor's schema has them: what it does not know is refused (`additionalProperties: false`).
import { z } from 'zod';
import { Refusal } from './refusal';
import { variableSchema } from './variables';

const variables = z.array(variableSchema).nullable();
const sequenceId = z.int();
const inReplyToMessageId = z.string().optional();
const reply = { sequenceId, inReplyToMessageId };

const responseOptions = z
  .strictObject({
    variables: z
      .strictObject({
        include: z.boolean(),
        onlyChanged: z.boolean(),
        filter: z.array(z.string()).nullable().optional(),
      })
      .optional(),
    metrics: z.boolean().optional(),
    intents: z.boolean().optional(),
    entities: z.boolean().optional(),
  })
  .optional();

/** Body of a session's start. */
export const startSchema = z.strictObject({
  externalSessionKey: z.string().min(1),
  message: z.strictObject({ text: z.string().optional() }).optional(),
  forceConfig: z.strictObject({ endpoint: z.url({ protocol: /^https?$/ }) }),
  responseOptions,
  tz: z.string().nullable().optional(),
  variables: variables.optional(),
  // The one schema of the vendor's that lets more members pass.
  referrers: z
    .array(
      z.object({
        type: z.enum(['Salesforce:Core:Bot:Id', 'Salesforce:BotRuntime:Session:Id']),
        value: z.string(),
      }),
    )
    .nullable()
    .optional(),
});

/** Body of a message. */
export const messageSchema = z.strictObject({
  message: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('text'), ...reply, text: z.string() }),
    z
      .strictObject({
        type: z.literal('choice'),
        ...reply,
        choiceIndex: z.int().nullable().optional(),
        choiceId: z.string().nullable().optional(),
      })
      .refine(
        ({ choiceIndex, choiceId }) => typeof choiceIndex === 'number' || typeof choiceId === 'string',
        {
          message: 'either choiceIndex or choiceId is required',
        },
      ),
    z.strictObject({ type: z.literal('transferSucceeded'), ...reply }),
    z.strictObject({
      type: z.literal('transferFailed'),
      ...reply,
      reason: z.enum(['NoAgentAvailable', 'Error']),
      description: z.string().nullable().optional(),
    }),
    z.strictObject({ type: z.literal('redirect'), ...reply, dialogId: z.string() }),
    z.strictObject({ type: z.literal('setVariables'), sequenceId, variables }),
  ]),
  responseOptions,
});

/** Values of `X-Session-End-Reason`. */
export const END_REASONS = ['UserRequest', 'Transfer', 'Expiration', 'Error', 'Other'] as const;

/** A session's start. */
export type StartBody = z.output<typeof startSchema>;
/** A message with what its answer shall hold. */
export type MessageBody = z.output<typeof messageSchema>;
/** A message. */
export type MessageIn = MessageBody['message'];
/** What an answer shall hold. */
export type ResponseOptions = StartBody['responseOptions'];

/** @throws Refusal 400 */
export function checked<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const read = schema.safeParse(body);
  if (!read.success) throw new Refusal(400, z.prettifyError(read.error));
  return read.data;
}
