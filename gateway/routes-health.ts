// Health: alive when the process answers, ready when Temporal has answered it.
import type { FastifyInstance } from 'fastify';
import type { Escalations } from './escalations';

/** Adds `/healthz` and `/readyz`. */
export function addHealthRoutes(app: FastifyInstance, escalations: Escalations): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const temporal = await escalations.ping();
    return reply.code(temporal ? 200 : 503).send({ temporal });
  });
}
