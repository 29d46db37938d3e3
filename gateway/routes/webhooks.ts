// Webhooks of desks: verified by the platform's own rules over the exact bytes, turned into neutral events, signalled.
// Nothing else happens before the answer.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { conversationIdSchema } from '../../contract/request';
import { BatonError } from '../../domain/errors';
import type { InboundRequest } from '../../platforms/platform';
import { createRateLimit, createShards } from '../access/rate-limit';
import { networkOf } from '../access/remote-network';
import type { RouteAdder } from '../http/add-route';
import type { Metrics } from '../metrics';
import type { GatewayDeps } from '../settings';
import type { Escalations } from '../temporal/escalations';
import type { Typing } from '../typing';
import { createWebhookReader, type VerifiedWebhook } from '../webhooks/read-webhook';
import { createTakenEvents, type TakenEvents } from '../webhooks/taken-events';

/** Bad signatures from one address in a minute before the answer is 429. Good ones always pass. */
export const BAD_SIGNATURES_ALLOWED = 60;
const MINUTE_MS = 60_000;
const ADDRESS_SHARDS = 16_384;
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
  const limited = createBadSignatureLimit();
  const take = async (request: FastifyRequest, connector: string, tenant?: string): Promise<number> => {
    try {
      return await takeEvents(deps, memory, reader.read(connector, inboundOf(request), tenant));
    } catch (error) {
      throw await limited(error, request);
    }
  };
  void app.register((scope) => {
    scope.removeAllContentTypeParsers();
    // Of any type: the platform's own parser says what it can read.
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
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

/** Counts a bad signature of its address, and makes it 429 beyond the limit. */
function createBadSignatureLimit(): (error: unknown, request: FastifyRequest) => Promise<unknown> {
  const limit = createRateLimit({ requests: BAD_SIGNATURES_ALLOWED, perMs: MINUTE_MS });
  const shardOf = createShards(ADDRESS_SHARDS);
  return async (error, { socket }) => {
    if (!(error instanceof BatonError) || error.code !== 'ESC_WEBHOOK_UNAUTHORIZED') return error;
    const { allowed, resetMs } = await limit.take(String(shardOf(networkOf(socket.remoteAddress))));
    const detail = 'too many webhooks from this address that could not be verified';
    return allowed ? error : new BatonError('ESC_RATE_LIMITED', detail, { retryAfterMs: resetMs });
  };
}

function inboundOf({ headers, body }: FastifyRequest): InboundRequest {
  return {
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    ),
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    receivedAt: Date.now(),
  };
}
