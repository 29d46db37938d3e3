// The codec server over real HTTP: who may ask, from which pages, and what the log gets to know.
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';
import { createKeyRing, createPayloadCodec } from '../../../codec';
import { SecretText } from '../../../contract/secret';
import { createCodecServer } from '../../../gateway/codec/create-codec-server';
import { createCodecLogin } from '../../../gateway/codec/login';
import { aKey, anEncryption } from '../../support/encryption';

const TOKEN = 'token-of-the-codec-server';
const UI = 'http://localhost:8233';
const CANARY = 'canary-4711';
const encryption = anEncryption(
  { k2: aKey(2), k1: aKey(1) },
  { codecServer: { token: new SecretText(TOKEN), uiOrigin: UI } },
);

describe('the codec server', () => {
  const lines: string[] = [];
  let app: FastifyInstance;
  let url: string;
  beforeAll(async () => {
    const write = (line: object): void => void lines.push(JSON.stringify(line));
    const log = { debug: write, info: write, warn: write, error: write };
    app = createCodecServer({ encryption, namespace: 'default', log });
    await app.listen({ port: 0, host: '127.0.0.1' });
    url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  });
  afterAll(() => app.close());

  async function call(
    path: string,
    body: unknown,
    headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
    method: 'POST' | 'OPTIONS' | 'GET' = 'POST',
  ) {
    const answer = await request(`${url}${path}`, {
      method,
      headers: { ...(method === 'POST' && { 'content-type': 'application/json' }), ...headers },
      ...(method === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text };
  }
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const plain = { metadata: { encoding: base64('json/plain') }, data: base64(`"${CANARY}"`) };
  const encode = async (): Promise<{ payloads: unknown[] }> =>
    JSON.parse((await call('/codec/encode', { payloads: [plain] })).text);

  it('encodes what it decodes again', async () => {
    const encoded = await encode();

    expect(JSON.stringify(encoded)).not.toContain(base64(CANARY).slice(0, 8));
    expect(JSON.parse((await call('/codec/decode', encoded)).text)).toEqual({ payloads: [plain] });
  });

  it('decodes what a worker encrypted under a key that is no longer active', async () => {
    const worker = createPayloadCodec({
      ring: createKeyRing(anEncryption({ k1: aKey(1) })),
      namespace: 'default',
    });
    const [payload] = await worker.encode([
      { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(`"${CANARY}"`) },
    ]);
    const metadata = Object.fromEntries(
      Object.entries(payload?.metadata ?? {}).map(([name, value]) => [
        name,
        Buffer.from(value).toString('base64'),
      ]),
    );
    const data = Buffer.from(payload?.data ?? []).toString('base64');

    const { text } = await call('/codec/decode', { payloads: [{ metadata, data }] });

    expect(JSON.parse(text)).toEqual({ payloads: [plain] });
  });

  it.each([
    ['nothing', {}],
    ['another token', { authorization: 'Bearer token-of-the-codec-serves' }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['a forged cookie', { cookie: 'baton_codec=9999999999999.abc', origin: UI }],
  ])('refuses a caller with %s', async (_, headers) => {
    const { status, text } = await call('/codec/decode', { payloads: [plain] }, headers);

    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({ code: 'ESC_CODEC_LOGIN' });
  });

  describe('in the browser', () => {
    const login = (token: string, origin?: string) =>
      call('/codec/login', new URLSearchParams({ token }).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        ...(origin && { origin }),
      });

    it('lets pages of the Temporal UI ask once the operator has logged in', async () => {
      const { status, headers } = await login(TOKEN);
      const cookie = String(headers['set-cookie']).split(';')[0] ?? '';

      const fromUi = await call('/codec/decode', await encode(), { cookie, origin: UI });
      const fromElsewhere = await call('/codec/decode', await encode(), {
        cookie,
        origin: 'http://evil.example',
      });
      const fromNowhere = await call('/codec/decode', await encode(), { cookie });

      expect(status).toBe(200);
      expect(String(headers['set-cookie'])).toMatch(
        /HttpOnly; SameSite=Strict; Path=\/codec; Max-Age=28800$/,
      );
      expect(fromUi.status).toBe(200);
      expect(fromUi.headers['access-control-allow-origin']).toBe(UI);
      expect(fromUi.headers['access-control-allow-credentials']).toBe('true');
      expect(fromElsewhere.status).toBe(401);
      expect(fromElsewhere.headers['access-control-allow-origin']).toBeUndefined();
      expect(fromNowhere.status).toBe(401);
    });

    it('refuses another token at the login', async () => {
      const { status, headers, text } = await login('wrong');

      expect(status).toBe(401);
      expect(headers['set-cookie']).toBeUndefined();
      expect(text).toContain('This is not the token');
    });

    it('shows a login page on which nothing runs', async () => {
      const { status, headers, text } = await call('/codec/login', '', {}, 'GET');

      expect(status).toBe(200);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(text).toContain('<form method="post" action="/codec/login">');
    });

    it('answers the preflight of the Temporal UI, and gives no other origin leave', async () => {
      const preflight = (origin: string) => call('/codec/decode', '', { origin }, 'OPTIONS');

      const { status, headers } = await preflight(UI);

      expect(status).toBe(204);
      expect(headers['access-control-allow-origin']).toBe(UI);
      expect(headers['access-control-allow-headers']).toContain('x-namespace');
      expect((await preflight('http://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
    });
  });

  it.each([
    ['no JSON', '{'],
    ['payloads that are none', { payloads: [{ data: 'not base64!' }] }],
    ['another shape', { payloads: 'x' }],
  ])('refuses %s', async (_, body) => {
    expect((await call('/codec/decode', body)).status).toBe(400);
  });

  it('refuses a body that is too large', async () => {
    const data = Buffer.alloc(7 * 1024 * 1024).toString('base64');

    expect((await call('/codec/decode', { payloads: [{ data }] })).status).toBe(413);
  });

  it('refuses another namespace', async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'x-namespace': 'other' };

    expect((await call('/codec/encode', { payloads: [plain] }, headers)).status).toBe(400);
  });

  it('names the key of a payload that it cannot read', async () => {
    const metadata = { encoding: base64('binary/encrypted'), 'encryption-key-id': base64('k9') };

    const { status, text } = await call('/codec/decode', {
      payloads: [{ metadata, data: base64('x'.repeat(40)) }],
    });

    expect(status).toBe(422);
    expect(JSON.parse(text)).toMatchObject({ code: 'ESC_CODEC_KEY_UNKNOWN' });
    expect(text).toContain('k9');
  });

  it('logs ids of keys, and neither payloads nor tokens', async () => {
    await call('/codec/decode', await encode());

    const log = lines.join('\n');
    expect(log).toContain('"event":"codec.decoded","payloads":1,"keys":["k2"]');
    expect(log).not.toContain(CANARY);
    expect(log).not.toContain(base64(CANARY).slice(0, 8));
    expect(log).not.toContain(TOKEN);
  });

  it('is not made where nobody could log in', () => {
    const { codecServer: _none, ...without } = encryption;
    const log = { debug() {}, info() {}, warn() {}, error() {} };

    expect(() => createCodecServer({ encryption: without, namespace: 'default', log })).toThrow(
      expect.objectContaining({ code: 'ESC_CODEC_SERVER_OFF' }),
    );
  });
});

describe('the cookie of the codec server', () => {
  it('is good for eight hours, and for the token that bought it', () => {
    let now = 1_000_000;
    const loginFor = (token: string) => createCodecLogin({ token, uiOrigin: UI, now: () => now });
    const cookie = loginFor(TOKEN).cookie().split(';')[0];
    const caller = { authorization: undefined, cookie, origin: UI };

    expect(loginFor(TOKEN).isKnown(caller)).toBe(true);
    expect(loginFor('another-token-entirely').isKnown(caller)).toBe(false);
    now += 8 * 60 * 60 * 1_000;
    expect(loginFor(TOKEN).isKnown(caller)).toBe(false);
  });

  it('crosses to another site only under TLS', () => {
    const { cookie } = createCodecLogin({ token: TOKEN, uiOrigin: 'https://ui.example', now: Date.now });

    expect(cookie()).toContain('SameSite=None; Secure');
  });
});
