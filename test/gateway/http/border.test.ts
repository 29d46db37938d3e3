// What a gateway does with methods, bodies and pages of other origins, before any route is asked.
import { KEYS, openGateway, type OpenGateway } from '../../support/open-gateway';
import { callRaw, rawProblem } from '../../support/raw-call';

const ORIGIN = 'https://console.example';
let gateway: OpenGateway;
beforeAll(async () => {
  gateway = await openGateway({ gateway: { corsOrigins: [ORIGIN, 'http://localhost:5173'] } });
});
afterAll(() => gateway.close());

const post = (path: string, body?: string, type?: string): Promise<Response> =>
  gateway.call(path, {
    method: 'POST',
    key: KEYS.acme,
    ...(body !== undefined && { body }),
    ...(type !== undefined && { headers: { 'content-type': type } }),
  });
const problemIn = async (answer: Response): Promise<string> => {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  return `${answer.status} ${((await answer.json()) as { code: string }).code}`;
};

describe('a method', () => {
  it.each([
    ['DELETE', '/v1/escalations', 'GET, HEAD, POST'],
    ['PUT', '/v1/escalations/c1', 'GET, HEAD'],
    ['PATCH', '/v1/escalations/c1?x=1', 'GET, HEAD'],
    ['GET', '/v1/escalations/c1/cancel', 'POST'],
    ['POST', '/v1/escalations/c1/explain', 'GET, HEAD'],
    ['GET', '/v1/webhooks/desk', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/metrics', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])(
    'that a path does not take is answered 405 with those that it does: %s %s',
    async (method, path, allow) => {
      const answer = await gateway.call(path, { method, key: KEYS.acme });

      expect(answer.headers.get('allow')).toBe(allow);
      expect(await problemIn(answer)).toBe('405 ESC_METHOD_NOT_ALLOWED');
    },
  );

  it.each(['TRACE', 'PROPFIND', 'PURGE'])('that hardly anybody knows is answered 405: %s', async (method) => {
    const text = `${method} /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Canary: 1\r\n\r\n`;
    const answer = await callRaw(gateway.port, text);

    expect(rawProblem(answer)).toEqual({ status: 405, code: 'ESC_METHOD_NOT_ALLOWED' });
    expect(answer).not.toMatch(/canary/i);
  });

  it('that nobody knows is no HTTP', async () => {
    const answer = await callRaw(gateway.port, 'FETCH /healthz HTTP/1.1\r\nHost: x\r\n\r\n');

    expect(rawProblem(answer)).toEqual({ status: 400, code: 'ESC_REQUEST_INVALID' });
  });

  it('HEAD is answered like GET, without the body', async () => {
    const [head, get] = [await gateway.call('/healthz', { method: 'HEAD' }), await gateway.call('/healthz')];

    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    expect(await head.text()).toBe('');
    expect((await gateway.call('/metrics', { method: 'HEAD' })).status).toBe(401);
    expect((await gateway.call('/v1/escalations', { method: 'HEAD' })).status).toBe(401);
  });

  it('HEAD is not taken where the answer has no end', async () => {
    const answer = await gateway.call('/v1/escalations/c1/events', { method: 'HEAD', key: KEYS.acme });

    expect(answer.status).toBe(405);
  });

  it('OPTIONS without CORS is answered like any other that a path does not take', async () => {
    const plain = await openGateway();
    try {
      const answer = await plain.call('/v1/escalations', { method: 'OPTIONS' });

      expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
      expect(await problemIn(answer)).toBe('405 ESC_METHOD_NOT_ALLOWED');
    } finally {
      await plain.close();
    }
  });
});

describe('a path', () => {
  it.each(['/', '/v1', '/v1/', '/v1/nothing', '/v2/escalations', '/healthz/', '/HEALTHZ'])(
    'that there is not is answered 404: %s',
    async (path) => {
      expect(await problemIn(await gateway.call(path, { key: KEYS.acme }))).toBe('404 ESC_ROUTE_NOT_FOUND');
    },
  );

  it.each(['/v1/escalations/%ZZ', '/%', '/v1/escalations/%E0%A4%A'])(
    'that is malformed is answered 400: %s',
    async (path) => {
      const text = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

      expect(rawProblem(await callRaw(gateway.port, text))).toEqual({
        status: 400,
        code: 'ESC_REQUEST_INVALID',
      });
    },
  );

  it('that leaves its folder leads nowhere', async () => {
    for (const path of ['/docs/../../package.json', '/docs/static/..%2f..%2fpackage.json', '//healthz']) {
      const text = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

      expect(rawProblem(await callRaw(gateway.port, text)).status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('a body', () => {
  it.each([
    ['text', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['XML', 'application/xml'],
    ['something of its own', 'application/octet-stream'],
    ['nothing that there is', 'nonsense'],
  ])('that is %s is answered 415', async (_what, type) => {
    expect(await problemIn(await post('/v1/escalations', '{}', type))).toBe('415 ESC_MEDIA_TYPE');
  });

  it('that does not say what it is is answered 415', async () => {
    const head = `POST /v1/escalations HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${KEYS.acme}`;
    const answer = await callRaw(gateway.port, `${head}\r\nContent-Length: 2\r\n\r\n{}`);

    expect(rawProblem(answer)).toEqual({ status: 415, code: 'ESC_MEDIA_TYPE' });
  });

  it.each([
    ['half of it', '{"conversationId": '],
    ['nothing', ''],
    ['no object', '"text"'],
    ['null', 'null'],
    ['a prototype', '{"__proto__": {"admin": true}}'],
    ['a prototype further in', '{"variables": {"a": {"__proto__": {"admin": true}}}}'],
    ['a constructor', '{"constructor": {"prototype": {"admin": true}}}'],
    ['very deep', `{"variables": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ])('that is JSON and does not fit is answered 400: %s', async (_what, body) => {
    expect(await problemIn(await post('/v1/escalations', body, 'application/json'))).toBe(
      '400 ESC_REQUEST_INVALID',
    );
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('that is too large is answered 413', async () => {
    const body = JSON.stringify({ userMessage: 'x'.repeat(300_000) });

    expect(await problemIn(await post('/v1/escalations', body, 'application/json'))).toBe(
      '413 ESC_REQUEST_TOO_LARGE',
    );
  });

  it('is not missed where none is expected, of whatever type', async () => {
    const answers = await Promise.all([
      post('/v1/escalations/c1/cancel'),
      post('/v1/escalations/c1/cancel', undefined, 'application/json'),
      post('/v1/escalations/c1/cancel', '', 'application/json; charset=utf-8'),
      post('/v1/escalations/c1/cancel', '{}', 'application/json'),
    ]);

    // Temporal is not there; the calls have come as far as asking it.
    for (const answer of answers) expect(await problemIn(answer)).toBe('503 ESC_TEMPORAL_UNAVAILABLE');
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string, method = 'POST'): Promise<Response> =>
    gateway.call('/v1/escalations', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    });

  it('that are allowed may ask, without a key', async () => {
    const answer = await preflight(ORIGIN);

    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST');
    expect(answer.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin');
  });

  it.each([
    'https://evil.example',
    'https://console.example.evil.example',
    'http://console.example',
    'https://console.example:8443',
    'https://CONSOLE.example',
    'null',
  ])('that are not allowed are not told anything: %s', async (origin) => {
    const answers = [await preflight(origin), await gateway.knock(KEYS.acme, { origin })];

    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may read what an answer says in its headers, also when it is a problem', async () => {
    for (const answer of [
      await gateway.knock(KEYS.acme, { origin: ORIGIN }),
      await gateway.knock('nobody', { origin: ORIGIN }),
      await gateway.call('/v1/nothing', { headers: { origin: ORIGIN } }),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      const exposed = answer.headers.get('access-control-expose-headers')?.split(/, ?/);
      expect(exposed).toEqual(
        expect.arrayContaining(['location', 'retry-after', 'ratelimit', 'ratelimit-policy']),
      );
    }
  });

  it('are no concern of a gateway that names none', async () => {
    const plain = await openGateway();
    try {
      const asked = await plain.call('/v1/escalations', {
        method: 'OPTIONS',
        headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
      });
      const answers = [asked, await plain.knock(KEYS.acme, { origin: ORIGIN })];

      for (const { headers } of answers)
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    } finally {
      await plain.close();
    }
  });
});

describe('every answer', () => {
  it.each(['/healthz', '/v1/escalations', '/v1/nothing', '/metrics'])(
    'of %s is kept by no cache and means what it says it is',
    async (path) => {
      const { headers } = await gateway.call(path);

      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('says nothing about what answers', async () => {
    const { headers } = await gateway.call('/healthz');

    expect(headers.get('server')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });
});
