// /openapi.json and /docs: the document as it is committed, and a page that needs nothing but this gateway.
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '../../contract/http/openapi';
import { createGateway } from '../../gateway/create-gateway';
import { DEFAULT_GATEWAY } from '../../contract/gateway';

let app: FastifyInstance;
let url: string;
let connection: Connection;

beforeAll(async () => {
  connection = Connection.lazy({ address: '127.0.0.1:1' });
  app = createGateway({
    configuration: { version: 1, tenants: {}, gateway: DEFAULT_GATEWAY } as never,
    platforms: {},
    client: new Client({ connection }),
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore } as never,
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app?.close();
  await connection?.close();
});

describe('GET /openapi.json', () => {
  it('answers the document that is made from the table of routes, to anybody', async () => {
    const answer = await fetch(`${url}/openapi.json`);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  it('answers 304 to whoever has it already', async () => {
    const etag = (await fetch(`${url}/openapi.json`)).headers.get('etag') ?? '';

    const [same, weak, other] = await Promise.all(
      [etag, `"old", W/${etag}`, '"old"'].map((tag) =>
        fetch(`${url}/openapi.json`, { headers: { 'if-none-match': tag } }),
      ),
    );

    expect([same?.status, weak?.status, other?.status]).toEqual([304, 304, 200]);
    expect(same?.headers.get('etag')).toBe(etag);
    expect(same?.headers.get('cache-control')).toContain('max-age=');
  });
});

describe('GET /docs', () => {
  it('is a page whose every file comes from this gateway and is allowed by its policy', async () => {
    const page = await fetch(`${url}/docs`);
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);

    expect(html).toContain('<title>Baton: HTTP API</title>');
    expect(files.length).toBeGreaterThanOrEqual(5);
    for (const file of files) {
      expect(file).toMatch(/^\/docs\//);
      const answer = await fetch(new URL(file, url));
      expect([file, answer.status]).toEqual([file, 200]);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style="|onload=/);
  });

  it('lets the browser load nothing from elsewhere, run nothing inline, and be framed by nobody', async () => {
    for (const path of ['/docs', '/docs/static/swagger-initializer.js']) {
      const { headers } = await fetch(`${url}${path}`);
      const policy = headers.get('content-security-policy') ?? '';

      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('reads the same document', async () => {
    const document = await (await fetch(`${url}/docs/json`)).json();

    expect(document).toEqual(await (await fetch(`${url}/openapi.json`)).json());
  });

  it('keeps no key in the browser and asks no validator on the internet', async () => {
    const script = await (await fetch(`${url}/docs/static/swagger-initializer.js`)).text();

    expect(script).toContain('"persistAuthorization":false');
    expect(script).toContain('validatorUrl: null');
    expect(script).not.toContain('queryConfigEnabled');
  });

  it('leaves the policy of other routes alone', async () => {
    const { headers } = await fetch(`${url}/healthz`);

    expect(headers.get('content-security-policy')).toBeNull();
  });
});

function ignore(): void {
  // Nothing here is about the log.
}
