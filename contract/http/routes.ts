// Every route of the gateway, described once: what it takes, what it answers, who may call it. The gateway makes its
// routes from this table and openapi.json is made from it too, so that neither can know one that the other does not.
import type { z } from 'zod';
import {
  acceptedSchema,
  botSessionSchema,
  escalationListSchema,
  escalationSchema,
  eventsTakenSchema,
  explanationSchema,
  handedOverSchema,
  healthSchema,
  openApiSchema,
  ownershipSchema,
  postedSchema,
  readinessSchema,
  streamedEventSchema,
  takenSchema,
} from './answers';
import type { ErrorCode } from '../../domain/errors';
import type { HeaderName } from './headers';
import {
  botPath,
  conditionalHeaders,
  connectorPath,
  conversationPath,
  einsteinTriggerBody,
  eventsHeaders,
  listQuery,
  noticePath,
  returnBody,
  sayBody,
  sessionMessageBody,
  startBody,
  startHeaders,
  tenantConnectorPath,
  typingBody,
  userMessageBody,
} from './questions';

/** One answer of a route: JSON by a schema, another content type, or no body. */
export interface RouteAnswer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** @default application/json if there is a schema */
  readonly contentType?: string;
  readonly headers?: readonly HeaderName[];
  /** Operations that take this answer's `conversationId`. */
  readonly links?: readonly string[];
}

/** Who may call: a tenant's key or token, an operator's key, a platform by its own signature, or anybody. */
export type RouteCaller = 'tenant' | 'operator' | 'platform' | 'anybody';

/** One route. */
export interface RouteDescription {
  readonly operationId: string;
  readonly method: 'GET' | 'POST';
  /** With `{name}` for what {@link path} describes. */
  readonly url: string;
  /** The last name in the url, if it stands for all that follows: slashes too. */
  readonly rest?: string;
  readonly tag: 'Escalations' | 'Conversations' | 'Sessions' | 'Webhooks' | 'Operation';
  readonly summary: string;
  readonly description?: string;
  readonly caller: RouteCaller;
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Largest body, in bytes. @default 262144 */
  readonly maxBodyBytes?: number;
  /** By status. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** Answers of other statuses, which somebody else chooses. */
  readonly otherAnswers?: RouteAnswer;
  /** What can be no name in its path is answered with; see {@link unknownOf}. */
  readonly unknown?: ErrorCode;
  /** Problems of its own, besides those that its caller, body and Temporal bring; see {@link problemsOf}. */
  readonly problems?: readonly ErrorCode[];
}

/** Of the API as a whole; within `/v1` only what is compatible changes. */
export const API_VERSION = '1.0.0';

const OF_THE_ESCALATION = ['getEscalation', 'explainEscalation', 'cancelEscalation', 'userLeft', 'getOwner'];
const OF_THE_SESSION = ['getSession', 'endSession', 'getEscalation'];
const BOT_CALL =
  "Which paths there are, how a call is verified and what it is answered with is the platform's: docs/platforms has a page for each. Bots whose platform calls nobody have none.";
/** Some platforms send the whole context of a dialog with each event; what is kept of it is bounded by itself. */
const BOT_CALL_BYTES = 1024 * 1024;
const BOT_ANSWER: RouteAnswer = { description: "In the platform's own form." };
const BOT_PROBLEMS: readonly ErrorCode[] = ['ESC_PLAN_UNKNOWN_INTEGRATION', 'ESC_NO_WORKER'];
const TAKEN_HEADERS: readonly HeaderName[] = ['Location', 'Idempotency-Replayed'];

const define = <T extends Record<string, RouteDescription>>(routes: T): T => routes;

/** The table. */
export const ROUTES = define({
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
  getOwner: {
    operationId: 'getOwner',
    method: 'GET',
    url: '/v1/conversations/{conversationId}/owner',
    tag: 'Conversations',
    summary: 'Who may speak to the user now',
    description: 'A conversation that Baton has never seen is owned by its bot under epoch 0.',
    caller: 'tenant',
    path: conversationPath,
    answers: { 200: { description: 'The owner.', schema: ownershipSchema } },
    problems: ['ESC_NO_WORKER'],
  },
  postMessage: {
    operationId: 'postMessage',
    method: 'POST',
    url: '/v1/conversations/{conversationId}/messages',
    tag: 'Conversations',
    summary: 'The bot says something to the user, if it still owns the conversation',
    description:
      'Checked at the time of posting: no handoff begins between the check and the post. Refused with the current owner otherwise.',
    caller: 'tenant',
    path: conversationPath,
    body: sayBody,
    answers: { 200: { description: 'The user has it.', schema: postedSchema } },
    problems: [
      'ESC_NOT_OWNER',
      'ESC_CONVERSATION_GONE',
      'ESC_MESSAGE_NOT_POSTED',
      'ESC_CONFIG_UNKNOWN_NAME',
      'ESC_NO_WORKER',
    ],
  },
  postUserMessage: {
    operationId: 'postUserMessage',
    method: 'POST',
    url: '/v1/conversations/{conversationId}/user-messages',
    tag: 'Conversations',
    summary: 'The user wrote something while a human is on the way, or there',
    description:
      'Kept until a human is there, then carried in order, each message once. For bots whose platform does not carry it itself.',
    caller: 'tenant',
    path: conversationPath,
    body: userMessageBody,
    answers: { 202: { description: 'Temporal has it.', schema: acceptedSchema } },
    problems: ['ESC_NO_HANDOFF', 'ESC_NO_WORKER'],
  },
  postTyping: {
    operationId: 'postTyping',
    method: 'POST',
    url: '/v1/conversations/{conversationId}/typing',
    tag: 'Conversations',
    summary: 'The user has begun, or stopped, to write',
    description:
      'Shown to the agent where the desk shows such a thing. Tried once, kept nowhere, and never refused: an indicator is not worth an error.',
    caller: 'tenant',
    path: conversationPath,
    body: typingBody,
    answers: { 202: { description: 'Passed on, if there is anybody to see it.', schema: acceptedSchema } },
  },
  returnConversation: {
    operationId: 'returnConversation',
    method: 'POST',
    url: '/v1/conversations/{conversationId}/return',
    tag: 'Conversations',
    summary: 'The agent is done and the platform gave the conversation back to the bot',
    description: 'For platforms that carry the conversation themselves, so that Baton does not see its end.',
    caller: 'tenant',
    path: conversationPath,
    body: returnBody,
    answers: { 200: { description: 'The bot owns it.', schema: ownershipSchema } },
    problems: ['ESC_NOT_OWNER', 'ESC_NO_WORKER'],
  },
  triggerEinsteinBots: {
    operationId: 'triggerEinsteinBots',
    method: 'POST',
    url: '/v1/triggers/einstein-bots',
    tag: 'Sessions',
    summary: 'Hand over the answer of an Einstein bot that escalates, and the session with it',
    description:
      "For clients that speak to the bot themselves. Baton does what the bot's `escalate` message asks for, tells the bot how it went and ends the session. The same answer again is the same.",
    caller: 'tenant',
    body: einsteinTriggerBody,
    answers: {
      202: { description: 'Temporal has it.', schema: handedOverSchema, links: OF_THE_SESSION },
    },
    problems: ['ESC_BOT_WITHOUT_SESSIONS', 'ESC_CONFIG_UNKNOWN_NAME'],
  },
  sendSessionMessage: {
    operationId: 'sendSessionMessage',
    method: 'POST',
    url: '/v1/sessions/{conversationId}/messages',
    tag: 'Sessions',
    summary: 'The user writes to a bot that Baton speaks to, or chooses',
    description:
      "The first message begins a session with the bot; one without text or choice lets the bot begin to speak. What the bot says is posted to the user as the bot's configuration has it. While somebody else has the user, the message goes there.",
    caller: 'tenant',
    path: conversationPath,
    body: sessionMessageBody,
    answers: { 202: { description: 'Temporal has it.', schema: acceptedSchema } },
    unknown: 'ESC_BOT_SESSION_NOT_FOUND',
    problems: ['ESC_BOT_WITHOUT_SESSIONS', 'ESC_CONFIG_UNKNOWN_NAME'],
  },
  getSession: {
    operationId: 'getSession',
    method: 'GET',
    url: '/v1/sessions/{conversationId}',
    tag: 'Sessions',
    summary: 'Where the conversation with the bot stands',
    caller: 'tenant',
    path: conversationPath,
    answers: { 200: { description: 'The session.', schema: botSessionSchema } },
    unknown: 'ESC_BOT_SESSION_NOT_FOUND',
    problems: ['ESC_NO_WORKER'],
  },
  endSession: {
    operationId: 'endSession',
    method: 'POST',
    url: '/v1/sessions/{conversationId}/end',
    tag: 'Sessions',
    summary: 'The user has left',
    description: 'Ends the session with the bot, and whatever the bot has asked for.',
    caller: 'tenant',
    path: conversationPath,
    answers: { 202: { description: 'Signalled.', schema: acceptedSchema } },
    unknown: 'ESC_BOT_SESSION_NOT_FOUND',
  },
  callBot: {
    operationId: 'callBot',
    method: 'POST',
    url: '/v1/bots/{tenant}/{bot}/{path}',
    rest: 'path',
    tag: 'Webhooks',
    summary: "A bot's platform says something, or asks for something",
    description: `${BOT_CALL} A body has at most 1 MB.`,
    caller: 'platform',
    path: botPath,
    maxBodyBytes: BOT_CALL_BYTES,
    answers: {},
    otherAnswers: BOT_ANSWER,
    unknown: 'ESC_ROUTE_NOT_FOUND',
    problems: BOT_PROBLEMS,
  },
  askBot: {
    operationId: 'askBot',
    method: 'GET',
    url: '/v1/bots/{tenant}/{bot}/{path}',
    rest: 'path',
    tag: 'Webhooks',
    summary: 'The same, where the platform uses GET',
    description: BOT_CALL,
    caller: 'platform',
    path: botPath,
    answers: {},
    otherAnswers: BOT_ANSWER,
    unknown: 'ESC_ROUTE_NOT_FOUND',
    problems: BOT_PROBLEMS,
  },
  takeWebhook: {
    operationId: 'takeWebhook',
    method: 'POST',
    url: '/v1/webhooks/{connector}',
    tag: 'Webhooks',
    summary: 'A platform says something about a transfer',
    description: "Verified by the platform's own rules; the connector's secret tells the tenant.",
    caller: 'platform',
    path: connectorPath,
    answers: { 202: { description: 'Taken.', schema: eventsTakenSchema } },
  },
  takeWebhookOfTenant: {
    operationId: 'takeWebhookOfTenant',
    method: 'POST',
    url: '/v1/webhooks/{tenant}/{connector}',
    tag: 'Webhooks',
    summary: 'The same, for a connector that is named together with its tenant',
    caller: 'platform',
    path: tenantConnectorPath,
    answers: { 202: { description: 'Taken.', schema: eventsTakenSchema } },
  },
  health: {
    operationId: 'health',
    method: 'GET',
    url: '/healthz',
    tag: 'Operation',
    summary: 'The process answers',
    caller: 'anybody',
    answers: { 200: { description: 'It does.', schema: healthSchema } },
  },
  readiness: {
    operationId: 'readiness',
    method: 'GET',
    url: '/readyz',
    tag: 'Operation',
    summary: 'Temporal answers, workers poll',
    description: 'Ready means that requests are accepted, for which Temporal is enough.',
    caller: 'anybody',
    answers: {
      200: { description: 'Ready.', schema: readinessSchema },
      503: { description: 'Temporal does not answer.', schema: readinessSchema },
    },
  },
  openapi: {
    operationId: 'openapi',
    method: 'GET',
    url: '/openapi.json',
    tag: 'Operation',
    summary: 'This document',
    description: 'As a page to read: `/docs`.',
    caller: 'anybody',
    headers: conditionalHeaders,
    answers: {
      200: {
        description: 'OpenAPI 3.1.',
        schema: openApiSchema,
        headers: ['ETag', 'Cache-Control'],
      },
      304: { description: 'What `If-None-Match` names is current.', headers: ['ETag', 'Cache-Control'] },
    },
  },
  metrics: {
    operationId: 'metrics',
    method: 'GET',
    url: '/metrics',
    tag: 'Operation',
    summary: 'Counters for Prometheus',
    caller: 'operator',
    answers: { 200: { description: 'In the text format.', contentType: 'text/plain' } },
  },
});

/** A route of {@link ROUTES}. */
export type RouteName = keyof typeof ROUTES;

const BY_CALLER: Readonly<Record<RouteCaller, readonly ErrorCode[]>> = {
  tenant: [
    'ESC_KEY_UNKNOWN',
    'ESC_IDENTITY_PROVIDER_UNAVAILABLE',
    'ESC_RATE_LIMITED',
    'ESC_TEMPORAL_UNAVAILABLE',
  ],
  operator: ['ESC_KEY_UNKNOWN', 'ESC_RATE_LIMITED'],
  platform: ['ESC_RATE_LIMITED', 'ESC_TEMPORAL_UNAVAILABLE'],
  anybody: [],
};

/** What a name that there is not in the path of a route is answered with. */
export function unknownOf({ unknown, caller }: RouteDescription): ErrorCode {
  return unknown ?? (caller === 'platform' ? 'ESC_WEBHOOK_UNAUTHORIZED' : 'ESC_ESCALATION_NOT_FOUND');
}

/** Every problem that a route may answer with. */
export function problemsOf(route: RouteDescription): readonly ErrorCode[] {
  const { method, caller, path, query, headers } = route;
  const holdsSomething =
    method === 'POST' || path !== undefined || query !== undefined || headers !== undefined;
  const problems: readonly (ErrorCode | false | undefined)[] = [
    holdsSomething && 'ESC_REQUEST_INVALID',
    'ESC_INTERNAL',
    ...BY_CALLER[caller],
    // What can be no id names nothing.
    path && unknownOf(route),
    method === 'POST' && 'ESC_REQUEST_TOO_LARGE',
    // A platform's body is read by the platform's rules.
    method === 'POST' && caller !== 'platform' && 'ESC_MEDIA_TYPE',
    ...(route.problems ?? []),
  ];
  return [...new Set(problems)].filter((code) => code !== undefined && code !== false);
}
