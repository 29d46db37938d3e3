// Webhooks of desks: verified by the platform's own rules over the exact bytes, turned into neutral events, signalled.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { assertNever } from '../../domain/assert-never';
import type { ConnectorConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import type { DeskPlatform } from '../../platforms/platform';
import type { Escalations } from '../temporal/escalations';
import { InvalidRequest } from '../http/problem';
import type { GatewayDeps } from '../settings';

interface ByConnector {
  Params: { tenant: string; connector: string };
}

/** Adds the route. Its body is kept raw: signatures are over bytes. */
export function addWebhookRoutes(app: FastifyInstance, deps: GatewayDeps, escalations: Escalations): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post<ByConnector>('/v1/webhooks/:tenant/:connector', async (request, reply) => {
      const { tenant, connector } = request.params;
      let accepted = 0;
      for (const { conversationId, ...event } of readEvents(deps, request)) {
        const key = { tenant, conversationId };
        if (await isTaken(escalations.deskEvent(key, { ...event, connector }))) accepted += 1;
        else deps.log.info({ event: 'gateway.event_too_late', tenant, connector }, 'no open escalation');
      }
      return reply.code(202).send({ accepted });
    });
    return Promise.resolve();
  });
}

/** An escalation that is over takes no event. The desk is told 2xx all the same, or it would send it for ever. */
async function isTaken(signalled: Promise<void>): Promise<boolean> {
  try {
    await signalled;
    return true;
  } catch (error) {
    if (error instanceof BatonError && error.code === 'ESC_ESCALATION_NOT_FOUND') return false;
    throw error;
  }
}

function readEvents(deps: GatewayDeps, request: FastifyRequest<ByConnector>) {
  const { connector, read } = readerOf(deps, request.params);
  const result = read(connector, {
    headers: flatten(request.headers),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    receivedAt: Date.now(),
  });
  switch (result.kind) {
    case 'events':
      return result.events;
    case 'unauthorized':
      throw new BatonError('ESC_WEBHOOK_UNAUTHORIZED', `connector ${request.params.connector}`);
    case 'invalid':
      throw new InvalidRequest([{ pointer: '', detail: result.detail }]);
    default:
      return assertNever(result);
  }
}

/** An unknown tenant or connector answers like a bad signature: it is nobody's business which exist. */
function readerOf(
  deps: GatewayDeps,
  { tenant, connector: name }: ByConnector['Params'],
): { connector: ConnectorConfiguration; read: NonNullable<DeskPlatform['readInbound']> } {
  const connectors = own(deps.configuration.tenants, tenant)?.connectors;
  const connector = connectors && own(connectors, name);
  const desk = connector && deps.platforms[connector.platform]?.desk;
  if (!connector || !desk?.readInbound) throw new BatonError('ESC_WEBHOOK_UNAUTHORIZED', `connector ${name}`);
  return {
    connector,
    read: (from, inbound) => desk.readInbound?.(from, inbound) ?? { kind: 'unauthorized' },
  };
}

function own<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function flatten(headers: FastifyRequest['headers']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
