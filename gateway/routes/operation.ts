// Health and counters: alive when the process answers, ready when Temporal has answered it.
import type { RouteAdder } from '../http/add-route';
import type { Metrics } from '../metrics';
import type { Readiness } from '../temporal/readiness';

/** Adds `/healthz`, `/readyz` and `/metrics`. */
export function addOperationRoutes(
  routes: RouteAdder,
  readiness: () => Promise<Readiness>,
  metrics: Metrics,
): void {
  routes.add('health', () => ({ status: 'ok' }));
  routes.add('readiness', async ({ reply }) => {
    const { temporal, workers } = await readiness();
    return reply.code(temporal ? 200 : 503).send({ temporal, workers });
  });
  routes.add('metrics', async ({ reply }) => reply.type(metrics.contentType).send(await metrics.text()));
}
