// Requests of platforms, whose signatures are over bytes: their bodies are kept as they came, of whatever type. The
// platform's own parser says what it can read.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { InboundRequest } from '../../platforms/platform';

/** Keeps the bodies of a scope's routes raw. */
export function keepBodiesRaw(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** The request as a platform reads it. */
export function inboundOf({ headers, body }: FastifyRequest): InboundRequest {
  return {
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    ),
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    receivedAt: Date.now(),
  };
}
