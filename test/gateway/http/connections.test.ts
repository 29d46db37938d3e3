// Connections that cost too much: slow, silent, too many, too large, or no HTTP at all.
import { CONNECTION_LIMITS, type ConnectionLimits } from '../../../gateway/http/connections';
import { KEYS, openGateway, type OpenGateway } from '../../support/open-gateway';
import { callRaw, openRawCall, rawProblem, type RawCall } from '../../support/raw-call';
import { until } from '../../support/until';

const HASTY: ConnectionLimits = {
  ...CONNECTION_LIMITS,
  headersMs: 150,
  requestMs: 300,
  idleMs: 60_000,
  checkMs: 50,
};

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(options: Parameters<typeof openGateway>[0] = {}): Promise<OpenGateway> {
  const gateway = await openGateway(options);
  closers.push(gateway.close);
  return gateway;
}
function raw(gateway: OpenGateway): RawCall {
  const call = openRawCall(gateway.port);
  closers.push(call.close);
  return call;
}
/** Keeps sending a byte, as a client that means to hold the connection. */
function drip(call: RawCall, text: string): void {
  const timer = setInterval(() => call.send(text), 20);
  closers.push(() => clearInterval(timer));
}
const HEAD = `POST /v1/escalations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEYS.acme}\r\nContent-Type: application/json\r\n`;

describe('a slow client', () => {
  it('that never ends its headers is cut off with 408', async () => {
    const call = raw(await open({ connectionLimits: HASTY }));

    call.send('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    drip(call, 'a');

    expect(rawProblem(await call.closed)).toEqual({ status: 408, code: 'ESC_REQUEST_TIMEOUT' });
  });

  it('that never ends its body is cut off with 408', async () => {
    const gateway = await open({ connectionLimits: HASTY });
    const call = raw(gateway);

    call.send(`${HEAD}Content-Length: 100000\r\n\r\n{"a":"`);
    drip(call, 'a');

    expect(rawProblem(await call.closed)).toEqual({ status: 408, code: 'ESC_REQUEST_TIMEOUT' });
    expect(gateway.log.filter(({ code }) => code === 'ESC_INTERNAL')).toEqual([]);
  });

  it('that says nothing at all is cut off', async () => {
    const call = raw(await open({ connectionLimits: HASTY }));

    expect(rawProblem(await call.closed)).toEqual({ status: 408, code: 'ESC_REQUEST_TIMEOUT' });
  });

  it('that falls silent after its headers is cut off', async () => {
    const call = raw(
      await open({ connectionLimits: { ...HASTY, requestMs: 60_000, headersMs: 50_000, idleMs: 200 } }),
    );

    call.send(`${HEAD}Content-Length: 10\r\n\r\n{`);

    expect(await call.closed).toBe('');
  });

  it('holds up nobody else', async () => {
    const gateway = await open({ connectionLimits: { ...HASTY, headersMs: 30_000, requestMs: 40_000 } });
    const slow = Array.from({ length: 50 }, () => raw(gateway));
    for (const call of slow) {
      call.send('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      drip(call, 'a');
    }

    expect((await gateway.call('/healthz')).status).toBe(200);
    expect(slow.map((call) => call.received()).join('')).toBe('');
  });
});

describe('what is no request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'ESC_REQUEST_INVALID'],
    ['a header that is none', 'GET / HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n', 400, 'ESC_REQUEST_INVALID'],
    ['two lengths', `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{"a"}`, 400, 'ESC_REQUEST_INVALID'],
    [
      'a length and chunks',
      `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      'ESC_REQUEST_INVALID',
    ],
    [
      'headers of 20 KB',
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'ESC_HEADERS_TOO_LARGE',
    ],
    [
      'a path of 20 KB',
      `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      431,
      'ESC_HEADERS_TOO_LARGE',
    ],
    [
      '101 headers',
      `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'X-A: 1\r\n'.repeat(99)}\r\n`,
      431,
      'ESC_HEADERS_TOO_LARGE',
    ],
  ])('is answered with a problem: %s', async (_what, text, status, code) => {
    const gateway = await open();

    expect(rawProblem(await callRaw(gateway.port, text))).toEqual({ status, code });
  });

  it('is answered when a header of HTTP/1.1 is missing', async () => {
    const answer = await callRaw((await open()).port, 'GET /healthz HTTP/1.1\r\n\r\n');

    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is answered once 100 headers are taken', async () => {
    const text = `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'X-A: 1\r\n'.repeat(98)}\r\n`;

    expect(await callRaw((await open()).port, text)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is counted', async () => {
    const gateway = await open();
    await callRaw(gateway.port, 'hello\r\n\r\n');

    const counters = await (await gateway.call('/metrics', { key: KEYS.operator })).text();

    expect(counters).toContain('baton_gateway_problems_total{code="ESC_REQUEST_INVALID"} 1');
  });

  it('takes nobody over to another protocol', async () => {
    const upgrade =
      'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n';
    const gateway = await open();

    expect(await callRaw(gateway.port, upgrade)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await callRaw(gateway.port, 'CONNECT elsewhere:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('');
  });
});

describe('connections', () => {
  it('beyond the most that there may be are closed at once, and let in again later', async () => {
    const gateway = await open({ gateway: { maxConnections: 3 } });
    const held = Array.from({ length: 3 }, () => raw(gateway));
    for (const call of held) call.send('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await until('three connections', () => held.every((call) => call.received().includes('200 OK')));

    expect(await callRaw(gateway.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('');

    held[0]?.close();
    await until('a free connection', async () => {
      const answer = await callRaw(
        gateway.port,
        'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      );
      return answer.includes('200 OK');
    });
  });

  it('are given up after so many requests, so that load balancers spread anew', async () => {
    const gateway = await open({ connectionLimits: { ...CONNECTION_LIMITS, requestsPerConnection: 2 } });
    const call = raw(gateway);

    call.send('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2));

    await until('two answers', () => (call.received().match(/200 OK/g) ?? []).length === 2);
    const [, first = '', second = ''] = call.received().split('HTTP/1.1 ');
    expect(first).toMatch(/connection: keep-alive/i);
    expect(second).toMatch(/connection: close/i);
  });

  it('on which nothing ever came do not hold up a gateway that closes', async () => {
    const patient = { ...CONNECTION_LIMITS, headersMs: 600_000, requestMs: 600_000, idleMs: 600_000 };
    const gateway = await openGateway({ connectionLimits: patient });
    const unused = raw(gateway);
    await until('the connection', () => unused.socket.readyState === 'open');
    // So that the gateway has taken the connection before, too.
    await gateway.call('/healthz');

    await gateway.close();

    expect(await unused.closed).toBe('');
  });

  it('end with the gateway', async () => {
    const gateway = await openGateway();
    const call = openRawCall(gateway.port);
    call.send('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await until('an answer', () => call.received().includes('200 OK'));

    await gateway.close();

    expect(await call.closed).toContain('200 OK');
  });
});
