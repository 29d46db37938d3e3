// Login by OAuth, for every API of an org: client credentials, or a JWT signed for a user. One login at a time, whoever
// asks; the token is kept until Salesforce refuses it, since its lifetime is not told; after a refused login none for a
// few seconds.
import { sign } from 'node:crypto';
import { z } from 'zod';
import { BatonError } from '../../domain/errors';
import { errorForStatus } from '../http';
import type { HttpClient, HttpResponse } from '../http';
import { fromJson, parseValue } from '../parse-body';
import { untilAborted } from '../until-aborted';
import { toId18 } from './ids';
import type { Credentials } from './login-options';

/** A login: the token, and the host that takes it. */
export interface Token {
  readonly bearer: string;
  /** Without a trailing slash. */
  readonly instanceUrl: string;
}

/** See the file's comment. */
export interface Login {
  /** @throws BatonError `ESC_PLATFORM_UNAUTHORIZED` for refused credentials, or as the HTTP client does */
  token(signal: AbortSignal): Promise<Token>;
  /** The API refused this token: the next {@link Login.token} logs in. Says nothing of a newer one. */
  invalidate(token: Token): void;
  close(): void;
}

/** What a login needs. */
export interface LoginDeps {
  readonly http: HttpClient;
  readonly connector: LoginConnector;
  /** A scope that the token must have, where Salesforce tells which it has. */
  readonly scope?: string;
}

/** What a connector says of its login. */
export interface LoginConnector {
  /** The org's id, 15 or 18 characters. */
  readonly org: string;
  /** Without a trailing slash. */
  readonly loginUrl: string;
  /** `aud` of the JWT. */
  readonly audience: string;
  readonly credentials: Credentials;
  readonly requestMs: number;
}

/** One call with a token. */
export interface CallWithToken {
  /** The call in words, for what is thrown. */
  readonly what: string;
  readonly signal: AbortSignal;
  send(token: Token): Promise<HttpResponse>;
}

const REFUSED_WAIT_MS = 5_000;
/** The vendor's own SDK signs for 15 minutes; clocks differ, so less is safer (OAuth notes). */
const JWT_LIFE_S = 180;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Refusals that are over after a while. */
const COME_BACK: readonly string[] = ['rate_limit_exceeded', 'server_error', 'temporarily_unavailable'];

/** Answer of the token endpoint. Members beyond the first two are not certain (OAuth notes). */
const tokenSchema = z.object({
  access_token: z.string().min(1),
  instance_url: z.url({ protocol: /^https?$/ }),
  /** `https://login.salesforce.com/id/<org>/<user>` */
  id: z.string().optional(),
  /** Words with spaces between them. */
  scope: z.string().optional(),
});
const tokenErrorSchema = z.object({ error: z.string() });

/** See {@link Login}. */
export function createLogin(deps: LoginDeps): Login {
  let held: Token | undefined;
  let running: Promise<Token> | undefined;
  let refused: { readonly error: BatonError; readonly until: number } | undefined;
  const closing = new AbortController();

  function start(): Promise<Token> {
    running ??= logIn(deps, AbortSignal.any([closing.signal, AbortSignal.timeout(deps.connector.requestMs)]))
      .then((token) => {
        held = token;
        refused = undefined;
        return token;
      })
      .catch((error: unknown) => {
        if (error instanceof BatonError && error.code === 'ESC_PLATFORM_UNAUTHORIZED')
          refused = { error, until: Date.now() + REFUSED_WAIT_MS };
        throw error;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  return {
    token(signal) {
      if (held) return Promise.resolve(held);
      if (refused && refused.until > Date.now() && !running) return Promise.reject(again(refused.error));
      return untilAborted(start(), signal, 'no login to Salesforce within the time of the call');
    },
    invalidate(token) {
      if (held === token) held = undefined;
    },
    close: () => closing.abort(),
  };
}

/**
 * Sends with the token that is held; a refused one (401) is replaced once and the call made again.
 *
 * @throws BatonError `ESC_PLATFORM_UNAUTHORIZED` if the fresh token is refused too
 */
export async function sendWithToken(
  login: Login,
  { what, signal, send }: CallWithToken,
): Promise<HttpResponse> {
  for (let refusals = 0; ; refusals += 1) {
    const token = await login.token(signal);
    const answer = await send(token);
    if (answer.status !== 401) return answer;
    login.invalidate(token);
    if (refusals > 0)
      throw new BatonError('ESC_PLATFORM_UNAUTHORIZED', `${what}: HTTP 401 for a fresh token`);
  }
}

async function logIn({ http, connector, scope }: LoginDeps, signal: AbortSignal): Promise<Token> {
  const what = `login to org ${connector.org}`;
  const answer = await http.request({
    method: 'POST',
    url: `${connector.loginUrl}/services/oauth2/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(grant(connector)).toString(),
    signal,
  });
  const failure = errorForStatus(answer.status, answer.headers, what);
  // A login is no transfer: whatever became of it, it can be repeated.
  if (failure?.code === 'ESC_PLATFORM_REJECTED' || failure?.code === 'ESC_PLATFORM_UNAUTHORIZED')
    throw refusedLogin(answer.body, answer.status, what);
  if (failure) throw withoutEffect(failure, what);
  const token = parseValue(tokenSchema, fromJson(answer.body), what);
  refuseOtherOrg(token.id, connector.org, what);
  if (scope !== undefined && token.scope !== undefined && !token.scope.split(' ').includes(scope))
    throw new BatonError('ESC_PLATFORM_UNAUTHORIZED', `${what}: the app does not give the scope ${scope}`);
  return { bearer: token.access_token, instanceUrl: token.instance_url.replace(/\/+$/, '') };
}

function grant({ credentials, audience }: LoginDeps['connector']): Record<string, string> {
  if ('clientSecret' in credentials)
    return {
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
    };
  const { clientId, username, privateKey } = credentials;
  const exp = Math.floor(Date.now() / 1000) + JWT_LIFE_S;
  const claims = { iss: clientId, sub: username, aud: audience, exp };
  return { grant_type: JWT_BEARER, assertion: signJwt(claims, privateKey) };
}

function signJwt(claims: object, privateKey: string): string {
  const signed = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

/** Only the code is told: a description may quote what was sent. */
function refusedLogin(body: string, status: number, what: string): BatonError {
  const said = tokenErrorSchema.safeParse(fromJson(body));
  const code = said.success && /^[a-z_]{1,60}$/.test(said.data.error) ? said.data.error : `HTTP ${status}`;
  return COME_BACK.includes(code)
    ? new BatonError('ESC_PLATFORM_ERROR', `${what}: ${code}`)
    : new BatonError('ESC_PLATFORM_UNAUTHORIZED', `${what}: ${code}`);
}

/** A sandbox and its production org have the same users: a token for the wrong one must not be used. */
function refuseOtherOrg(identity: string | undefined, org: string, what: string): void {
  const [, found] = /\/id\/(00D[A-Za-z0-9]{12,15})\//.exec(identity ?? '') ?? [];
  if (found !== undefined && toId18(found) !== toId18(org))
    throw new BatonError('ESC_PLATFORM_UNAUTHORIZED', `${what}: the credentials belong to org ${found}`);
}

function withoutEffect(error: BatonError, what: string): BatonError {
  const { retryAfterMs } = error;
  return new BatonError(error.code, what, {
    cause: error,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function again(error: BatonError): BatonError {
  const detail = 'the login was refused a moment ago and is not tried again yet';
  return new BatonError(error.code, detail, { cause: error });
}
