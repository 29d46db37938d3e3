// A notice over HTTP, at the border: the body of a webhook and the data of a streamed event, each type with what it
// has. contract/notice.schema.json is made from it.
import { z } from 'zod';
import { NOTICE_VERSION, type NoticeEnvelope, type NoticeType } from '../domain/notice';
import { FAILURE_REASONS } from '../domain/outcome';
import { chatEndSchema, noticeSchema, targetSchema, transcriptLineSchema } from './notice';
import { variableSchema } from './request';
import { assertSameType } from './same-type';
import { idSchema } from './text';

const count = z.int().min(0);
const instant = z.iso.datetime().meta({ description: 'ISO 8601, UTC.' });
const progress = z.literal(true).meta({
  description: 'The attempt is still worked on: this is not how it ended.',
});
const target = targetSchema.meta({ description: 'The target that this is about.' });
const agentId = z.exactOptional(
  idSchema.meta({ description: 'The human who joined, where the platform tells.' }),
);
const reason = z.enum(FAILURE_REASONS).meta({
  description: 'Why the attempt failed: that of the last target tried. Branch on it.',
});
const detail = z.exactOptional(
  z.string().max(4_000).meta({ description: 'For people: more about the reason, without texts of users.' }),
);

/** What the notice of any type has. */
const common = {
  noticeId: z.string().min(1).max(1_000).meta({
    description: 'The same on every delivery of this notice, also on those that somebody asked for.',
  }),
  sequence: z.int().min(1).meta({
    description:
      'Its number in the escalation, from 1. Numbers are missing where the bot does not ask for progress, or a newer position was known.',
  }),
  conversationId: idSchema,
  requestId: idSchema.meta({ description: "The bot's id of the request that this is about." }),
  attempt: z.int().min(1).meta({ description: '1 for the first request of the escalation.' }),
  epoch: count.meta({ description: 'Ownership epoch: the bot speaks under this one, if it may.' }),
};

/** What the Transform Result Script and the custom data fields made. */
const result = {
  data: z.exactOptional(
    z
      .record(z.string(), variableSchema)
      .readonly()
      .meta({ description: 'Custom data fields and variables that the Transform Result Script set.' }),
  ),
  dataError: z.exactOptional(
    z.string().max(4_000).meta({
      description:
        'Why there is less data: the code of the error, and what the script said. The handoff went on without it.',
    }),
  ),
};

function envelope<T extends NoticeType, S extends z.ZodRawShape>(type: T, description: string, data: S) {
  return z
    .object({
      type: z.literal(type),
      version: z.literal(NOTICE_VERSION),
      timestamp: instant.meta({ description: 'When it happened, not when it was sent. ISO 8601, UTC.' }),
      data: z.object({ ...common, ...data }),
    })
    .meta({ title: type, description });
}

/**
 * One envelope, told apart by `type`. Members that it does not know are dropped: a version may get more of them.
 */
export const noticeEnvelopeSchema = z.discriminatedUnion('type', [
  envelope('escalation.accepted', 'Baton works on the request. Progress.', { progress }),
  envelope(
    'escalation.queued',
    'The desk has it. Progress; without `progress` it is how the attempt ended: the desk can never tell whether a human joins.',
    { progress: z.exactOptional(progress), target, ...result },
  ),
  envelope('escalation.position', 'The place in the queue has changed. Progress.', {
    progress,
    target,
    position: count.meta({ description: 'Place in the queue as the desk counts: 1 is next.' }),
    waitMs: z.exactOptional(
      count.meta({ description: 'Expected wait in milliseconds, where the desk tells.' }),
    ),
  }),
  envelope('escalation.connected', 'A human joined. The agent owns the conversation.', {
    target,
    agentId,
    relayed: z.exactOptional(
      z.literal(true).meta({
        description: 'Baton carries the messages between user and agent; `escalation.returned` will follow.',
      }),
    ),
    ...result,
  }),
  envelope('escalation.failed', 'Nobody took over. The bot may ask again.', {
    reason,
    detail,
    noticesLeft: count.meta({ description: 'How many more of these may follow before it ends for good.' }),
    askAgainBy: instant.meta({ description: 'Until when the bot may ask again. ISO 8601, UTC.' }),
    ...result,
  }),
  envelope('escalation.abandoned', 'The user left.', result),
  envelope('escalation.cancelled', 'The bot took it back, or an operator cancelled it.', result),
  envelope(
    'escalation.returned',
    'The human is done: the bot owns the conversation again. Only where Baton carried the messages.',
    {
      ended: z
        .object({ by: chatEndSchema.shape.by, reason: chatEndSchema.shape.reason, at: instant })
        .meta({ description: 'Who ended the time with the human, why and when.' }),
      transcript: z
        .array(
          z.object({
            ...transcriptLineSchema.shape,
            at: instant,
          }),
        )
        .readonly()
        .meta({ description: 'What was said with the human, oldest first, as masked.' }),
      transcriptOmitted: z.exactOptional(
        count.meta({ description: 'Lines before those, left out because of their size.' }),
      ),
    },
  ),
  envelope('escalation.ended', 'Nobody took over, and the bot may not ask again. The user was told.', {
    reason,
    detail,
    ...result,
  }),
]);

type Output = z.output<typeof noticeEnvelopeSchema>;
type MembersOf<T> = T extends unknown ? keyof T : never;

assertSameType<Output extends NoticeEnvelope ? true : false, true>(true);
assertSameType<Output['type'], NoticeType>(true);
assertSameType<MembersOf<Output['data']>, MembersOf<NoticeEnvelope['data']>>(true);

/** The JSON Schema of the envelope, draft 2020-12. It allows further members, as receivers must. */
export function noticeJsonSchema(): object {
  return {
    $id: `urn:baton:notice:${NOTICE_VERSION}`,
    title: 'A notice of Baton over HTTP',
    description: 'Body of a signed webhook and data of a streamed event; see docs/notices.md.',
    ...openSchema(noticeEnvelopeSchema),
  };
}

/** The JSON Schema of the notice as a Temporal signal carries it. */
export function noticeSignalJsonSchema(): object {
  return {
    $id: `urn:baton:notice-signal:${NOTICE_VERSION}`,
    title: 'A notice of Baton as the argument of a Temporal signal',
    description: 'Instants are epoch milliseconds; see docs/notices.md.',
    ...openSchema(noticeSchema),
  };
}

function openSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      // Of TypeScript's `readonly`, and of how zod treats what it does not know: neither is said of JSON.
      delete jsonSchema.readOnly;
      // Receivers need not check ids, and not every language knows these patterns.
      delete jsonSchema.pattern;
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}
