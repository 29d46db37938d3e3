// Who speaks to Salesforce: each transfer is an end user of its own. A verified one can be had again on any worker,
// with a JWT that names the transfer; a guest is whoever holds the token, which therefore travels in the chat's state.
import { sign } from 'node:crypto';
import { BatonError } from '../../domain/errors';
import type { TransferRef } from '../desk';
import { errorForStatus } from '../http';
import type { HttpClient, RateLimiter } from '../http';
import { readChatState } from './chat-state';
import { uuidOf } from './ids';
import type { MessagingConnector } from './options';
import { fromJson, readBody, tokenSchema } from './wire';

const ROOT = '/iamessage/api/v2/authorization';
const JWT_LIFE_S = 300;
const EXPIRES_SOON_MS = 60_000;
const MAX_USERS = 20_000;

/** A token and where its stream of events stood. */
interface Token {
  readonly bearer: string;
  readonly subject: string;
  readonly lastEventId: string;
  /** Epoch milliseconds, where the token says. */
  readonly madeAt: number;
  readonly expiresAt?: number;
}

/** The end user of one transfer. */
export interface EndUser {
  /** Id of the transfer's conversation. */
  readonly conversation: string;
  token(signal: AbortSignal): Promise<Token>;
  /** Another token for the same user after one was refused. @throws BatonError for a guest, who has no other */
  replace(refused: string, signal: AbortSignal): Promise<Token>;
  /** A new token while the old one still holds. */
  renew(signal: AbortSignal): Promise<Token>;
  /** When to renew, in epoch milliseconds; absent: not known. */
  renewAt(): number | undefined;
  /** For the chat's state; absent: not needed. */
  sealed(): string | undefined;
}

/** The end users of a connector. */
export interface EndUsers {
  /** @throws BatonError `ESC_SESSION_KEY_UNKNOWN`, `ESC_SESSION_UNREADABLE` */
  find(ref: TransferRef): EndUser | undefined;
  findOrMake(ref: TransferRef, signal: AbortSignal): Promise<EndUser>;
  /** Forgets the transfer's token. */
  forget(transferId: string): void;
}

/** What they need. */
export interface EndUsersDeps {
  readonly tenant: string;
  readonly connector: MessagingConnector;
  readonly http: HttpClient;
  readonly limiter: RateLimiter;
}

/** See {@link EndUsers}. */
export function createEndUsers(deps: EndUsersDeps): EndUsers {
  const known = new Map<string, { readonly user: EndUser; readonly generation: number }>();
  const remember = (transferId: string, user: EndUser, generation: number): EndUser => {
    known.delete(transferId);
    known.set(transferId, { user, generation });
    for (const oldest of known.keys()) {
      if (known.size <= MAX_USERS) break;
      known.delete(oldest);
    }
    return user;
  };
  const { identity } = deps.connector;
  const find = ({ transferId, chat }: TransferRef): EndUser | undefined => {
    const found = known.get(transferId);
    if (identity.kind === 'verified')
      return found?.user ?? remember(transferId, verifiedUser(deps, transferId), 0);
    const state = readChatState(chat);
    // Another worker may have renewed the token since.
    if (state?.token === undefined || (found && found.generation >= state.generation)) return found?.user;
    const token = JSON.parse(identity.sealer.unseal(state.token, ownerOf(deps, transferId))) as Token;
    return remember(transferId, guestUser(deps, transferId, token), state.generation);
  };
  return {
    find,
    async findOrMake(ref, signal) {
      const found = find(ref);
      if (found) return found;
      const token = await askToken(deps, {}, 'unauthenticated', signal);
      return remember(ref.transferId, guestUser(deps, ref.transferId, token), 1);
    },
    forget: (transferId) => void known.delete(transferId),
  };
}

function verifiedUser(deps: EndUsersDeps, transferId: string): EndUser {
  const { org } = deps.connector;
  const sub = uuidOf('user', org, deps.tenant, transferId);
  let held: Token | undefined;
  let asking: Promise<Token> | undefined;
  const ask = (signal: AbortSignal): Promise<Token> => {
    asking ??= askVerified(deps, sub, signal)
      .then((token) => (held = token))
      .finally(() => (asking = undefined));
    return asking;
  };
  return {
    conversation: uuidOf('conversation', org, deps.tenant, transferId),
    token: (signal) =>
      held && (held.expiresAt ?? Infinity) - EXPIRES_SOON_MS > Date.now()
        ? Promise.resolve(held)
        : ask(signal),
    replace: (refused, signal) => (held && held.bearer !== refused ? Promise.resolve(held) : ask(signal)),
    renew: ask,
    renewAt: () => held && halfLife(held),
    sealed: () => undefined,
  };
}

function guestUser(deps: EndUsersDeps, transferId: string, first: Token): EndUser {
  const { org, identity } = deps.connector;
  const owner = ownerOf(deps, transferId);
  const seal = (token: Token): string | undefined =>
    identity.kind === 'guest' ? identity.sealer.seal(JSON.stringify(token), owner) : undefined;
  let held = first;
  let sealed = seal(held);
  return {
    // Another guest is another user: their conversation must not have the id of this one's.
    conversation: uuidOf('conversation', org, deps.tenant, transferId, first.subject),
    token: () => Promise.resolve(held),
    replace: (refused) =>
      held.bearer === refused
        ? Promise.reject(new BatonError('ESC_PLATFORM_UNAUTHORIZED', "the guest's token is no longer valid"))
        : Promise.resolve(held),
    async renew(signal) {
      held = await continueToken(deps, held, signal);
      sealed = seal(held);
      return held;
    },
    renewAt: () => halfLife(held),
    sealed: () => sealed,
  };
}

function ownerOf({ tenant, connector }: EndUsersDeps, transferId: string): string {
  return JSON.stringify([connector.org, tenant, transferId]);
}

function halfLife({ madeAt, expiresAt }: Token): number | undefined {
  return expiresAt === undefined ? undefined : madeAt + (expiresAt - madeAt) / 2;
}

async function askVerified(deps: EndUsersDeps, sub: string, signal: AbortSignal): Promise<Token> {
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
  deps: EndUsersDeps,
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

async function continueToken(deps: EndUsersDeps, old: Token, signal: AbortSignal): Promise<Token> {
  const token = await tokenFrom(deps, signal, {
    method: 'GET',
    path: `${ROOT}/continuation-access-token`,
    headers: { authorization: `Bearer ${old.bearer}` },
  });
  return { ...token, subject: old.subject };
}

async function tokenFrom(
  { connector, http, limiter }: EndUsersDeps,
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
