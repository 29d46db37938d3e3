// Health and counters: alive when the process answers, ready when Temporal has answered it.
import type { RouteAdder } from '../http/add-route';
import type { Metrics } from '../metrics';
import type { Escalations } from '../temporal/escalations';

/** Adds `/healthz`, `/readyz` and `/metrics`. */
export function addOperationRoutes(routes: RouteAdder, escalations: Escalations, metrics: Metrics): void {
  routes.add('health', () => ({ status: 'ok' }));
  routes.add('readiness', async ({ reply }) => {
    const temporal = await escalations.ping();
    return reply.code(temporal ? 200 : 503).send({ temporal, workers: temporal });
  });
  routes.add('metrics', async ({ reply }) => reply.type(metrics.contentType).send(await metrics.text()));
}
