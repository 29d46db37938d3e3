// Who is let in, how often, and what strangers learn: over a gateway that listens.
import { createRateLimit, createShards } from '../../../gateway/access/rate-limit';
import { networkOf } from '../../../gateway/access/remote-network';
import { FAILURES_ALLOWED } from '../../../gateway/access/gate';
import { makeSigningKey, signToken, startIdentityProvider } from '../../support/identity-provider';
import { KEYS, openGateway, type OpenGateway, type OpenGatewayOptions } from '../../support/open-gateway';
import { openRawCall, rawProblem } from '../../support/raw-call';
import { until } from '../../support/until';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
async function open(options: OpenGatewayOptions = {}): Promise<OpenGateway> {
  const gateway = await openGateway(options);
  closers.push(gateway.close);
  return gateway;
}
const limitedTo = (requests: number, perMs = 3_600_000): OpenGatewayOptions => ({
  gateway: { rateLimit: { requests, perMs } },
});
const leftIn = (answer: Response): number =>
  Number(/^"default";r=(\d+);t=\d+$/.exec(answer.headers.get('ratelimit') ?? '')?.[1]);

describe('a key', () => {
  it('opens, and so does the next one during a rotation', async () => {
    const gateway = await open();

    for (const key of [KEYS.acme, KEYS.acmeNext, KEYS.globex])
      expect((await gateway.knock(key)).status).toBe(400);
  });

  it.each([
    ['no key', undefined],
    ['an empty key', ''],
    ['a key that is one character off', KEYS.acme.replace(/.$/, 'x')],
    ['a part of a key', KEYS.acme.slice(0, -1)],
    ['a longer key', `${KEYS.acme}0`],
    ['two keys', `${KEYS.acme} ${KEYS.globex}`],
    ["an operator's key", KEYS.operator],
    ['the hash of a key', 'sha256:bfa7fa25ae0ccfb10850b1f07a86efd525263888ef67cbde32093d51a076b9b4'],
    ['a token of nobody', 'e30.e30.AA'],
    ['a very long key', 'x'.repeat(12_000)],
  ])('is asked for with one and the same answer: %s', async (_what, key) => {
    const answer = await (await open()).knock(key);

    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect({ ...((await answer.json()) as object), requestId: '' }).toEqual({
      type: 'urn:baton:problem:ESC_KEY_UNKNOWN',
      title: 'The API key or token is missing or unknown',
      status: 401,
      detail: 'The API key or token is missing or unknown: no tenant has this key',
      code: 'ESC_KEY_UNKNOWN',
      remedy: expect.any(String) as string,
      requestId: '',
    });
  });

  it('is taken whatever the case of the scheme, and in no other scheme', async () => {
    const gateway = await open();
    const knock = async (authorization: string): Promise<number> =>
      (await gateway.knock(undefined, { authorization })).status;

    expect(await knock(`bearer ${KEYS.acme}`)).toBe(400);
    expect(await knock(`Basic ${KEYS.acme}`)).toBe(401);
    expect(await knock(KEYS.acme)).toBe(401);
  });

  it('is asked for before the body is looked at, or has even come', async () => {
    const gateway = await open();
    const call = openRawCall(gateway.port);
    closers.push(call.close);

    call.send(
      'POST /v1/escalations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n{',
    );

    await until('an answer', () => call.received().includes('ESC_KEY_UNKNOWN'));
    expect(rawProblem(call.received())).toEqual({ status: 401, code: 'ESC_KEY_UNKNOWN' });
  });
});

describe('the rate limit', () => {
  it('tells with every answer how many calls are left', async () => {
    const gateway = await open(limitedTo(3, 60_000));

    const answers = [
      await gateway.knock(KEYS.acme),
      await gateway.call('/v1/escalations?limit=x', { key: KEYS.acme }),
    ];

    expect(answers.map(leftIn)).toEqual([2, 1]);
    for (const { headers } of answers) {
      expect(headers.get('ratelimit-policy')).toBe('"default";q=3;w=60');
      expect(headers.get('ratelimit')).toMatch(/^"default";r=\d;t=([1-9]|[1-5]\d|60)$/);
    }
  });

  it('refuses what is beyond it, and says when to come again', async () => {
    const gateway = await open(limitedTo(2));
    await gateway.knock(KEYS.acme);
    await gateway.knock(KEYS.acme);

    const answer = await gateway.knock(KEYS.acme);

    expect(answer.status).toBe(429);
    expect(leftIn(answer)).toBe(0);
    const wait = Number(answer.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(3_600);
    expect(await answer.json()).toMatchObject({ code: 'ESC_RATE_LIMITED', status: 429 });
  });

  it('lets calls in again when the window is over', async () => {
    const gateway = await open(limitedTo(1, 1_000));
    await gateway.knock(KEYS.acme);

    await until('the next window', async () => (await gateway.knock(KEYS.acme)).status === 400, {
      pollMs: 200,
    });
  });

  it('is each key’s own, within a tenant and beyond', async () => {
    const gateway = await open(limitedTo(1));
    await gateway.knock(KEYS.acme);

    expect((await gateway.knock(KEYS.acme)).status).toBe(429);
    expect((await gateway.knock(KEYS.acmeNext)).status).toBe(400);
    expect((await gateway.knock(KEYS.globex)).status).toBe(400);
  });

  it('is each subject’s own for tokens of one provider', async () => {
    const signingKey = await makeSigningKey();
    const provider = await startIdentityProvider(signingKey);
    closers.push(provider.close);
    const oidc = (audience: string) => ({
      issuer: provider.issuer,
      audience,
      claims: {},
      allowPrivateNetwork: true,
    });
    const gateway = await open({ ...limitedTo(1), oidc: { acme: oidc('a'), globex: oidc('g') } });
    const token = (sub: string): Promise<string> =>
      signToken(signingKey, { iss: provider.issuer, aud: 'a', sub });
    await gateway.knock(await token('one'));

    expect((await gateway.knock(await token('one'))).status).toBe(429);
    expect((await gateway.knock(await token('two'))).status).toBe(400);
  });

  it('counts 50 calls at once, each once', async () => {
    const gateway = await open(limitedTo(20));

    const answers = await Promise.all(Array.from({ length: 50 }, () => gateway.knock(KEYS.acme)));

    expect(answers.filter(({ status }) => status === 429)).toHaveLength(30);
  });

  it('holds for operators too', async () => {
    const gateway = await open(limitedTo(1));
    await gateway.call('/metrics', { key: KEYS.operator });

    expect((await gateway.call('/metrics', { key: KEYS.operator })).status).toBe(429);
  });

  it('holds up no probe', async () => {
    const gateway = await open(limitedTo(1));

    for (let n = 0; n < 5; n += 1) expect((await gateway.call('/healthz')).status).toBe(200);
  });
});

describe('whoever guesses keys', () => {
  it('is sent away after so many, while keys that are right go on opening', async () => {
    const gateway = await open();
    const guesses = Array.from({ length: FAILURES_ALLOWED }, (_, n) => gateway.knock(`guess-${n}`));
    const first = await Promise.all(guesses);

    const next = await gateway.knock('another-guess');

    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([401]));
    expect(next.status).toBe(429);
    expect(Number(next.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await gateway.knock(KEYS.acme)).status).toBe(400);
    expect((await gateway.call('/metrics')).status).toBe(429);
  });
});

describe('memory', () => {
  it('has as many places as it was given, whatever names come', () => {
    const shardOf = createShards(64);

    const shards = Array.from({ length: 5_000 }, (_, n) => shardOf(`name-${n}`));

    expect(new Set(shards).size).toBe(64);
    expect(shards.every((shard) => shard >= 0 && shard < 64)).toBe(true);
    expect(shardOf('name-7')).toBe(shards[7]);
  });

  it('places names where nobody outside can foresee', () => {
    const placesOf = (shardOf: (name: string) => number): number[] =>
      Array.from({ length: 50 }, (_, n) => shardOf(String(n)));

    expect(placesOf(createShards(1_000_000))).not.toEqual(placesOf(createShards(1_000_000)));
  });

  it('counts within a window and tells when it ends', async () => {
    const limit = createRateLimit({ requests: 1, perMs: 60_000 });

    expect(await limit.take('a')).toMatchObject({ allowed: true, remaining: 0 });
    const refused = await limit.take('a');
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.resetMs).toBeGreaterThan(0);
    expect(refused.resetMs).toBeLessThanOrEqual(60_000);
  });
});

describe('a remote address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [undefined, 'unknown'],
    ['', 'unknown'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
