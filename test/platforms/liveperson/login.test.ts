// Login and refresh on the simulator.
import { createHttpClient } from '../../../platforms/http';
import type { HttpClient } from '../../../platforms/http';
import { readConnector } from '../../../platforms/liveperson/connector-options';
import { createDomains } from '../../../platforms/liveperson/csds';
import { createLogin } from '../../../platforms/liveperson/login';
import type { Login } from '../../../platforms/liveperson/login';
import { ACCOUNT, BOT, call, CONTEXT, eventually, openStage } from './stage';
import type { Stage } from './stage';

let stage: Stage;
let http: HttpClient;
let logins: Login[];
beforeEach(async () => {
  stage = await openStage();
  http = createHttpClient({ requestMs: 1_000, connectMs: 1_000, allowPrivateNetwork: true });
  logins = [];
});
afterEach(async () => {
  for (const login of logins) login.close();
  await http.close();
  await stage.close();
});

function open(credentials: Record<string, string> = {}, refreshEveryMs?: number): Login {
  const connector = readConnector({
    ...stage.connector,
    credentials: {
      username: 'bot',
      ...(Object.keys(credentials).length === 0 ? { password: 'pw' } : credentials),
    },
  });
  const login = createLogin({
    ...connector,
    http,
    domains: createDomains({ ...connector, http }),
    log: CONTEXT.log,
    ...(refreshEveryMs === undefined ? {} : { refreshEveryMs }),
  });
  logins.push(login);
  return login;
}

async function count(name: string): Promise<number> {
  return (await stage.control.counters())[name] ?? 0;
}

describe('the login', () => {
  it.each([
    ['a password', { password: 'pw' }],
    ['an OAuth 1 key', { appKey: 'key', secret: 'shh', accessToken: 'at', accessTokenSecret: 'ats' }],
    ['an OAuth 2 client', { appKey: 'key', secret: 'shh' }],
  ])('takes %s and learns both ids of the bot', async (_what, credentials: Record<string, string>) => {
    const { own, bearer } = await open(credentials).token(call().signal);

    const { users } = await stage.control.users();
    expect(own).toEqual({ oldId: `${ACCOUNT}.${BOT}`, pid: users.find(({ userId }) => userId === BOT)?.pid });
    expect(bearer).not.toBe('');
  });

  it('is made once for callers at the same time', async () => {
    const login = open();

    const tokens = await Promise.all(Array.from({ length: 10 }, () => login.token(call().signal)));

    expect(new Set(tokens).size).toBe(1);
    expect(await count('http:login')).toBe(1);
  });

  it('is made again once when many find the same token refused', async () => {
    const login = open();
    const token = await login.token(call().signal);

    const again = await Promise.all(
      Array.from({ length: 10 }, () => {
        login.invalidate(token);
        return login.token(call().signal);
      }),
    );

    expect(new Set(again).size).toBe(1);
    expect(again[0]).not.toBe(token);
    expect(await count('http:login')).toBe(2);
  });

  it('with wrong credentials is not repeated at once', async () => {
    const login = open({ password: 'wrong' });
    await expect(login.token(call().signal)).rejects.toMatchObject({ code: 'ESC_PLATFORM_UNAUTHORIZED' });

    await expect(login.token(call().signal)).rejects.toMatchObject({ code: 'ESC_PLATFORM_UNAUTHORIZED' });

    expect(await count('http:login')).toBe(1);
  });

  it('answered with 429 waits five seconds unless told otherwise', async () => {
    const action = { kind: 'status', status: 429 } as const;
    await stage.control.addFault({ channel: 'http', match: '/login', times: 1, action });
    const login = open();
    await expect(login.token(call().signal)).rejects.toMatchObject({ code: 'ESC_PLATFORM_RATE_LIMITED' });

    const error = (await login.token(call().signal).catch((thrown: unknown) => thrown)) as {
      retryAfterMs: number;
    };

    expect(error.retryAfterMs).toBeGreaterThan(3_000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(5_000);
    expect(await count('http:login')).toBe(1);
  });

  it.each([
    ['an error in a body with status 200', { error: { internalCode: 10 } }, 'ESC_PLATFORM_UNAUTHORIZED'],
    ['no user id', { csrf: 'c', bearer: 'b', config: {} }, 'ESC_PLATFORM_PROTOCOL'],
    ['no bearer', { csrf: 'c', config: { userId: '1' } }, 'ESC_PLATFORM_PROTOCOL'],
  ])('fails on %s', async (_what, body, code) => {
    const action = { kind: 'status', status: 200, body } as const;
    await stage.control.addFault({ channel: 'http', match: '/login', times: 1, action });

    await expect(open().token(call().signal)).rejects.toMatchObject({ code });
  });

  it('keeps passwords and tokens out of its errors', async () => {
    const error = await open({ password: 'wrong-and-secret' })
      .token(call().signal)
      .catch((thrown: unknown) => thrown);

    expect(JSON.stringify([String(error), error])).not.toContain('wrong-and-secret');
  });
});

describe('the refresh', () => {
  it('keeps the token', async () => {
    const login = open({}, 20);
    const token = await login.token(call().signal);

    await eventually(
      () => count('http:refresh'),
      (refreshes) => refreshes >= 3,
    );

    expect(await login.token(call().signal)).toBe(token);
    expect(await count('http:login')).toBe(1);
  });

  it('that is refused is followed by a new login at the next use', async () => {
    const login = open({}, 20);
    const token = await login.token(call().signal);

    await stage.control.revokeTokens({ user: BOT, closeCode: null });

    const next = await eventually(
      () => login.token(call().signal),
      (current) => current !== token,
    );
    expect(next.bearer).not.toBe(token.bearer);
  });

  it('that fails for another reason is tried again', async () => {
    const action = { kind: 'status', status: 500 } as const;
    await stage.control.addFault({ channel: 'http', match: '/refresh', times: 2, action });
    const login = open({}, 20);
    const token = await login.token(call().signal);

    await eventually(
      () => count('http:refresh'),
      (refreshes) => refreshes >= 4,
    );

    expect(await login.token(call().signal)).toBe(token);
  });
});
