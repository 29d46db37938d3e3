// The bot's request at the border: what may be asked for, and how much of it.
import { z } from 'zod';
import type { EscalationInput, EscalationReason, EscalationRequest } from '../domain/request';
import { NAME_RULES } from './names';
import { assertSameType } from './same-type';
import { idSchema, MAX_ID_LENGTH, MAX_MESSAGE_BYTES, textSchema } from './text';

/** Largest request, in bytes of its JSON. */
export const MAX_REQUEST_BYTES = 65_536;
/** Most variables of the bot's context in a request. */
export const MAX_VARIABLES = 100;
/** Most messages that a bot hands over to be posted. */
export const MAX_LAST_MESSAGES = 20;
/** Most lines of the conversation before the handoff. */
export const MAX_TRANSCRIPT_LINES = 100;
/** Most messages that a bot may say it has sent. */
export const MAX_PRECEDING_MESSAGES = 100;

const REASONS = ['user_request', 'error', 'configured'] as const satisfies readonly EscalationReason[];

/** Text, number, truth value or null; vendors know no others. */
export const variableSchema = z.union([textSchema(MAX_MESSAGE_BYTES), z.number(), z.boolean(), z.null()]);

const variableName = textSchema(100).min(1);

const messageSchema = z.strictObject({ id: idSchema, text: textSchema(MAX_MESSAGE_BYTES).min(1) });

/** Every id that a bot chose must be its own: the same id twice would be one message. */
function haveDistinctIds(messages: readonly { readonly id: string }[]): boolean {
  return new Set(messages.map(({ id }) => id)).size === messages.length;
}

/** One request; unknown members are refused, so that a mistyped one is noticed. */
export const escalationRequestSchema = z
  .strictObject({
    requestId: idSchema,
    integration: z.string().min(1).max(100),
    variables: z.exactOptional(
      z
        .record(variableName, variableSchema)
        .refine(
          (all) => Object.keys(all).length <= MAX_VARIABLES,
          `holds more than ${MAX_VARIABLES} variables`,
        )
        .readonly(),
    ),
    lastMessages: z.exactOptional(
      z
        .array(messageSchema)
        .max(MAX_LAST_MESSAGES)
        .refine(haveDistinctIds, 'has two messages with the same id')
        .readonly(),
    ),
    precedingMessages: z.exactOptional(z.int().min(0).max(MAX_PRECEDING_MESSAGES)),
    intent: z.exactOptional(textSchema(MAX_ID_LENGTH * 5)),
    userMessage: z.exactOptional(textSchema(MAX_MESSAGE_BYTES)),
    reason: z.exactOptional(z.enum(REASONS)),
    transcript: z.exactOptional(
      z
        .array(z.strictObject({ from: z.enum(['user', 'bot']), text: textSchema(MAX_MESSAGE_BYTES) }))
        .max(MAX_TRANSCRIPT_LINES)
        .readonly()
        .meta({ description: 'What the agent gets to read of the conversation so far, oldest first.' }),
    ),
    summary: z.exactOptional(
      textSchema(MAX_MESSAGE_BYTES).meta({ description: 'The conversation so far in a few sentences.' }),
    ),
  })
  .refine(
    (request) => Buffer.byteLength(JSON.stringify(request)) <= MAX_REQUEST_BYTES,
    `is larger than ${MAX_REQUEST_BYTES} bytes`,
  );

assertSameType<z.output<typeof escalationRequestSchema>, EscalationRequest>(true);

/** The conversation's id, as the platform of the bot gives it. */
export const conversationIdSchema = idSchema;

/** What starts the workflow. */
export const escalationInputSchema = z.strictObject({
  tenant: z.string().regex(NAME_RULES.tenants.is, NAME_RULES.tenants.message),
  conversationId: conversationIdSchema,
  request: z.exactOptional(escalationRequestSchema),
});

assertSameType<z.output<typeof escalationInputSchema>, EscalationInput>(true);
