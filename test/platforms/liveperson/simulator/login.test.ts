// Domain lookup, login, refresh and the life of a bearer, by raw HTTP.
import { fetch } from 'undici';
import { startLivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import type { LivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import { ACCOUNT, RawSocket, aWorld, logIn, post, until } from './world';

describe('domain lookup and login', () => {
  let simulator: LivePersonSimulator;
  const at = (path: string): string => `${simulator.url}/api/account/${path}`;

  beforeEach(async () => {
    simulator = await startLivePersonSimulator({ world: aWorld() });
  });

  afterEach(() => simulator.close());

  it('names its own host for every service', async () => {
    const response = await fetch(at(`${ACCOUNT}/service/baseURI.json?version=1.0`));

    const { baseURIs } = (await response.json()) as { baseURIs: Record<string, string>[] };
    const host = new URL(simulator.url).host;
    expect(baseURIs).toContainEqual({ service: 'agentVep', account: ACCOUNT, baseURI: host });
    expect(new Set(baseURIs.map((entry) => entry['baseURI']))).toEqual(new Set([host]));
  });

  it('names one service, case sensitively', async () => {
    const one = await fetch(at(`${ACCOUNT}/service/facadeMsg/baseURI.json?version=1.0`));
    const other = await fetch(at(`${ACCOUNT}/service/facademsg/baseURI.json?version=1.0`));

    expect(await one.json()).toMatchObject({ service: 'facadeMsg', account: ACCOUNT });
    expect(other.status).toBe(404);
  });

  it.each([
    ['999/service/baseURI.json?version=1.0', 404],
    ['abc/service/baseURI.json?version=1.0', 400],
    [`${ACCOUNT}/service/baseURI.json`, 400],
    [`${ACCOUNT}/nothing`, 404],
  ])('refuses %s with %i', async (path, status) => {
    expect((await fetch(at(path))).status).toBe(status);
  });

  it('logs in by password and by application key, with both ids of the user', async () => {
    const { bearer, csrf, cookie, config } = await logIn(simulator);
    const byKey = await post(at(`${ACCOUNT}/login?v=1.3`), {
      username: 'bot',
      appKey: 'key',
      secret: 'shh',
      accessToken: 'dummy',
      accessTokenSecret: 'dummy',
    });

    expect([bearer, csrf].every((text) => text.length > 10)).toBe(true);
    expect(cookie).toMatch(/^Session_id=/);
    expect(config.userId).toBe('1');
    expect(config.userPid).toMatch(/^[0-9a-f-]{36}$/);
    expect(byKey.status).toBe(200);
  });

  it.each([
    ['a wrong password', { username: 'bot', password: 'no' }, ACCOUNT, 401],
    ['an unknown user', { username: 'nobody', password: 'pw' }, ACCOUNT, 401],
    ['an unknown account', { username: 'bot', password: 'pw' }, '999', 401],
    ['a user without credentials', { username: 'ann', password: 'pw' }, ACCOUNT, 401],
    [
      'a wrong secret',
      { username: 'bot', appKey: 'key', secret: 'x', accessToken: 'd', accessTokenSecret: 'd' },
      ACCOUNT,
      401,
    ],
    ['an assertion', { jwt: 'dummy', assertion: 'x' }, ACCOUNT, 401],
    ['no password', { username: 'bot' }, ACCOUNT, 400],
  ])('refuses %s', async (_title, body, account, status) => {
    expect((await post(at(`${account}/login?v=1.3`), body)).status).toBe(status);
  });

  it('refuses a login without a version and of a disabled user', async () => {
    const credentials = { username: 'bot', password: 'pw' };
    expect((await post(at(`${ACCOUNT}/login`), credentials)).status).toBe(400);
    await simulator.control.setUser({ userId: '1', isEnabled: false });

    expect((await post(at(`${ACCOUNT}/login?v=1.3`), credentials)).status).toBe(401);
  });

  it.each([true, false])('answers 429 to too many logins (with Retry-After: %s)', async (retryAfter) => {
    await simulator.control.setSettings({ loginLimit: { max: 2, windowMs: 60_000, retryAfter } });
    await logIn(simulator);
    await logIn(simulator);

    const third = await post(at(`${ACCOUNT}/login?v=1.3`), { username: 'bot', password: 'pw' });

    expect(third.status).toBe(429);
    expect(third.headers.get('retry-after')).toBe(retryAfter ? '60' : null);
  });

  it('refreshes a session with its cookie and csrf only', async () => {
    const { csrf, cookie } = await logIn(simulator);

    const good = await post(at(`${ACCOUNT}/refresh?v=1.3`), { csrf }, { cookie });
    const bad = await post(at(`${ACCOUNT}/refresh?v=1.3`), { csrf: 'other' }, { cookie });
    const bare = await post(at(`${ACCOUNT}/refresh?v=1.3`), { csrf });

    expect([good.status, await good.text()]).toEqual([200, '']);
    expect(bad.status).toBe(401);
    expect(await bad.json()).toMatchObject({ error: { internalCode: 10, responseStatus: 'UNAUTHORIZED' } });
    expect(bare.status).toBe(401);
  });

  it.each([4401, 4407, 1006])('revokes bearers and closes their sockets with %i', async (closeCode) => {
    const { bearer, csrf, cookie } = await logIn(simulator);
    const socket = await RawSocket.open(simulator, bearer);

    expect(await simulator.control.revokeTokens({ user: 'bot', closeCode })).toEqual({ revoked: 1 });

    expect(await until(() => socket.closeCode)).toBe(closeCode);
    await expect(RawSocket.open(simulator, bearer)).rejects.toThrow('Unexpected server response: 401');
    expect((await post(at(`${ACCOUNT}/refresh?v=1.3`), { csrf }, { cookie })).status).toBe(401);
  });

  it('closes a socket with 4401 when its bearer runs out, and not while it is refreshed', async () => {
    await simulator.control.setSettings({ bearerTtlMs: 300 });
    const first = await logIn(simulator);
    const socket = await RawSocket.open(simulator, first.bearer);
    await simulator.control.setSettings({ bearerTtlMs: 60_000 });
    await post(at(`${ACCOUNT}/refresh?v=1.3`), { csrf: first.csrf }, { cookie: first.cookie });
    await simulator.control.setSettings({ bearerTtlMs: 300 });
    const second = await RawSocket.open(simulator, (await logIn(simulator)).bearer);

    expect(await until(() => second.closeCode)).toBe(4401);

    expect(socket.closeCode).toBeUndefined();
    expect((await socket.ask('.GetClock', {})).code).toBe(200);
    socket.close();
  });
});
