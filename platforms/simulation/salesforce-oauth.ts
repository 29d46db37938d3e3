// The token endpoint of a Salesforce org, for each simulator that has one: client credentials and JWT bearer, with the refusals of both, and the sessions they give.
import { createPublicKey, randomBytes, timingSafeEqual, verify } from 'node:crypto';
import { z } from 'zod';

/** A connected app. */
export interface AppSpec {
  readonly clientId: string;
  /** For client credentials. */
  readonly clientSecret?: string | undefined;
  /** For JWT bearer: the certificate's public key in PEM. */
  readonly publicKey?: string | undefined;
  /** The user of client credentials, and the only one whom the app is approved for. */
  readonly runAs: string;
  /** What its tokens may be used for. @default ['api'] */
  readonly scopes?: readonly string[];
}

/** What a token stands for. */
export interface TokenSession {
  readonly username: string;
  readonly scopes: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** An answer of the token endpoint. */
export interface OAuthAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

/** See the file's comment. */
export interface OAuth {
  token(form: URLSearchParams): OAuthAnswer;
  isValid(bearer: string | undefined): boolean;
  /** Undefined: no such token, or it is over. */
  sessionOf(bearer: string | undefined): TokenSession | undefined;
  /** Ends one session, or all. */
  revoke(bearer?: string): void;
  /** How many tokens were ever given. */
  given(): number;
}

/** What it knows. */
export interface OAuthDeps {
  readonly orgId: string;
  readonly apps: readonly AppSpec[];
  userId(username: string): string | undefined;
  instanceUrl(): string;
  /** @default two hours, as long as a session of an org lasts when nothing else is set */
  tokenLifeMs?(): number;
  /** How far ahead a JWT may expire, in seconds. @default 300 */
  readonly longestJwtS?: number;
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const AUDIENCES = ['https://login.salesforce.com', 'https://test.salesforce.com'];
const LONGEST_JWT_S = 300;
const TOKEN_LIFE_MS = 7_200_000;
const claimsSchema = z.object({ iss: z.string(), sub: z.string(), aud: z.string(), exp: z.number() });

/** See {@link OAuth}. */
export function createOAuth(deps: OAuthDeps): OAuth {
  const sessions = new Map<string, TokenSession>();
  const { longestJwtS = LONGEST_JWT_S, tokenLifeMs = () => TOKEN_LIFE_MS } = deps;
  let given = 0;

  function grant({ runAs: username, scopes = ['api'] }: AppSpec): OAuthAnswer {
    const user = deps.userId(username);
    if (user === undefined) return refusal('invalid_grant', 'user does not exist');
    const token = `${deps.orgId.slice(0, 15)}!${randomBytes(24).toString('base64url')}`;
    sessions.set(token, { username, scopes, expiresAt: Date.now() + tokenLifeMs() });
    given += 1;
    return {
      status: 200,
      body: {
        access_token: token,
        instance_url: deps.instanceUrl(),
        id: `https://login.salesforce.com/id/${deps.orgId}/${user}`,
        token_type: 'Bearer',
        scope: scopes.join(' '),
        issued_at: String(Date.now()),
        signature: randomBytes(32).toString('base64'),
      },
    };
  }

  function byClientCredentials(form: URLSearchParams): OAuthAnswer {
    const app = deps.apps.find(({ clientId }) => clientId === form.get('client_id'));
    if (!app) return refusal('invalid_client_id', 'client identifier invalid');
    if (app.clientSecret === undefined || !isSame(app.clientSecret, form.get('client_secret') ?? ''))
      return refusal('invalid_client', 'invalid client credentials');
    return grant(app);
  }

  function byJwt(form: URLSearchParams): OAuthAnswer {
    const assertion = form.get('assertion') ?? '';
    const [header = '', payload = '', signature = ''] = assertion.split('.');
    const claims = claimsSchema.safeParse(jsonOf(payload));
    if (!claims.success) return refusal('invalid_grant', 'invalid assertion');
    const { iss, sub, aud, exp } = claims.data;
    const app = deps.apps.find(({ clientId }) => clientId === iss);
    if (!app) return refusal('invalid_client_id', 'client identifier invalid');
    const signed = Buffer.from(`${header}.${payload}`);
    if (app.publicKey === undefined || !isSigned(signed, app.publicKey, signature))
      return refusal('invalid_grant', 'invalid assertion');
    if (!AUDIENCES.includes(aud) && aud !== deps.instanceUrl())
      return refusal('invalid_grant', 'audience is invalid');
    const now = Date.now() / 1000;
    if (exp <= now || exp > now + longestJwtS) return refusal('invalid_grant', 'token expired');
    if (sub !== app.runAs) return refusal('invalid_grant', "user hasn't approved this consumer");
    return grant(app);
  }

  function sessionOf(bearer = ''): TokenSession | undefined {
    const session = sessions.get(bearer);
    return session && session.expiresAt > Date.now() ? session : undefined;
  }

  return {
    token(form) {
      const kind = form.get('grant_type');
      if (kind === 'client_credentials') return byClientCredentials(form);
      if (kind === JWT_BEARER) return byJwt(form);
      return refusal('unsupported_grant_type', 'grant type not supported');
    },
    isValid: (bearer) => sessionOf(bearer) !== undefined,
    sessionOf,
    revoke: (bearer) => void (bearer === undefined ? sessions.clear() : sessions.delete(bearer)),
    given: () => given,
  };
}

function refusal(error: string, description: string): OAuthAnswer {
  return { status: 400, body: { error, error_description: description } };
}

function isSigned(signed: Buffer, publicKey: string, signature: string): boolean {
  try {
    return verify('sha256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
