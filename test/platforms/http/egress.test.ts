// Hostile destinations: none may reach a server that listens on loopback.
import type { Server } from 'node:http';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkUrl, connectWebSocket, createHttpClient } from '../../../platforms/http';
import type { Resolve } from '../../../platforms/http';
import { isAllowedAddress } from '../../../platforms/http/address';
import { failureOf } from './servers';

const HOSTILE_HOSTS = [
  '127.0.0.1',
  '127.1',
  '0',
  '0.0.0.0',
  '2130706433',
  '0x7f.1',
  '0x7f000001',
  '0177.0.0.1',
  '017700000001',
  '①②⑦.⓪.⓪.①',
  '１２７.０.０.１',
  '127.0.0.1.',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fec0::1]',
  '[ff02::1]',
  '[100::1]',
  '[2001:db8::1]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '169.254.169.254',
  '192.0.0.192',
  '198.18.0.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  'localhost',
];

describe('the guard of outgoing calls', () => {
  let sentinel: Server;
  let port: number;
  let reached = 0;

  beforeAll(async () => {
    sentinel = http.createServer((_request, response) => response.end());
    sentinel.on('connection', () => (reached += 1));
    await new Promise<void>((resolve) => sentinel.listen(0, resolve));
    port = (sentinel.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((resolve) => sentinel.close(resolve)));
  beforeEach(() => (reached = 0));

  function policy(resolve?: Resolve) {
    return {
      allowPrivateNetwork: false,
      allowedPorts: [port],
      connectMs: 2_000,
      requestMs: 3_000,
      ...(resolve ? { resolve } : {}),
    };
  }
  const answers =
    (...addresses: string[]): Resolve =>
    (_name, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );

  it.each(HOSTILE_HOSTS)('refuses https://%s and wss://%s', async (host) => {
    const client = createHttpClient(policy());

    const overHttp = await failureOf(client.request({ method: 'GET', url: `https://${host}:${port}/` }));
    const overWebSocket = await failureOf(
      Promise.resolve().then(() => connectWebSocket(`wss://${host}:${port}/`, policy())),
    );
    await client.close();

    expect([overHttp.code, overWebSocket.code]).toEqual(['ESC_EGRESS_BLOCKED', 'ESC_EGRESS_BLOCKED']);
    expect(reached).toBe(0);
  });

  it.each([
    ['only a private address', ['127.0.0.1']],
    ['a public address and a private one', ['93.184.216.34', '127.0.0.1']],
    ['loopback written as IPv6', ['::ffff:127.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
  ])('refuses a name that leads to %s', async (_what, addresses) => {
    const options = policy(answers(...addresses));
    const client = createHttpClient(options);

    const overHttp = await failureOf(client.request({ method: 'GET', url: `https://desk.test:${port}/` }));
    const overWebSocket = await failureOf(connectWebSocket(`wss://desk.test:${port}/`, options));
    await client.close();

    expect([overHttp.code, overWebSocket.code]).toEqual(['ESC_EGRESS_BLOCKED', 'ESC_EGRESS_BLOCKED']);
    expect(reached).toBe(0);
  });

  it.each([
    ['plain http', 'http://desk.example/'],
    ['plain ws', 'ws://desk.example/'],
    ['a file', 'file:///etc/passwd'],
    ['a user name', 'https://user@desk.example/'],
    ['a password', 'https://:secret@desk.example/'],
    ['another port', 'https://desk.example:22/'],
    ['something else', 'not a url'],
  ])('refuses %s as a URL', (_what, url) => {
    expect(() => checkUrl(url, { allowPrivateNetwork: false })).toThrow(
      expect.objectContaining({ code: 'ESC_EGRESS_BLOCKED' }),
    );
  });

  it.each(['https://desk.example/', 'https://desk.example:8443/x', 'wss://8.8.8.8/'])('allows %s', (url) => {
    expect(checkUrl(url, { allowPrivateNetwork: false }).href).toBe(url);
  });

  it.each(['169.254.169.254', 'fd00:ec2::254', '100.100.100.200', '0.0.0.0', 'fe80::1', '224.0.0.1', ''])(
    'refuses %s even where private networks are allowed',
    (address) => {
      expect(isAllowedAddress(address, true)).toBe(false);
    },
  );

  it.each(['127.0.0.1', '::1', '10.1.2.3', '192.168.0.7', 'fd12::1', '::ffff:10.0.0.1', '8.8.8.8'])(
    'allows %s where private networks are allowed',
    (address) => {
      expect(isAllowedAddress(address, true)).toBe(true);
    },
  );

  it.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])(
    'counts %s as public',
    (address) => {
      expect(isAllowedAddress(address, false)).toBe(true);
    },
  );
});
