// The routes that platforms call, each verified by its own signature.
import type { ErrorCode } from '../../../domain/errors';
import { eventsTakenSchema } from '../answers';
import { botPath, connectorPath, tenantConnectorPath } from '../questions';
import { defineRoutes, type RouteAnswer } from '../route';

const BOT_CALL =
  "Which paths there are, how a call is verified and what it is answered with is the platform's: docs/platforms has a page for each. Bots whose platform calls nobody have none.";
/** Some platforms send the whole context of a dialog with each event; what is kept of it is bounded by itself. */
const BOT_CALL_BYTES = 1024 * 1024;
const BOT_ANSWER: RouteAnswer = { description: "In the platform's own form." };
const BOT_PROBLEMS: readonly ErrorCode[] = ['ESC_PLAN_UNKNOWN_INTEGRATION', 'ESC_NO_WORKER'];

/** Rows of the table. */
export const WEBHOOK_ROUTES = defineRoutes({
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
});
