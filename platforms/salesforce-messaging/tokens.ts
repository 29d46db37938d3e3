// Tokens of end users: for guests, for verified users by a JWT that Baton signs, and new ones for old.
import { sign } from 'node:crypto';
import { BatonError } from '../../domain/errors';
import { errorForStatus } from '../http';
import type { HttpClient, RateLimiter } from '../http';
import { fromJson } from '../parse-body';
import type { MessagingConnector } from './options';
import { readBody, tokenSchema } from './wire';

const ROOT = '/iamessage/api/v2/authorization';
const JWT_LIFE_S = 300;

/** A token and where its stream of events stood. */
export interface Token {
  readonly bearer: string;
  readonly subject: string;
  readonly lastEventId: string;
  /** Epoch milliseconds, where the token says. */
  readonly madeAt: number;
  readonly expiresAt?: number;
}

/** What asking needs. */
export interface TokenDeps {
  readonly connector: MessagingConnector;
  readonly http: HttpClient;
  readonly limiter: RateLimiter;
}

/** For a guest whom nobody has seen before. */
export function askGuestToken(deps: TokenDeps, signal: AbortSignal): Promise<Token> {
  return askToken(deps, {}, 'unauthenticated', signal);
}

/** For a verified user with this `sub`. @throws BatonError `ESC_PLATFORM_UNAUTHORIZED` for one who is not believed */
export async function askVerifiedToken(deps: TokenDeps, sub: string, signal: AbortSignal): Promise<Token> {
  const { identity } = deps.connector;
  if (identity.kind !== 'verified') throw new BatonError('ESC_PLAN_MISCONFIGURED', 'no verified users here');
  const { issuer: iss, keyId: kid, privateKey } = identity;
  const iat = Math.floor(Date.now() / 1000);
  const jwt = signJwt(
    { alg: 'RS256', typ: 'JWT', kid },
    { iss, sub, iat, exp: iat + JWT_LIFE_S },
    privateKey,
  );
  const body = { authorizationType: 'JWT', customerIdentityToken: jwt };
  const token = await askToken(deps, body, 'authenticated', signal);
  // A JWT that Salesforce does not believe still gets a token: that of a stranger (field).
  if (!token.subject.includes('/AUTH/') || !token.subject.endsWith(`uid:${sub}`))
    throw new BatonError(
      'ESC_PLATFORM_UNAUTHORIZED',
      `org ${deps.connector.org} does not believe the signed identity`,
    );
  return token;
}

function signJwt(header: object, claims: object, privateKey: string): string {
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

function askToken(
  deps: TokenDeps,
  body: Readonly<Record<string, string>>,
  kind: 'authenticated' | 'unauthenticated',
  signal: AbortSignal,
): Promise<Token> {
  const { org: orgId, deployment: esDeveloperName } = deps.connector;
  return tokenFrom(deps, signal, {
    method: 'POST',
    path: `${ROOT}/${kind}/access-token`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ orgId, esDeveloperName, capabilitiesVersion: '1', platform: 'Web', ...body }),
  });
}

/** Another for the same user, while the old one holds. */
export async function continueToken(deps: TokenDeps, old: Token, signal: AbortSignal): Promise<Token> {
  const token = await tokenFrom(deps, signal, {
    method: 'GET',
    path: `${ROOT}/continuation-access-token`,
    headers: { authorization: `Bearer ${old.bearer}` },
  });
  return { ...token, subject: old.subject };
}

async function tokenFrom(
  { connector, http, limiter }: TokenDeps,
  signal: AbortSignal,
  {
    path,
    ...call
  }: {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  },
): Promise<Token> {
  const what = `token of org ${connector.org}`;
  await limiter.acquire(signal);
  const answer = await http.request({ ...call, url: `${connector.scrtUrl}${path}`, signal });
  const failure = errorForStatus(answer.status, answer.headers, what);
  if (failure) {
    const { code, retryAfterMs } = failure;
    if (code === 'ESC_PLATFORM_RATE_LIMITED') limiter.holdBack(retryAfterMs ?? 0);
    // A token is no transfer: whatever became of it, it can be asked for again.
    throw new BatonError(code, `${what}: HTTP ${answer.status}`, {
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
  const { accessToken: bearer, lastEventId = '0', context } = readBody(tokenSchema, answer.body, what);
  const expiresAt = expiryOf(bearer);
  return {
    bearer,
    lastEventId,
    subject: context?.endUser?.subject ?? '',
    madeAt: Date.now(),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** Tokens are JWTs, whose lifetime Salesforce does not document. */
function expiryOf(bearer: string): number | undefined {
  const claims = fromJson(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
  return typeof exp === 'number' ? exp * 1000 : undefined;
}
