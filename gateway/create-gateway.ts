// The HTTP face of Baton: bot backends and platform webhooks in, Temporal client out.
import Fastify, { type FastifyInstance } from 'fastify';
import { createAccess } from './access/create-access';
import { createRouteAdder } from './http/add-route';
import { problemOf, sendProblem } from './http/problem';
import { createMetrics } from './metrics';
import { addEscalationRoutes } from './routes/escalations';
import { addOperationRoutes } from './routes/operation';
import { addReferenceRoutes } from './routes/reference';
import { addWebhookRoutes } from './routes/webhooks';
import type { GatewayDeps } from './settings';
import { createEscalations } from './temporal/escalations';

/** Largest body, in bytes; a request itself may have 64 KB. */
const BODY_LIMIT = 256 * 1024;

/** The gateway as a Fastify instance that does not listen yet. */
export function createGateway(deps: GatewayDeps): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    connectionTimeout: 70_000,
    genReqId: () => crypto.randomUUID(),
    routerOptions: { maxParamLength: 600 },
  });
  const metrics = createMetrics();
  const escalations = createEscalations(deps);
  app.setErrorHandler(async (error, request, reply) => {
    const { code } = problemOf(error, request.id);
    metrics.refused(code);
    const where = code === 'ESC_INTERNAL' ? { fault: nameOf(error), at: framesOf(error) } : {};
    deps.log.warn(
      { event: 'gateway.refused', requestId: request.id, route: request.routeOptions.url, code, ...where },
      'request refused',
    );
    await sendProblem(reply, error);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, { statusCode: 404 }));
  const access = createAccess(deps.configuration);
  const routes = createRouteAdder(app, { access, admit: () => Promise.resolve() });
  addEscalationRoutes(routes, escalations);
  addWebhookRoutes(app, deps, escalations);
  addOperationRoutes(routes, escalations, metrics);
  addReferenceRoutes(app, routes);
  return app;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Where an unexpected error came from, without its message: that may quote what somebody wrote. */
function framesOf(error: unknown): readonly string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
