// Bodies of the gateway's answers. What leaves a route is checked against these in tests, and openapi.json is made
// from them.
import { z } from 'zod';
import type { SessionPhase } from '../../domain/bot-session-messages';
import { ERRORS, type ErrorCode } from '../../domain/errors';
import { NOTICE_TYPES } from '../../domain/notice';
import { FAILURE_REASONS } from '../../domain/outcome';
import { chatEndSchema, targetSchema } from '../notice';
import { reasonSchema, variableSchema } from '../request';
import { idSchema } from '../text';

const SESSION_PHASES = [
  'idle',
  'talking',
  'handing_off',
  'handed_off',
  'over',
] as const satisfies readonly SessionPhase[];

const count = z.int().min(0);
const rungIndex = count.meta({ description: 'Index of the rung in the ladder, from 0.' });

/** An instant as ISO 8601 in UTC. */
export const instantSchema = z.iso
  .datetime()
  .meta({ description: 'ISO 8601, UTC.', example: '2026-11-21T09:30:00.000Z' });

/** Who may speak to the user. */
export const ownerSchema = z.enum(['bot', 'baton', 'agent']).meta({ id: 'Owner' });

/** How an attempt ended. */
export const outcomeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('connected'), rung: rungIndex, agentId: z.exactOptional(z.string()) }),
    z.strictObject({ kind: z.literal('queued_only'), rung: rungIndex }),
    z.strictObject({
      kind: z.literal('failed'),
      reason: z.enum(FAILURE_REASONS),
      detail: z.exactOptional(z.string()),
    }),
    z.strictObject({ kind: z.literal('abandoned') }),
    z.strictObject({ kind: z.literal('cancelled'), by: z.enum(['bot', 'operator']) }),
  ])
  .meta({ id: 'Outcome', description: 'How an attempt ended.' });

const laneSchema = z.strictObject({ carried: count, undelivered: count, waiting: count });

const relaySchema = z.strictObject({
  toAgent: laneSchema,
  toUser: laneSchema,
  agentName: z.exactOptional(z.string()),
  ended: z.exactOptional(
    z.strictObject({ by: chatEndSchema.shape.by, reason: chatEndSchema.shape.reason, at: instantSchema }),
  ),
});

/** Of `POST /v1/escalations`. */
export const takenSchema = z
  .strictObject({
    conversationId: idSchema,
    requestId: idSchema,
    taken: z.enum(['started', 'asked', 'known']).meta({
      description:
        '`started`: a new escalation; `asked`: the open one has the request; `known`: it was worked on before, in an escalation that is over.',
    }),
    workflowId: z.string(),
    url: z.string().meta({ description: 'Path of the escalation.' }),
    result: z
      .exactOptional(z.strictObject({ attempt: count, outcome: outcomeSchema }))
      .meta({ description: 'Only with `Prefer: wait`: how the attempt ended.' }),
  })
  .meta({ id: 'Taken' });

/** Of `GET /v1/escalations/{conversationId}`. */
export const escalationSchema = z
  .strictObject({
    conversationId: idSchema,
    status: z.enum(['open', 'closed']),
    phase: z.enum(['planning', 'delaying', 'requested', 'queued', 'connected', 'awaiting_bot', 'closed']),
    owner: ownerSchema,
    epoch: count,
    attempt: count.meta({ description: 'The request being worked on: 1 for the first.' }),
    requestId: z.exactOptional(idSchema),
    integration: z.exactOptional(z.string()),
    reason: z.exactOptional(reasonSchema).meta({ description: 'Why the bot escalates, where it tells.' }),
    rung: z.exactOptional(rungIndex),
    rungs: z.exactOptional(count.meta({ description: 'How many rungs the ladder has.' })),
    target: z.exactOptional(targetSchema),
    waiting: z
      .exactOptional(z.strictObject({ for: z.string(), until: instantSchema }))
      .meta({ description: 'What the escalation waits for, and the deadline.' }),
    outcome: z.exactOptional(outcomeSchema),
    result: z
      .exactOptional(
        z.strictObject({
          data: z.exactOptional(z.record(z.string(), variableSchema).readonly()),
          error: z.exactOptional(z.string()),
        }),
      )
      .meta({ description: 'What the Transform Result Script and the custom data fields made.' }),
    relay: z
      .exactOptional(relaySchema)
      .meta({ description: 'The chat between user and agent, where Baton carries their messages.' }),
    attempts: z
      .array(z.strictObject({ requestId: z.string(), attempt: count, outcome: outcomeSchema }))
      .readonly(),
    url: z.string(),
  })
  .meta({ id: 'Escalation' });

/** One of a list: what Temporal's visibility store knows, a moment behind. */
export const listedEscalationSchema = z
  .strictObject({
    conversationId: idSchema,
    status: z.enum(['open', 'closed']),
    phase: z.exactOptional(z.enum(['transferring', 'awaiting_bot', 'closed'])),
    outcome: z.exactOptional(
      z
        .string()
        .meta({ description: '`connected`, `queued_only`, `abandoned`, `cancelled` or `failed:<reason>`.' }),
    ),
    platform: z.exactOptional(z.string()),
    skill: z.exactOptional(z.string()),
    attempt: z.exactOptional(count),
    startedAt: instantSchema,
    closedAt: z.exactOptional(instantSchema),
    url: z.string(),
  })
  .meta({ id: 'ListedEscalation' });

/** Of `GET /v1/escalations`. */
export const escalationListSchema = z
  .strictObject({
    escalations: z.array(listedEscalationSchema).readonly(),
    nextCursor: z.exactOptional(z.string().meta({ description: 'Absent on the last page.' })),
  })
  .meta({ id: 'EscalationList' });

/** Of `GET …/explain`. */
export const explanationSchema = z
  .looseObject({
    status: z.looseObject({}),
    story: z.array(z.looseObject({ at: count, event: z.string(), attempt: count })).readonly(),
    transfers: z.array(z.looseObject({ transferId: z.string() })).readonly(),
    deadLetters: z.array(z.strictObject({ at: count, signal: z.string(), problem: z.string() })).readonly(),
  })
  .meta({ id: 'Explanation', description: 'For the person on call. Members may be added.' });

/** Of a signal that was taken. */
export const acceptedSchema = z
  .strictObject({ accepted: z.string() })
  .meta({ id: 'Accepted', description: 'Temporal has it.' });

/** Of `POST /v1/triggers/einstein-bots`. */
export const handedOverSchema = z
  .strictObject({
    conversationId: idSchema,
    url: z.string().meta({ description: 'Path of the escalation, which begins in a moment.' }),
    sessionUrl: z.string().meta({ description: 'Path of the session with the bot.' }),
  })
  .meta({ id: 'HandedOver' });

/** Of `GET /v1/sessions/{conversationId}`. */
export const botSessionSchema = z
  .strictObject({
    conversationId: idSchema,
    bot: z.string().meta({ description: 'The bot in the configuration.' }),
    phase: z.enum(SESSION_PHASES).meta({
      description:
        '`idle`, `over`: the next message of the user begins a session with the bot; `handing_off`: an escalation is asked for; `handed_off`: somebody else has the user.',
    }),
    connector: z.exactOptional(z.string()),
    botId: z.exactOptional(
      z.string().meta({ description: 'The bot at its platform that has the user now.' }),
    ),
    sequence: count.meta({ description: 'The last sequence number that was used.' }),
    hops: count.meta({ description: 'How many bots have taken over from another, one after the other.' }),
    requestId: z.exactOptional(z.string().meta({ description: "The escalation's, while there is one." })),
    reason: z.exactOptional(reasonSchema),
    waiting: count.meta({ description: 'Messages of the user that wait for their turn.' }),
    movedAt: instantSchema,
    story: z
      .array(z.strictObject({ at: instantSchema, event: z.string(), detail: z.exactOptional(z.string()) }))
      .readonly(),
    url: z.string(),
    escalationUrl: z.string().meta({ description: 'Path of the escalation, if there has been one.' }),
  })
  .meta({ id: 'BotSession' });

/** Of a webhook. */
export const eventsTakenSchema = z
  .strictObject({
    accepted: count.meta({
      description:
        'How many events an open escalation has taken, now or when they came before; the others are counted and logged.',
    }),
  })
  .meta({ id: 'EventsTaken' });

/** Of `GET /v1/conversations/{conversationId}/owner` and whatever changes it. */
export const ownershipSchema = z
  .strictObject({
    conversationId: idSchema,
    owner: ownerSchema,
    epoch: count.meta({ description: 'Grows by one with every change of owner.' }),
  })
  .meta({ id: 'Ownership' });

/** Of `POST /v1/conversations/{conversationId}/messages`. */
export const postedSchema = z
  .strictObject({ conversationId: idSchema, messageId: idSchema, posted: z.literal(true), epoch: count })
  .meta({ id: 'Posted' });

/** Of `GET /healthz`. */
export const healthSchema = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });

/** Of `GET /readyz`. */
export const readinessSchema = z
  .strictObject({
    temporal: z.boolean(),
    workers: z.boolean().meta({ description: 'Whether workers poll. Requests are accepted without them.' }),
  })
  .meta({ id: 'Readiness' });

/** An event of a stream; `data` is JSON, the same as the body of a webhook. */
export const streamedEventSchema = z
  .strictObject({
    id: z.string().meta({ description: 'Send the last one as `Last-Event-ID` to go on after it.' }),
    event: z.enum(NOTICE_TYPES).meta({ description: "The notice's type." }),
    data: z.string().meta({
      description: 'The notice, as JSON on one line.',
      contentMediaType: 'application/json',
      contentSchema: { $ref: '#/components/schemas/Notice' },
    }),
    retry: z.exactOptional(count).meta({ description: 'Milliseconds to wait before connecting again.' }),
  })
  .meta({
    id: 'StreamedEvent',
    description:
      'Each event of the stream: lines `id:`, `event:` and `data:`, then an empty line. Lines that begin with `:` are comments, which keep the connection open.',
  });

/** Of `GET /openapi.json`. */
export const openApiSchema = z.looseObject({ openapi: z.string(), info: z.looseObject({}) });

/** Problem details (RFC 9457). */
export const problemSchema = z
  .looseObject({
    type: z.string().meta({ example: 'urn:baton:problem:ESC_REQUEST_INVALID' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.exactOptional(z.string()),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]).meta({
      description: 'Stable: branch on this. docs/errors.md has all of them.',
    }),
    remedy: z.string(),
    requestId: z.string().meta({ description: "The gateway's id of this call, as its log has it." }),
    errors: z
      .exactOptional(z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).readonly())
      .meta({ description: 'Faults of a request, by JSON Pointer into the body or by name of a parameter.' }),
  })
  .meta({ id: 'Problem' });
