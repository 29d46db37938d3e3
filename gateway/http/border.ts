// What holds for every call, whatever its route: how many headers it may have, what bodies are read, what its answer
// says to browsers and caches.
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { BatonError } from '../../domain/errors';
import { MAX_HEADERS } from './connections';

/** What pages of other origins may send and read besides the simplest. */
const REQUEST_HEADERS = ['authorization', 'content-type', 'idempotency-key', 'last-event-id', 'prefer'];
const ANSWER_HEADERS = [
  'idempotency-replayed',
  'location',
  'preference-applied',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
];
const PREFLIGHT_MAX_AGE_S = 600;

/** Sets it up. `corsOrigins` empty: no page of another origin may read an answer. */
export function guardBorder(app: FastifyInstance, corsOrigins: readonly string[]): void {
  app.addHook('onRequest', async ({ raw }, reply) => {
    void reply.header('x-content-type-options', 'nosniff');
    // Whatever may be kept says so itself.
    void reply.header('cache-control', 'no-store');
    if (raw.rawHeaders.length > 2 * MAX_HEADERS)
      throw new BatonError('ESC_HEADERS_TOO_LARGE', `more than ${MAX_HEADERS} headers`);
  });
  readJsonOnly(app);
  if (corsOrigins.length > 0) allowOrigins(app, corsOrigins);
}

/** JSON, or nothing at all; a route that needs a body misses it by its schema. */
function readJsonOnly(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parseJson(request, body, done);
  });
}

function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  void app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: ANSWER_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_S,
    // A preflight carries no key, by the Fetch standard, and is answered before anybody asks for one.
    preflight: true,
    strictPreflight: false,
  });
}
