// The routes by which a bot starts an escalation, and anybody sees and stops it.
import {
  acceptedSchema,
  escalationListSchema,
  escalationSchema,
  explanationSchema,
  streamedEventSchema,
  takenSchema,
} from '../answers';
import type { HeaderName } from '../headers';
import {
  conversationPath,
  eventsHeaders,
  listQuery,
  noticePath,
  startBody,
  startHeaders,
} from '../questions';
import { defineRoutes } from '../route';

const OF_THE_ESCALATION = ['getEscalation', 'explainEscalation', 'cancelEscalation', 'userLeft', 'getOwner'];
const TAKEN_HEADERS: readonly HeaderName[] = ['Location', 'Idempotency-Replayed'];

/** Rows of the table. */
export const ESCALATION_ROUTES = defineRoutes({
  startEscalation: {
    operationId: 'startEscalation',
    method: 'POST',
    url: '/v1/escalations',
    tag: 'Escalations',
    summary: 'Start an escalation, or ask again after a failure',
    description:
      'Answered as soon as Temporal has the request, even while no worker runs. The same `requestId` again is the same request; while one is worked on, another is answered with the running one.',
    caller: 'tenant',
    headers: startHeaders,
    body: startBody,
    answers: {
      202: {
        description: 'Taken; it will be worked on.',
        schema: takenSchema,
        headers: [...TAKEN_HEADERS, 'Preference-Applied'],
        links: OF_THE_ESCALATION,
      },
      200: {
        description: 'Only with `Prefer: wait`: the attempt has ended.',
        schema: takenSchema,
        headers: [...TAKEN_HEADERS, 'Preference-Applied'],
        links: OF_THE_ESCALATION,
      },
    },
    problems: ['ESC_PLAN_UNKNOWN_INTEGRATION', 'ESC_IDEMPOTENCY_MISMATCH', 'ESC_IDEMPOTENCY_IN_PROGRESS'],
  },
  listEscalations: {
    operationId: 'listEscalations',
    method: 'GET',
    url: '/v1/escalations',
    tag: 'Escalations',
    summary: "List the tenant's escalations, the latest first",
    description:
      'From the visibility store of Temporal, which is a moment behind. Open ones by their start, then closed ones by their end. A conversation that escalated more than once is listed as often; its `url` is that of the latest. A page may hold fewer than `limit` and lead to another all the same.',
    caller: 'tenant',
    query: listQuery,
    answers: { 200: { description: 'A page.', schema: escalationListSchema } },
  },
  getEscalation: {
    operationId: 'getEscalation',
    method: 'GET',
    url: '/v1/escalations/{conversationId}',
    tag: 'Escalations',
    summary: "Where the conversation's open, or else latest, escalation stands",
    caller: 'tenant',
    path: conversationPath,
    answers: { 200: { description: 'The escalation.', schema: escalationSchema } },
    problems: ['ESC_ESCALATION_NOT_FOUND', 'ESC_NO_WORKER'],
  },
  explainEscalation: {
    operationId: 'explainEscalation',
    method: 'GET',
    url: '/v1/escalations/{conversationId}/explain',
    tag: 'Escalations',
    summary: 'What was tried, and why not',
    caller: 'tenant',
    path: conversationPath,
    answers: { 200: { description: 'The story.', schema: explanationSchema } },
    problems: ['ESC_ESCALATION_NOT_FOUND', 'ESC_NO_WORKER'],
  },
  streamEvents: {
    operationId: 'streamEvents',
    method: 'GET',
    url: '/v1/escalations/{conversationId}/events',
    tag: 'Escalations',
    summary: 'The notices of the escalation as they come (server-sent events)',
    description:
      'From the first to the last, each with the payload that a webhook has; `event` is its type. The stream ends with the escalation; asked again after its last event it answers 204, which ends an EventSource.',
    caller: 'tenant',
    path: conversationPath,
    headers: eventsHeaders,
    answers: {
      200: { description: 'The stream.', schema: streamedEventSchema, contentType: 'text/event-stream' },
      204: { description: 'The escalation is over and nothing comes after `Last-Event-ID`.' },
    },
    problems: ['ESC_ESCALATION_NOT_FOUND', 'ESC_TOO_MANY_STREAMS', 'ESC_NO_WORKER'],
  },
  cancelEscalation: {
    operationId: 'cancelEscalation',
    method: 'POST',
    url: '/v1/escalations/{conversationId}/cancel',
    tag: 'Escalations',
    summary: 'The bot takes the handoff back',
    caller: 'tenant',
    path: conversationPath,
    answers: { 202: { description: 'Signalled.', schema: acceptedSchema } },
    problems: ['ESC_ESCALATION_NOT_FOUND', 'ESC_NO_WORKER'],
  },
  userLeft: {
    operationId: 'userLeft',
    method: 'POST',
    url: '/v1/escalations/{conversationId}/user-left',
    tag: 'Escalations',
    summary: 'The user has left the conversation',
    caller: 'tenant',
    path: conversationPath,
    answers: { 202: { description: 'Signalled.', schema: acceptedSchema } },
    problems: ['ESC_ESCALATION_NOT_FOUND', 'ESC_NO_WORKER'],
  },
  redeliverNotice: {
    operationId: 'redeliverNotice',
    method: 'POST',
    url: '/v1/escalations/{conversationId}/notices/{sequence}/redeliver',
    tag: 'Escalations',
    summary: 'Send a notice to the bot again, with the same `webhook-id`',
    caller: 'tenant',
    path: noticePath,
    answers: { 202: { description: 'It is being sent.', schema: acceptedSchema } },
    problems: ['ESC_ESCALATION_NOT_FOUND', 'ESC_NOTICE_NOT_FOUND', 'ESC_NO_WORKER'],
  },
});
