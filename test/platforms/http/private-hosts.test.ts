// Hosts that may be on one's own network by name: these names, and nothing beside them.
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { checkUrl, connectWebSocket, createHttpClient } from '../../../platforms/http';
import type { EgressPolicy, HttpClient, Resolve } from '../../../platforms/http';
import { checkConnected } from '../../../platforms/http/egress-guard';
import { failureOf, startServer, type TestServer } from './servers';

const NAME = 'desk.internal';
const LIMITS = { connectMs: 2_000, requestMs: 3_000 };

let server: TestServer;
let reached: number;
let redirectTo: string | undefined;
const clients: HttpClient[] = [];

beforeAll(async () => {
  server = await startServer((request, response) => {
    reached += 1;
    if (redirectTo === undefined) response.writeHead(204, { connection: 'close' }).end();
    else response.writeHead(307, { location: redirectTo, connection: 'close' }).end();
  });
});
afterAll(() => server.close());
beforeEach(() => {
  reached = 0;
  redirectTo = undefined;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

/** Answers each question with the next of these, the last one for ever. */
function resolver(...answers: readonly (readonly string[])[]): { resolve: Resolve; asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (name, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(name);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { resolve, asked };
}

function policy(resolve: Resolve, privateHosts: readonly string[] = [NAME]): EgressPolicy {
  return { allowPrivateNetwork: false, privateHosts, resolve };
}

function get(host: string, egress: EgressPolicy): Promise<{ status: number }> {
  const client = createHttpClient({ ...egress, ...LIMITS });
  clients.push(client);
  return client.request({ method: 'GET', url: `http://${host}:${server.port}/` });
}

describe('a host that is private by name', () => {
  it.each([[NAME], ['DESK.Internal']])('is reached as %s over plain http and on any port', async (host) => {
    expect(await get(host, policy(resolver(['127.0.0.1']).resolve))).toMatchObject({ status: 204 });
    expect(reached).toBe(1);
  });

  it('is reached over plain ws', async () => {
    const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(sockets, 'listening');
    const { port } = sockets.address() as AddressInfo;

    const socket = await connectWebSocket(`ws://${NAME}:${port}/`, {
      ...policy(resolver(['127.0.0.1']).resolve),
      connectMs: 2_000,
    });

    expect(socket.readyState).toBe(socket.OPEN);
    socket.terminate();
    sockets.close();
    await once(sockets, 'close');
  });

  it.each([
    ['another name', 'other.internal'],
    ['a name below it', `a.${NAME}`],
    ['a name that ends with it', `evil${NAME}`],
    ['the name with a trailing dot', `${NAME}.`],
    ['the address behind it', '127.0.0.1'],
    ['its address as a number', '2130706433'],
    ['its address in hexadecimal', '0x7f000001'],
    ['its address in octal', '0177.0.0.1'],
    ['loopback over IPv6', '[::1]'],
  ])('does not open the way to %s', async (_what, host) => {
    const egress = policy(resolver(['127.0.0.1']).resolve);

    expect((await failureOf(get(host, egress))).code).toBe('ESC_EGRESS_BLOCKED');
    const secure = { ...egress, allowedPorts: [server.port] };
    const client = createHttpClient({ ...secure, ...LIMITS });
    clients.push(client);
    const overTls = client.request({ method: 'GET', url: `https://${host}:${server.port}/` });
    expect((await failureOf(overTls)).code).toBe('ESC_EGRESS_BLOCKED');
    const overWebSocket = Promise.resolve().then(() =>
      connectWebSocket(`wss://${host}:${server.port}/`, { ...secure, connectMs: 2_000 }),
    );
    expect((await failureOf(overWebSocket)).code).toBe('ESC_EGRESS_BLOCKED');
    expect(reached).toBe(0);
  });

  it.each(['127.0.0.1', '[::1]', '169.254.169.254'])('is no address: a listed %s opens nothing', (host) => {
    const listed = { allowPrivateNetwork: false, privateHosts: [host, '::1'] };

    for (const url of [`https://${host}/`, `http://${host}/`])
      expect(() => checkUrl(url, listed)).toThrow(expect.objectContaining({ code: 'ESC_EGRESS_BLOCKED' }));
  });

  it.each([
    ['metadata', ['169.254.169.254']],
    ['metadata over IPv6', ['fd00:ec2::254']],
    ['mapped metadata', ['::ffff:169.254.169.254']],
    ['link-local', ['fe80::1']],
    ['a private address and metadata', ['127.0.0.1', '169.254.169.254']],
    ['multicast', ['224.0.0.1']],
    ['nothing', []],
  ])('does not lead to %s', async (_what, addresses) => {
    expect((await failureOf(get(NAME, policy(resolver(addresses).resolve)))).code).toBe('ESC_EGRESS_BLOCKED');
    expect(reached).toBe(0);
  });

  it('is connected to at the address that was looked at: a name is resolved once for a connection', async () => {
    const dns = resolver(['127.0.0.1'], ['169.254.169.254']);
    const egress = policy(dns.resolve);
    const client = createHttpClient({ ...egress, ...LIMITS });
    clients.push(client);
    const call = () => client.request({ method: 'GET', url: `http://${NAME}:${server.port}/` });

    expect(await call()).toMatchObject({ status: 204 });
    expect(dns.asked).toEqual([NAME]);
    // The connection was closed; the next one hears another answer.
    expect((await failureOf(call())).code).toBe('ESC_EGRESS_BLOCKED');
    expect(dns.asked).toEqual([NAME, NAME]);
    expect(reached).toBe(1);
  });

  it.each(['http://169.254.169.254/latest/meta-data/', 'http://other.internal/', 'https://evil.example/'])(
    'is not followed when it redirects to %s',
    async (location) => {
      redirectTo = location;
      const dns = resolver(['127.0.0.1']);

      expect(await get(NAME, policy(dns.resolve))).toMatchObject({ status: 307 });
      expect(dns.asked).toEqual([NAME]);
      expect(reached).toBe(1);
    },
  );
});

describe('the look at the connected address', () => {
  it('refuses a connection that came out at a private address all the same', async () => {
    const socket = net.connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    const check = (hostname: string) => () =>
      checkConnected(socket, hostname, { allowPrivateNetwork: false, privateHosts: [NAME] });

    expect(check('desk.example')).toThrow(expect.objectContaining({ code: 'ESC_EGRESS_BLOCKED' }));
    expect(check(NAME)).not.toThrow();
    socket.destroy();
  });
});
