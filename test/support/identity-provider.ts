// An identity provider on loopback: a discovery document, its keys, and tokens signed with them. It counts what it is
// asked and can be told to fail.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload, type KeyLike } from 'jose';

/** A key pair and what the provider shows of it. */
export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: KeyLike;
  readonly publicKey: KeyLike;
  readonly jwk: JWK;
}

/** See the file's comment. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** How often the keys were asked for. */
  fetches(): number;
  /** What it shows from now on. */
  show(...keys: readonly SigningKey[]): void;
  /** Answers of its own from now on; without an argument as usual again. */
  answer(own?: { readonly status?: number; readonly discovery?: string; readonly jwks?: string }): void;
  close(): Promise<void>;
}

/** Makes a key pair. */
export async function makeSigningKey(alg = 'RS256', kid: string = crypto.randomUUID()): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** A token, valid for five minutes unless the payload says otherwise. */
export function signToken(key: SigningKey, payload: JWTPayload): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ iat: now, exp: now + 300, sub: 'client-7', ...payload })
    .setProtectedHeader({ alg: key.alg, kid: key.kid })
    .sign(key.privateKey);
}

/** Starts one on a free port. */
export async function startIdentityProvider(...shown: readonly SigningKey[]): Promise<IdentityProvider> {
  let keys = shown;
  let fetches = 0;
  let own: Parameters<IdentityProvider['answer']>[0];
  const server = createServer((request, response) => {
    const isJwks = request.url === '/keys';
    if (isJwks) fetches += 1;
    const usual = isJwks
      ? { keys: keys.map(({ jwk }) => jwk) }
      : { issuer: base, jwks_uri: `${base}/keys`, token_endpoint: `${base}/token` };
    const found = isJwks || request.url === '/.well-known/openid-configuration';
    response.writeHead(own?.status ?? (found ? 200 : 404), { 'content-type': 'application/json' });
    response.end((isJwks ? own?.jwks : own?.discovery) ?? JSON.stringify(usual));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer: base,
    jwksUrl: `${base}/keys`,
    fetches: () => fetches,
    show: (...now) => void (keys = now),
    answer: (now) => void (own = now),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
