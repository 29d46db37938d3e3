// The HTTP face of Baton: bot backends and platform webhooks in, Temporal client out.
import Fastify, { type FastifyInstance } from 'fastify';
import { createAccounts } from '../activities/accounts';
import { DEFAULT_GATEWAY } from '../contract/gateway';
import { createPassages } from '../temporal/passages';
import { createAccess } from './access/create-access';
import { createGate } from './access/gate';
import { createRouteAdder, type RouteAdder } from './http/add-route';
import { guardBorder } from './http/border';
import { closeUnused, CONNECTION_LIMITS, connectionOptions, MAX_HEADERS } from './http/connections';
import { answerRefusals, refuse } from './http/refusals';
import { createMetrics, type Metrics } from './metrics';
import { addBotRoutes } from './routes/bots';
import { addChatRoutes } from './routes/chats';
import { addConversationRoutes } from './routes/conversations';
import { addEscalationRoutes } from './routes/escalations';
import { addEventRoutes } from './routes/events';
import { addListRoute } from './routes/list';
import { addOperationRoutes } from './routes/operation';
import { addReferenceRoutes } from './routes/reference';
import { addSessionRoutes } from './routes/sessions';
import { addWebhookRoutes } from './routes/webhooks';
import type { GatewayDeps } from './settings';
import { createConversations } from './temporal/conversations';
import { createEscalations } from './temporal/escalations';
import { createIdempotency } from './temporal/idempotency';
import { createReadiness } from './temporal/readiness';
import { createSessions } from './temporal/sessions';
import { createTyping } from './typing';

/** Largest body, in bytes, where a route has no limit of its own; a request itself may have 64 KB. */
const BODY_LIMIT = 256 * 1024;

/** The gateway as a Fastify instance that does not listen yet. */
export function createGateway(deps: GatewayDeps): FastifyInstance {
  const { log, connectionLimits = CONNECTION_LIMITS } = deps;
  const { maxConnections, corsOrigins, rateLimit } = deps.configuration.gateway ?? DEFAULT_GATEWAY;
  const metrics = createMetrics();
  const app = Fastify({
    ...connectionOptions(connectionLimits, (code) => metrics.refused(code)),
    bodyLimit: BODY_LIMIT,
    genReqId: () => crypto.randomUUID(),
    routerOptions: { maxParamLength: 600 },
    frameworkErrors: (error, request, reply) => void refuse(error, request, reply, { log, metrics }),
    // What comes on an open connection while it closes is still answered.
    return503OnClosing: false,
  });
  app.server.maxConnections = maxConnections;
  app.server.maxHeadersCount = MAX_HEADERS + 1;
  closeUnused(app);
  guardBorder(app, corsOrigins);
  answerRefusals(app, { log, metrics });
  countAnswers(app, metrics);
  const escalations = createEscalations(deps);
  const access = createAccess(deps);
  app.addHook('onClose', () => access.close());
  const gate = createGate(access, { rateLimit });
  const routesOf = (scope: FastifyInstance): RouteAdder => createRouteAdder(scope, gate);
  const routes = routesOf(app);
  addEscalationRoutes(routes, escalations, createIdempotency(deps));
  addListRoute(routes, deps);
  addConversationRoutes(routes, deps, createConversations(deps));
  addEventRoutes(routes, deps, metrics);
  const accounts = createAccounts(deps);
  app.addHook('onClose', () => accounts.close());
  const typing = createTyping({ ...deps, accounts });
  addChatRoutes(routes, deps, escalations, typing);
  addWebhookRoutes(app, { ...deps, escalations, typing, metrics, routesOf });
  addBotRoutes(app, { ...deps, escalations, passages: createPassages(deps), typing, metrics, routesOf });
  addSessionRoutes(routes, deps, createSessions(deps));
  addOperationRoutes(routes, createReadiness(deps.client), metrics);
  addReferenceRoutes(app, routes);
  return app;
}

function countAnswers(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    // The template, never the path: that holds ids, and whoever calls chooses it.
    const route = routeOptions.url ?? 'unknown';
    metrics.answered({ method, route, status: statusCode, seconds: elapsedTime / 1_000 });
  });
}
