// What callers send to the gateway: paths, queries, headers and bodies.
import { z } from 'zod';
import { FAILURE_REASONS } from '../../domain/outcome';
import { isPlainJson } from '../../domain/typed-variables';
import { NAME_RULES } from '../names';
import { attachmentSchema } from '../notice';
import {
  conversationIdSchema,
  escalationRequestSchema,
  reasonSchema,
  transcriptSchema,
  typedVariablesSchema,
} from '../request';
import { idSchema, MAX_MESSAGE_BYTES, textSchema } from '../text';
import { instantSchema } from './answers';

/** Longest `Prefer: wait`, in seconds. */
export const MAX_WAIT_S = 60;
/** How deep the answer of a bot may be nested. */
const MAX_RESPONSE_DEPTH = 32;
/** Most escalations of one page. */
export const MAX_PAGE = 100;

const name = (section: keyof typeof NAME_RULES): z.ZodString =>
  z.string().regex(NAME_RULES[section].is, NAME_RULES[section].message);

const conversationId = conversationIdSchema.meta({
  description: "The conversation's id, as the platform of the bot gives it.",
  example: '1a8d0345-8835',
});

/** Body of `POST /v1/escalations`. */
export const startBody = escalationRequestSchema.safeExtend({ conversationId }).meta({ id: 'Start' });

/** Headers of `POST /v1/escalations`. */
export const startHeaders = z.object({
  'idempotency-key': z.exactOptional(
    z
      .string()
      .regex(
        /^(?:"[\x21\x23-\x5b\x5d-\x7e]{1,255}"|[\x21\x23-\x5b\x5d-\x7e]{1,255})$/,
        'is not 1 to 255 printable characters without spaces',
      )
      .meta({
        description:
          'A key of your choice for this very request (draft-ietf-httpapi-idempotency-key-header). The same key and body get the same answer, however often it is sent.',
      }),
  ),
  prefer: z.exactOptional(
    z
      .string()
      .max(200)
      .meta({
        description: `\`wait=N\`: answer with how the attempt ended if that takes at most N seconds, ${MAX_WAIT_S} at most (RFC 7240).`,
        example: 'wait=20',
      }),
  ),
});

/** A conversation in a path. */
export const conversationPath = z.object({ conversationId });

/** A notice of an escalation in a path. */
export const noticePath = z.object({
  conversationId,
  sequence: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(1_000_000)
    .meta({ description: 'Number of the notice: 1 is the first.' }),
});

/** Query of `GET /v1/escalations`. */
export const listQuery = z.object({
  status: z.exactOptional(z.enum(['open', 'closed'])),
  phase: z.exactOptional(z.enum(['transferring', 'awaiting_bot', 'closed'])),
  outcome: z.exactOptional(
    z
      .enum([
        'connected',
        'queued_only',
        'abandoned',
        'cancelled',
        'failed',
        ...FAILURE_REASONS.map((reason) => `failed:${reason}` as const),
      ])
      .meta({ description: '`failed` stands for every reason.' }),
  ),
  platform: z.exactOptional(idSchema),
  skill: z.exactOptional(
    idSchema.meta({ description: 'Target id of the rung asked first, or of the one that answered.' }),
  ),
  conversationId: z.exactOptional(conversationId),
  startedAfter: z.exactOptional(instantSchema),
  startedBefore: z.exactOptional(instantSchema),
  limit: z.coerce.number<string>().int().min(1).max(MAX_PAGE).prefault('20'),
  cursor: z.exactOptional(
    z
      .string()
      .min(1)
      .max(4_000)
      .meta({ description: '`nextCursor` of the page before, with the same filters.' }),
  ),
});

/** Headers of `GET …/events`. */
export const eventsHeaders = z.object({
  'last-event-id': z.exactOptional(
    z
      .string()
      .max(200)
      .regex(
        /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/\d{1,9})?$/,
        'is no id of an event of this stream',
      )
      .meta({ description: 'The `id` of the last event that arrived: the stream goes on after it.' }),
  ),
});

/** Body of `POST /v1/conversations/{conversationId}/messages`. */
export const sayBody = z
  .strictObject({
    bot: z.exactOptional(
      name('bots').meta({
        description: 'The bot in the configuration. May be left out if the tenant has one.',
      }),
    ),
    epoch: z.int().min(0).meta({ description: 'The epoch under which the bot owns the conversation.' }),
    id: idSchema.meta({ description: "The bot's id of the message: the same id again is the same message." }),
    text: textSchema(MAX_MESSAGE_BYTES).min(1),
  })
  .meta({ id: 'Say' });

/** Body of `POST /v1/conversations/{conversationId}/user-messages`. */
export const userMessageBody = z
  .strictObject({
    id: idSchema.meta({
      description: "The platform's id of the message: the same id again is the same message.",
    }),
    text: z.exactOptional(textSchema(MAX_MESSAGE_BYTES).min(1)),
    attachment: z.exactOptional(
      attachmentSchema.meta({ description: 'A file by reference; Baton never holds its bytes.' }),
    ),
  })
  .refine(
    ({ text, attachment }) => text !== undefined || attachment !== undefined,
    'has neither text nor attachment',
  )
  .meta({ id: 'UserMessage', anyOf: [{ required: ['text'] }, { required: ['attachment'] }] });

/** Body of `POST /v1/conversations/{conversationId}/typing`. */
export const typingBody = z
  .strictObject({ writes: z.boolean().meta({ description: 'The user has begun, or stopped, to write.' }) })
  .meta({ id: 'Typing' });

/** Body of `POST /v1/conversations/{conversationId}/return`. */
export const returnBody = z
  .strictObject({ epoch: z.int().min(0).meta({ description: "The conversation's current epoch." }) })
  .meta({ id: 'Return' });

const sessionBot = z.exactOptional(
  name('bots').meta({
    description: 'The bot in the configuration. May be left out if the tenant has one.',
  }),
);

/** Body of `POST /v1/sessions/{conversationId}/messages`. */
export const sessionMessageBody = z
  .strictObject({
    bot: sessionBot,
    id: idSchema.meta({
      description: "The client's id of the message: the same id again is the same message.",
    }),
    text: z.exactOptional(textSchema(MAX_MESSAGE_BYTES).min(1)),
    choiceId: z.exactOptional(
      idSchema.meta({ description: 'Instead of a text: one of the choices that the bot gave.' }),
    ),
    variables: z.exactOptional(
      typedVariablesSchema.meta({
        description: 'For the bot, if a session begins with this message; else they are not used.',
      }),
    ),
  })
  .refine(({ text, choiceId }) => text === undefined || choiceId === undefined, 'has both text and choiceId')
  .meta({ id: 'SessionMessage', not: { required: ['text', 'choiceId'] } });

/** Body of `POST /v1/triggers/einstein-bots`. */
export const einsteinTriggerBody = z
  .strictObject({
    conversationId,
    bot: sessionBot,
    sessionId: z.exactOptional(
      idSchema.meta({
        description:
          "The session at the bot's platform. Needed with the answer to a message, which does not name it.",
      }),
    ),
    response: z
      .record(z.string(), z.unknown())
      .readonly()
      .refine((value) => isPlainJson(value, MAX_RESPONSE_DEPTH), 'is nested too deep')
      .meta({
        description:
          "The bot's answer, as it came: the whole response envelope. It has an `escalate` message.",
      }),
    runtimeCrc: z.exactOptional(
      textSchema(500).meta({ description: 'Of the header `X-Runtime-CRC` of that answer, if it had one.' }),
    ),
    lastSequenceId: z.exactOptional(
      z.int().min(0).meta({
        description:
          'The last `sequenceId` that you have sent; Baton counts on from there. May be left out if the answer is to that message.',
      }),
    ),
    botId: z.exactOptional(
      idSchema.meta({ description: 'The bot at its platform. May be left out if it is the configured one.' }),
    ),
    reason: z.exactOptional(reasonSchema),
    transcript: z.exactOptional(transcriptSchema),
  })
  .meta({ id: 'EinsteinTrigger' });

/** Headers of `GET /openapi.json`. */
export const conditionalHeaders = z.object({
  'if-none-match': z.exactOptional(
    z.string().max(1_000).meta({ description: '`ETag` of the copy at hand.' }),
  ),
});

/** A bot in a path, and what its platform calls below it. */
export const botPath = z.object({
  tenant: z.string().max(100),
  bot: z.string().max(100),
  path: z
    .string()
    .max(4_000)
    .meta({ description: "All that follows, as the bot's platform has it; slashes too." }),
});

/** A connector in a webhook's path. */
export const connectorPath = z.object({ connector: z.string().max(100) });

/** The same with its tenant. */
export const tenantConnectorPath = z.object({ tenant: z.string().max(100), connector: z.string().max(100) });
