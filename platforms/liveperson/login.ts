// Login of the bot user, and the refresh that keeps its token alive. One login at a time, whoever asks; after a
// refusal none before the vendor's waiting time is over.
import { BatonError } from '../../domain/errors';
import type { HttpClient } from '../http';
import { errorForStatus } from '../http';
import type { PlatformLog } from '../platform';
import type { Credentials } from './connector-options';
import type { Domains } from './csds';
import type { OwnUser } from './ids';
import { toOldId } from './ids';
import { parseBody } from '../parse-body';
import { untilAborted } from './until-aborted';
import { errorBodySchema, loginSchema } from './wire';

/** A login. `bearer` opens the socket and the REST services. */
export interface Token {
  readonly bearer: string;
  readonly own: OwnUser;
}

/** See the file's comment. */
export interface Login {
  /** @throws BatonError `ESC_PLATFORM_UNAUTHORIZED` for refused credentials, `ESC_PLATFORM_RATE_LIMITED`, or as the HTTP client does. */
  token(signal: AbortSignal): Promise<Token>;
  /** The service refused this token: the next {@link Login.token} logs in. Says nothing of a newer token. */
  invalidate(token: Token): void;
  close(): void;
}

/** What a login needs. */
export interface LoginDeps {
  readonly http: HttpClient;
  readonly domains: Domains;
  readonly scheme: 'http' | 'https';
  readonly account: string;
  readonly credentials: Credentials;
  readonly requestMs: number;
  readonly log: PlatformLog;
  /** @default 300000, the vendor's longest */
  readonly refreshEveryMs?: number;
}

const REFRESH_EVERY_MS = 5 * 60_000;
/** After "too many logins", and between refused ones (LivePerson login notes). */
const LOGIN_WAIT_MS = 5_000;

interface Held extends Token {
  readonly csrf: string | undefined;
  readonly cookie: string;
}

/** See {@link Login}. */
export function createLogin(deps: LoginDeps): Login {
  let held: Held | undefined;
  let running: Promise<Held> | undefined;
  let refused: { readonly error: BatonError; readonly until: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const closing = new AbortController();

  function start(): Promise<Held> {
    running ??= logIn(deps, AbortSignal.any([closing.signal, AbortSignal.timeout(deps.requestMs)]))
      .then((token) => {
        held = token;
        refused = undefined;
        schedule(token);
        return token;
      })
      .catch((error: unknown) => {
        const waitMs = waitAfter(error);
        if (waitMs !== undefined) refused = { error: error as BatonError, until: Date.now() + waitMs };
        throw error;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  function invalidate(token: Token): void {
    if (held !== token) return;
    held = undefined;
    clearTimeout(timer);
  }

  function schedule(token: Held): void {
    clearTimeout(timer);
    timer = setTimeout(() => void renew(token), deps.refreshEveryMs ?? REFRESH_EVERY_MS).unref();
  }

  async function renew(token: Held): Promise<void> {
    try {
      await refresh(deps, token, AbortSignal.any([closing.signal, AbortSignal.timeout(deps.requestMs)]));
    } catch (error) {
      if (closing.signal.aborted) return;
      deps.log.warn({ account: deps.account, code: codeOf(error) }, 'liveperson token not refreshed');
      if (codeOf(error) === 'ESC_PLATFORM_UNAUTHORIZED') return invalidate(token);
    }
    if (held === token) schedule(token);
  }

  return {
    token(signal) {
      if (held) return Promise.resolve(held);
      const waitMs = (refused?.until ?? 0) - Date.now();
      if (refused && waitMs > 0 && !running) return Promise.reject(again(refused.error, waitMs));
      return untilAborted(start(), signal);
    },
    invalidate,
    close() {
      closing.abort();
      clearTimeout(timer);
    },
  };
}

async function logIn(deps: LoginDeps, signal: AbortSignal): Promise<Held> {
  const { account } = deps;
  const what = `login to account ${account}`;
  const url = await loginUrl(deps, 'login', signal);
  const answer = await deps.http.request({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(loginBody(deps.credentials)),
    signal,
  });
  const failure = errorForStatus(answer.status, answer.headers, what);
  if (failure) throw failure;
  refuseErrorBody(answer.body, what);
  const { bearer, csrf, config } = parseBody(loginSchema, answer.body, what);
  return {
    bearer,
    csrf,
    cookie: cookiesOf(answer.headers['set-cookie']),
    own: {
      oldId: toOldId(account, config.userId),
      ...(config.userPid === undefined ? {} : { pid: config.userPid }),
    },
  };
}

async function refresh(deps: LoginDeps, token: Held, signal: AbortSignal): Promise<void> {
  const what = `refresh of the login to account ${deps.account}`;
  const answer = await deps.http.request({
    method: 'POST',
    url: await loginUrl(deps, 'refresh', signal),
    headers: { 'content-type': 'application/json', cookie: token.cookie },
    body: JSON.stringify({ csrf: token.csrf ?? '' }),
    signal,
  });
  const failure = errorForStatus(answer.status, answer.headers, what);
  if (failure) throw failure;
  if (answer.body.trim() !== '') refuseErrorBody(answer.body, what);
}

async function loginUrl(deps: LoginDeps, call: 'login' | 'refresh', signal: AbortSignal): Promise<string> {
  const host = await deps.domains.hostOf('agentVep', signal);
  return `${deps.scheme}://${host}/api/account/${deps.account}/${call}?v=1.3`;
}

/** OAuth 2 bots use the OAuth 1 body with `dummy` access tokens (LivePerson login notes). */
function loginBody({
  username,
  password,
  appKey,
  secret,
  accessToken,
  accessTokenSecret,
}: Credentials): object {
  if (password !== undefined) return { username, password };
  return {
    username,
    appKey,
    secret,
    accessToken: accessToken ?? 'dummy',
    accessTokenSecret: accessTokenSecret ?? 'dummy',
  };
}

/** An error in a body is an error whatever the status. */
function refuseErrorBody(body: string, what: string): void {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return;
  }
  const read = errorBodySchema.safeParse(value);
  if (!read.success) return;
  const { internalCode } = read.data.error;
  throw new BatonError('ESC_PLATFORM_UNAUTHORIZED', `${what}: error ${internalCode ?? 'without a code'}`);
}

function cookiesOf(setCookie: string | undefined): string {
  const names = (setCookie ?? '').matchAll(/(?:^|,\s*)([^=;,\s]+=[^;,]*)/g);
  return [...names].map(([, pair]) => pair).join('; ');
}

function waitAfter(error: unknown): number | undefined {
  if (!(error instanceof BatonError)) return undefined;
  if (error.code === 'ESC_PLATFORM_UNAUTHORIZED') return LOGIN_WAIT_MS;
  if (error.code === 'ESC_PLATFORM_RATE_LIMITED') return error.retryAfterMs ?? LOGIN_WAIT_MS;
  return undefined;
}

/** A fresh error for each caller, with the time that is left. */
function again(error: BatonError, retryAfterMs: number): BatonError {
  const detail = 'the login was refused a moment ago and is not tried again yet';
  return new BatonError(error.code, detail, { cause: error, retryAfterMs });
}

function codeOf(error: unknown): string {
  return error instanceof BatonError ? error.code : 'unknown';
}
