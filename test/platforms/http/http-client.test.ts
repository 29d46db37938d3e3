// The HTTP client against real servers on loopback that misbehave in every way that matters.
import type http from 'node:http';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { BatonError } from '../../../domain/errors';
import { createHttpClient } from '../../../platforms/http';
import type { HttpClient, HttpClientOptions } from '../../../platforms/http';
import { failureOf, startServer } from './servers';
import type { TestServer } from './servers';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = createHttpClient({
    allowPrivateNetwork: true,
    connectMs: 2_000,
    requestMs: 5_000,
    ...options,
  });
  open.push(made);
  return made;
}

async function server(handler: http.RequestListener): Promise<TestServer> {
  const made = await startServer(handler);
  open.push(made);
  return made;
}

describe('the HTTP client', () => {
  it('sends method, headers and body and returns status, headers and body', async () => {
    const seen: string[] = [];
    const { url } = await server((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        seen.push(`${request.method} ${request.url} ${String(request.headers['x-a'])} ${body}`);
        response.writeHead(201, { 'X-Answer': 'yes' }).end('{"ok":true}');
      });
    });

    const answer = await client().request({
      method: 'POST',
      url: `${url}/p?q=1`,
      headers: { 'X-A': 'b' },
      body: 'héllo',
    });

    expect(seen).toEqual(['POST /p?q=1 b héllo']);
    expect(answer).toMatchObject({ status: 201, body: '{"ok":true}', headers: { 'x-answer': 'yes' } });
  });

  it('leaves headers of the connection to the connection', async () => {
    let headers: http.IncomingHttpHeaders = {};
    const { url } = await server((request, response) => {
      headers = request.headers;
      response.end();
    });

    await client().request({
      method: 'POST',
      url,
      headers: { Host: 'elsewhere.test', 'Transfer-Encoding': 'chunked', 'Accept-Encoding': 'gzip' },
      body: 'x',
    });

    expect(headers.host).toBe(new URL(url).host);
    expect(headers['accept-encoding']).toBe('identity');
    expect(headers['content-length']).toBe('1');
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i redirect', async (status) => {
    const paths: (string | undefined)[] = [];
    const { url } = await server((request, response) => {
      paths.push(request.url);
      response.writeHead(status, { location: '/secret' }).end();
    });

    const answer = await client().request({ method: 'GET', url: `${url}/first` });

    expect(answer.status).toBe(status);
    expect(paths).toEqual(['/first']);
  });

  it('ends a body that drips for ever at the total deadline, with an unknown result', async () => {
    const { url } = await server((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    });

    const error = await failureOf(client({ requestMs: 300 }).request({ method: 'POST', url }));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', resultUnknown: true });
  });

  it('ends a call that never answers at the total deadline', async () => {
    const { url } = await server(() => undefined);

    const error = await failureOf(client({ requestMs: 200 }).request({ method: 'POST', url }));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', resultUnknown: true });
  });

  it("ends a call when the caller's signal aborts", async () => {
    const caller = new AbortController();
    const { url } = await server(() => caller.abort(new Error('cancelled')));

    const error = await failureOf(client().request({ method: 'POST', url, signal: caller.signal }));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', resultUnknown: true });
  });

  it('says that nothing was sent when the signal had aborted before', async () => {
    let calls = 0;
    const { url } = await server(() => (calls += 1));

    const error = await failureOf(client().request({ method: 'POST', url, signal: AbortSignal.abort() }));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', resultUnknown: false });
    expect(calls).toBe(0);
  });

  it('does not inflate a compressed answer', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const { url } = await server((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );

    const error = await failureOf(client().request({ method: 'GET', url }));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_PROTOCOL' });
  });

  it('keeps the status of a compressed refusal', async () => {
    const { url } = await server((_request, response) =>
      response.writeHead(429, { 'content-encoding': 'gzip', 'retry-after': '3' }).end(gzipSync('slow down')),
    );

    const answer = await client().request({ method: 'GET', url });

    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '3' }, body: '' });
  });

  it('refuses an answer larger than a megabyte', async () => {
    const { url } = await server((_request, response) => response.end(Buffer.alloc((1 << 20) + 1, 'a')));

    const error = await failureOf(client().request({ method: 'GET', url }));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_PROTOCOL', resultUnknown: true });
  });

  it('takes an answer of exactly a megabyte', async () => {
    const { url } = await server((_request, response) => response.end(Buffer.alloc(1 << 20, 'a')));

    const answer = await client().request({ method: 'GET', url });

    expect(answer.body).toHaveLength(1 << 20);
  });

  it('refuses an answer whose headers are too large', async () => {
    const { url } = await server((_request, response) =>
      response.writeHead(200, { 'x-big': 'a'.repeat(20_000) }).end(),
    );

    const error = await failureOf(client().request({ method: 'GET', url }));

    expect(error.code).toBe('ESC_PLATFORM_PROTOCOL');
  });

  it('says that a refused connection sent nothing', async () => {
    const { url, close } = await startServer(() => undefined);
    await close();

    const error = await failureOf(client().request({ method: 'POST', url }));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_UNREACHABLE', resultUnknown: false });
  });

  it('says that an unknown name sent nothing', async () => {
    const resolve: HttpClientOptions['resolve'] = (_name, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);

    const error = await failureOf(
      client({ resolve }).request({ method: 'POST', url: 'https://desk.invalid/' }),
    );

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_UNREACHABLE', resultUnknown: false });
    expect(error.message).toContain('ENOTFOUND');
  });

  it('says that the result is unknown when the connection breaks after the request was sent', async () => {
    const { url } = await server((request) => request.socket.destroy());

    const error = await failureOf(client().request({ method: 'POST', url, body: 'x' }));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_UNREACHABLE', resultUnknown: true });
  });

  it('says that the result is unknown when the answer breaks off in the middle', async () => {
    const { url } = await server((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    });

    const error = await failureOf(client().request({ method: 'POST', url }));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_UNREACHABLE', resultUnknown: true });
  });

  it('calls an answer that is not HTTP a protocol error', async () => {
    const raw = net.createServer((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => raw.close(() => resolve())) });
    const { port } = raw.address() as net.AddressInfo;

    const error = await failureOf(client().request({ method: 'GET', url: `http://127.0.0.1:${port}/` }));

    expect(error.code).toBe('ESC_PLATFORM_PROTOCOL');
  });

  it('refuses a header that would split the request', async () => {
    let calls = 0;
    const { url } = await server((_request, response) => {
      calls += 1;
      response.end();
    });

    const error = await failureOf(
      client().request({ method: 'GET', url, headers: { 'x-a': 'b\r\nx-evil: 1' } }),
    );

    expect(error).toBeInstanceOf(BatonError);
    expect(error.code).toBe('ESC_EGRESS_BLOCKED');
    expect(calls).toBe(0);
  });

  it('names neither path nor body nor header in an error', async () => {
    const { url } = await server((request) => request.socket.destroy());

    const error = await failureOf(
      client().request({
        method: 'POST',
        url: `${url}/token-canary`,
        headers: { authorization: 'header-canary' },
        body: 'body-canary',
      }),
    );

    expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/canary/);
  });

  it('ends running calls when closed', async () => {
    const own = createHttpClient({ allowPrivateNetwork: true, connectMs: 2_000, requestMs: 60_000 });
    let arrived = (): void => undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const { url } = await server(() => arrived());
    const running = failureOf(own.request({ method: 'GET', url }));
    await arrival;

    await own.close();

    expect(await running).toMatchObject({ code: 'ESC_PLATFORM_UNREACHABLE', resultUnknown: true });
  });
});
