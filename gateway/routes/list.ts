// The route that lists a tenant's escalations.
import type { RouteAdder } from '../http/add-route';
import type { GatewayDeps } from '../settings';
import { listEscalations } from '../temporal/list';

/** Adds the route. */
export function addListRoute(routes: RouteAdder, deps: GatewayDeps): void {
  routes.add('listEscalations', ({ caller, query }) => listEscalations(deps, caller.tenant, query));
}
