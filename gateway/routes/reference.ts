// The OpenAPI document and the page to read it on. The page comes from this process alone: no other host is asked, and
// its Content-Security-Policy would not let it.
import { createHash } from 'node:crypto';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { openApiDocument, type OpenApiDocument } from '../../contract/http/openapi';
import type { RouteAdder } from '../http/add-route';

const CACHE_CONTROL = 'public, max-age=60';

/** Everything from here, no inline scripts or styles; nobody may frame it. `data:` are the icons in its style sheet. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Adds `/openapi.json` and `/docs`. */
export function addReferenceRoutes(app: FastifyInstance, routes: RouteAdder): void {
  const document = openApiDocument();
  const text = JSON.stringify(document);
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  routes.add('openapi', ({ headers, reply }) => {
    void reply.header('etag', etag).header('cache-control', CACHE_CONTROL);
    if (isCurrent(headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type('application/json').send(text);
  });
  void app.register((scope) => addPage(scope, document));
}

async function addPage(scope: FastifyInstance, document: OpenApiDocument): Promise<void> {
  scope.addHook('onSend', async (_request, reply) => {
    void reply.headers(PAGE_HEADERS);
  });
  await scope.register(swagger, { mode: 'static', specification: { document: document as never } });
  await scope.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: 'Baton: HTTP API' },
    uiConfig: {
      // No bar to load another document, no key kept in the browser.
      layout: 'BaseLayout',
      persistAuthorization: false,
      displayOperationId: true,
      docExpansion: 'list',
    },
  });
}

function isCurrent(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
