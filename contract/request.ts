// The bot's request at the border: what may be asked for, and how much of it.
import { z } from 'zod';
import { TYPED_VARIABLE_TYPES } from '../domain/bot-session';
import { MAX_TARGETS, MAX_TYPED_VARIABLES } from '../domain/guards';
import type { EscalationInput, EscalationReason, EscalationRequest } from '../domain/request';
import { NAME_RULES } from './names';
import { assertSameType } from './same-type';
import { isPlainJson, MAX_VALUE_DEPTH } from '../domain/typed-variables';
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

/** A variable with its type. Whether its value fits is for the bot that gets it to judge. */
export const typedVariableSchema = z
  .strictObject({
    name: variableName,
    type: z.enum(TYPED_VARIABLE_TYPES),
    value: z
      .unknown()
      .refine((value) => isPlainJson(value), `is no JSON of at most ${MAX_VALUE_DEPTH} levels`),
  })
  .meta({
    id: 'TypedVariable',
    description:
      '`date` is `YYYY-MM-DD`, `dateTime` local ISO 8601, `money` such as `USD 10.40`, `ref` an id, `object` a list of variables, `list` a list of `{type, value}`; null is empty.',
  });

/** Variables with their types. */
export const typedVariablesSchema = z.array(typedVariableSchema).max(MAX_TYPED_VARIABLES).readonly();

/** Why the bot escalates. */
export const reasonSchema = z.enum(REASONS);

/** The conversation before the handoff, oldest first. */
export const transcriptSchema = z
  .array(z.strictObject({ from: z.enum(['user', 'bot']), text: textSchema(MAX_MESSAGE_BYTES) }))
  .max(MAX_TRANSCRIPT_LINES)
  .readonly()
  .meta({ description: 'What the agent gets to read of the conversation so far, oldest first.' });

/** A target that the bot names; which kinds are taken is for the integration to say. */
const requestedTargetSchema = z.strictObject({
  kind: idSchema.meta({
    description: 'A kind of target, such as `bot`, `queue`, `agent`, `skill` or `flow`.',
  }),
  id: textSchema(MAX_ID_LENGTH),
});

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
    reason: z.exactOptional(reasonSchema),
    transcript: z.exactOptional(transcriptSchema),
    summary: z.exactOptional(
      textSchema(MAX_MESSAGE_BYTES).meta({ description: 'The conversation so far in a few sentences.' }),
    ),
    targets: z.exactOptional(
      z.array(requestedTargetSchema).max(MAX_TARGETS).readonly().meta({
        description:
          'Targets that the bot names itself, in its order: they are the ladder, if the integration has `requestedTargets`. Empty: the attempt fails.',
      }),
    ),
    typedVariables: z.exactOptional(
      typedVariablesSchema.meta({ description: 'For a receiving bot, which gets each as what it was.' }),
    ),
    origin: z.exactOptional(
      z
        .strictObject({ botId: z.exactOptional(idSchema), sessionId: z.exactOptional(idSchema) })
        .meta({ description: 'Where the conversation comes from, for a receiving bot.' }),
    ),
  })
  .refine(
    (request) => Buffer.byteLength(JSON.stringify(request)) <= MAX_REQUEST_BYTES,
    `is larger than ${MAX_REQUEST_BYTES} bytes`,
  );

/** What may come over Baton's own API: a bot's platform alone says how it is called back. */
assertSameType<z.output<typeof escalationRequestSchema>, Omit<EscalationRequest, 'botState'>>(true);

/** The conversation's id, as the platform of the bot gives it. */
export const conversationIdSchema = idSchema;

/** What starts the workflow. */
export const escalationInputSchema = z.strictObject({
  tenant: z.string().regex(NAME_RULES.tenants.is, NAME_RULES.tenants.message),
  conversationId: conversationIdSchema,
  request: z.exactOptional(escalationRequestSchema),
});

assertSameType<z.output<typeof escalationInputSchema>, EscalationInput>(true);
