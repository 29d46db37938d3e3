// Domain lookup (CSDS), agent login and session refresh.
import { z } from 'zod';
import type { HttpAnswer, HttpRequest, Route } from './http';
import { demand } from './refusal';
import type { Session } from './sessions';
import type { Account, User } from './world';

const SERVICES = [
  'agentVep',
  'facadeMsg',
  'asyncMessagingEnt',
  'idp',
  'sentinel',
  'accountConfigReadOnly',
  'accountConfigReadWrite',
  'msgHist',
  'agentManagerWorkspace',
  'messagingRestApiDomain',
  'liveEngageUI',
] as const;

const passwordLogin = z.object({ username: z.string().min(1), password: z.string().min(1) });
const keyLogin = z.object({
  username: z.string().min(1),
  appKey: z.string().min(1),
  secret: z.string().min(1),
  accessToken: z.string().min(1),
  accessTokenSecret: z.string().min(1),
});
const samlLogin = z.object({ jwt: z.string(), assertion: z.string() });
const loginSchema = z.union([keyLogin, passwordLogin, samlLogin]);
const refreshSchema = z.object({ csrf: z.string() });

/** Routes of `api.liveperson.net` and `agentVep`. */
export const LOGIN_ROUTES: readonly Route[] = [
  {
    name: 'csds',
    method: 'GET',
    pattern: /^\/api\/account\/([^/]+)\/service\/baseURI\.json$/,
    handle: lookUpAll,
  },
  {
    name: 'csds-service',
    method: 'GET',
    pattern: /^\/api\/account\/([^/]+)\/service\/([^/]+)\/baseURI\.json$/,
    handle: lookUpOne,
  },
  { name: 'login', method: 'POST', pattern: /^\/api\/account\/([^/]+)\/login$/, handle: login },
  { name: 'refresh', method: 'POST', pattern: /^\/api\/account\/([^/]+)\/refresh$/, handle: refresh },
];

function lookUpAll(request: HttpRequest): HttpAnswer {
  const account = knownAccount(request);
  return {
    status: 200,
    body: { baseURIs: SERVICES.map((service) => domain(request, account, service)) },
  };
}

function lookUpOne(request: HttpRequest): HttpAnswer {
  const account = knownAccount(request);
  const service = SERVICES.find((name) => name === request.params[1]);
  demand(service, 404, 'Service does not exist');
  return { status: 200, body: domain(request, account, service) };
}

function knownAccount(request: HttpRequest): Account {
  const id = request.params[0] ?? '';
  demand(/^\d+$/.test(id) && request.url.searchParams.has('version'), 400, 'Bad request');
  const account = request.simulation.world.accounts[id];
  demand(account, 404, 'Account does not exist');
  return account;
}

function domain(request: HttpRequest, account: Account, service: string): Record<string, string> {
  return { service, account: account.id, baseURI: request.simulation.authority() };
}

function login(request: HttpRequest): HttpAnswer {
  const parsed = loginSchema.safeParse(request.body);
  demand(parsed.success && request.url.searchParams.has('v'), 400, 'Bad request');
  const { simulation } = request;
  const account = simulation.world.accounts[request.params[0] ?? ''];
  demand(account, 401, 'Login failed');
  if (!simulation.sessions.admitLogin(account)) return tooManyLogins(account);
  const user = credentialsMatch(account, parsed.data);
  demand(user !== undefined && user.isEnabled, 401, 'Login failed');
  const session = simulation.sessions.open(account, user);
  return loggedIn(request, account, user, session);
}

function tooManyLogins(account: Account): HttpAnswer {
  const { retryAfter, windowMs } = account.settings.loginLimit;
  return {
    status: 429,
    body: { error: { message: 'Too many logins', responseStatus: 'TOO_MANY_REQUESTS' } },
    ...(retryAfter ? { headers: { 'retry-after': String(Math.ceil(windowMs / 1000)) } } : {}),
  };
}

function credentialsMatch(account: Account, given: z.output<typeof loginSchema>): User | undefined {
  if ('assertion' in given) return undefined;
  const user = Object.values(account.users).find((u) => u.loginName === given.username);
  if (user === undefined) return undefined;
  const { credentials } = user;
  if ('password' in given) return credentials.password === given.password ? user : undefined;
  const matches =
    credentials.appKey === given.appKey &&
    credentials.secret === given.secret &&
    (credentials.accessToken ?? given.accessToken) === given.accessToken &&
    (credentials.accessTokenSecret ?? given.accessTokenSecret) === given.accessTokenSecret;
  return matches ? user : undefined;
}

function loggedIn(request: HttpRequest, account: Account, user: User, session: Session): HttpAnswer {
  const baseURIs = SERVICES.map((service) => domain(request, account, service));
  return {
    status: 200,
    headers: { 'set-cookie': `Session_id=${session.sessionId}; Path=/; HttpOnly` },
    body: {
      csrf: session.csrf,
      bearer: session.bearer,
      config: {
        loginName: user.loginName,
        userId: user.userId,
        userPid: user.pid,
        isAdmin: false,
        timeDiff: 0,
        serverCurrentTime: Date.now(),
      },
      accountData: {},
      csdsCollectionResponse: { baseURIs },
    },
  };
}

function refresh(request: HttpRequest): HttpAnswer {
  const parsed = refreshSchema.safeParse(request.body);
  demand(parsed.success && request.url.searchParams.has('v'), 400, 'Bad request');
  const { simulation } = request;
  const account = simulation.world.accounts[request.params[0] ?? ''];
  const cookie = /(?:^|;\s*)Session_id=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  const session =
    account === undefined || cookie === undefined
      ? undefined
      : simulation.sessions.findByCookie(account.id, cookie);
  if (account === undefined || session?.csrf !== parsed.data.csrf) return csrfInvalid();
  simulation.sessions.extend(account, session);
  return { status: 200 };
}

function csrfInvalid(): HttpAnswer {
  return {
    status: 401,
    body: {
      error: {
        time: new Date().toUTCString(),
        message: 'CSRF token invalid',
        internalCode: 10,
        responseStatus: 'UNAUTHORIZED',
      },
    },
  };
}
