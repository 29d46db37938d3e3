// Webhooks of desks: verified by the platform's own rules over the exact bytes, turned into neutral events, signalled.
// Nothing else happens before the answer.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { conversationIdSchema } from '../../contract/request';
import { BatonError } from '../../domain/errors';
import { createUnverifiedLimit } from '../access/unverified-limit';
import type { RouteAdder } from '../http/add-route';
import { inboundOf, keepBodiesRaw } from '../http/raw-body';
import type { Metrics } from '../metrics';
import type { GatewayDeps } from '../settings';
import type { Escalations } from '../temporal/escalations';
import type { Typing } from '../typing';
import { createWebhookReader, type VerifiedWebhook } from '../webhooks/read-webhook';
import { createTakenEvents, type TakenEvents } from '../webhooks/taken-events';

/** An event's id is the platform's; a log line has no more of it. */
const LOGGED_ID_CHARS = 200;

/** What the routes need. */
export interface WebhookRouteDeps extends Pick<GatewayDeps, 'configuration' | 'platforms' | 'log'> {
  readonly escalations: Pick<Escalations, 'deskWord'>;
  readonly typing: Typing;
  readonly metrics: Pick<Metrics, 'event'>;
  /** Adds routes to a scope of the app. */
  readonly routesOf: (scope: FastifyInstance) => RouteAdder;
}

/** Adds both forms of the route, in a scope of their own: their bodies are kept raw, since signatures are over bytes. */
export function addWebhookRoutes(app: FastifyInstance, deps: WebhookRouteDeps): void {
  const reader = createWebhookReader(deps);
  const memory = createTakenEvents();
  const unverified = createUnverifiedLimit();
  const take = async (request: FastifyRequest, connector: string, tenant?: string): Promise<number> => {
    try {
      return await takeEvents(deps, memory, reader.read(connector, inboundOf(request), tenant));
    } catch (error) {
      throw (isUnverified(error) && (await unverified(request))) || error;
    }
  };
  void app.register((scope) => {
    keepBodiesRaw(scope);
    const routes = deps.routesOf(scope);
    routes.add('takeWebhook', async ({ path, request, reply }) =>
      reply.code(202).send({ accepted: await take(request, path.connector) }),
    );
    routes.add('takeWebhookOfTenant', async ({ path, request, reply }) =>
      reply.code(202).send({ accepted: await take(request, path.connector, path.tenant) }),
    );
    return Promise.resolve();
  });
}

/** How many events an open escalation has, from this delivery or an earlier one. */
async function takeEvents(
  { escalations, typing, metrics, log }: WebhookRouteDeps,
  memory: TakenEvents,
  { tenant, connector, platform, events, typing: writers }: VerifiedWebhook,
): Promise<number> {
  let accepted = 0;
  for (const { conversationId, writes } of writers) typing.toUser({ tenant, conversationId }, writes);
  // One after the other: their order is the desk's.
  for (const event of events) {
    const { conversationId } = event;
    const fate = await memory.once([tenant, connector, event.id], () =>
      isTaken(conversationId, () => escalations.deskWord(tenant, connector, event)),
    );
    metrics.event(platform, fate);
    if (fate !== 'unmatched') accepted += 1;
    else {
      const eventId = event.id.slice(0, LOGGED_ID_CHARS);
      const fields = { event: 'gateway.event_unmatched', tenant, connector, eventId, kind: event.word.kind };
      log.info(fields, 'no open escalation takes the event');
    }
  }
  return accepted;
}

/** An escalation that is over, or never was, takes no event. The desk is told 2xx all the same, or it would send it for ever. */
async function isTaken(conversationId: string, signal: () => Promise<void>): Promise<boolean> {
  // What can be no id of a conversation is none of an escalation; Temporal may not even take it.
  if (!conversationIdSchema.safeParse(conversationId).success) return false;
  try {
    await signal();
    return true;
  } catch (error) {
    if (error instanceof BatonError && error.code === 'ESC_ESCALATION_NOT_FOUND') return false;
    throw error;
  }
}

function isUnverified(error: unknown): boolean {
  return error instanceof BatonError && error.code === 'ESC_WEBHOOK_UNAUTHORIZED';
}
