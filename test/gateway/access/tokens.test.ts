// Bearer tokens of identity providers: which are let in, as whom, and everything that is not. The provider is a real
// HTTP server, the keys are real.
import { createHmac, type KeyObject } from 'node:crypto';
import { BatonError } from '../../../domain/errors';
import type { OidcConfiguration } from '../../../domain/configuration';
import { createAccess } from '../../../gateway/access/create-access';
import type { Access, Caller } from '../../../gateway/access/caller';
import { KEY_TIMES, type KeyTimes } from '../../../gateway/access/provider-keys';
import {
  makeSigningKey,
  signToken,
  startIdentityProvider,
  type IdentityProvider,
  type SigningKey,
} from '../../support/identity-provider';
import { accessConfiguration, keptLog, KEYS, openGateway } from '../../support/open-gateway';

/** Every unknown key may be looked for at once. */
const AT_ONCE: KeyTimes = { ...KEY_TIMES, cooldownMs: 0 };
const HOUR_S = 3_600;

let key: SigningKey;
let provider: IdentityProvider;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  key = await makeSigningKey();
});
beforeEach(async () => {
  provider = await startIdentityProvider(key);
  closers.push(provider.close);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const oidcOf = (settings: Partial<OidcConfiguration> = {}): OidcConfiguration => ({
  issuer: provider.issuer,
  audience: 'baton-acme',
  claims: {},
  allowPrivateNetwork: true,
  ...settings,
});

/** The access of two tenants that share an issuer and differ by audience. */
function accessOf(
  acme: Partial<OidcConfiguration> = {},
  globex: Partial<OidcConfiguration> = { audience: 'baton-globex' },
  keyTimes: KeyTimes = AT_ONCE,
): Access & { readonly logged: () => string } {
  const { log, lines } = keptLog();
  const oidc = { acme: oidcOf(acme), globex: oidcOf(globex) };
  const access = createAccess({ configuration: accessConfiguration({ oidc }), log, keyTimes });
  closers.push(access.close);
  return { ...access, logged: () => JSON.stringify(lines) };
}

const tokenOf = (payload: Record<string, unknown> = {}, by: SigningKey = key): Promise<string> =>
  signToken(by, { iss: provider.issuer, aud: 'baton-acme', ...payload });

/** The caller, or the code of the refusal. */
async function comes(access: Access, token: string): Promise<Caller | string> {
  return access.tenant(`Bearer ${token}`).catch((error: unknown) => {
    return error instanceof BatonError ? error.code : String(error);
  });
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('signed with %s is let in as its tenant', async (alg) => {
    const own = await makeSigningKey(alg);
    provider.show(key, own);

    expect(await comes(accessOf(), await tokenOf({}, own))).toEqual({ tenant: 'acme', key: 'oidc:client-7' });
  });

  it('of a provider whose keys are named in the configuration is let in without discovery', async () => {
    provider.answer({ discovery: '{}' });

    expect(await comes(accessOf({ jwksUrl: provider.jwksUrl }), await tokenOf())).toMatchObject({
      tenant: 'acme',
    });
  });

  it('for several audiences is let in as the one tenant among them', async () => {
    const token = await tokenOf({ aud: ['other', 'baton-globex'] });

    expect(await comes(accessOf(), token)).toEqual({ tenant: 'globex', key: 'oidc:client-7' });
  });

  it('is told from another tenant’s by its claims', async () => {
    const access = accessOf({ claims: { org: 'a' } }, { audience: 'baton-acme', claims: { org: 'g' } });

    expect(await comes(access, await tokenOf({ org: 'a' }))).toMatchObject({ tenant: 'acme' });
    expect(await comes(access, await tokenOf({ org: 'g' }))).toMatchObject({ tenant: 'globex' });
    expect(await comes(access, await tokenOf({ org: 'x' }))).toBe('ESC_KEY_UNKNOWN');
    expect(await comes(access, await tokenOf())).toBe('ESC_KEY_UNKNOWN');
  });

  it('is let in when clocks differ by less than a minute', async () => {
    const now = Math.floor(Date.now() / 1_000);

    expect(await comes(accessOf(), await tokenOf({ exp: now - 30 }))).toMatchObject({ tenant: 'acme' });
    expect(await comes(accessOf(), await tokenOf({ nbf: now + 30 }))).toMatchObject({ tenant: 'acme' });
  });

  it('has a bounded name, whatever its subject', async () => {
    const caller = await comes(accessOf(), await tokenOf({ sub: 'x'.repeat(3_000) }));

    expect((caller as Caller).key).toHaveLength('oidc:'.length + 200);
  });
});

describe('a token is refused', () => {
  const nowS = (): number => Math.floor(Date.now() / 1_000);
  it.each<[string, () => Record<string, unknown>]>([
    ['for another audience', () => ({ aud: 'somebody-else' })],
    ['without an audience', () => ({ aud: undefined })],
    ['of another issuer', () => ({ iss: 'https://elsewhere.example' })],
    ['of an issuer that only looks alike', () => ({ iss: `${provider.issuer}/` })],
    ['that has expired', () => ({ exp: nowS() - HOUR_S })],
    ['that never expires', () => ({ exp: undefined })],
    ['that is not valid yet', () => ({ nbf: nowS() + HOUR_S })],
    ['that names nobody', () => ({ sub: undefined })],
    ['whose subject is empty', () => ({ sub: '' })],
    ['without the claim', () => ({ azp: undefined })],
    ['with another value of the claim', () => ({ azp: 'other' })],
    ['with a list for the claim', () => ({ azp: ['backend'] })],
  ])('%s', async (_what, payload) => {
    const access = accessOf({ claims: { azp: 'backend' } });

    expect(await comes(access, await tokenOf({ azp: 'backend' }))).toMatchObject({ tenant: 'acme' });
    expect(await comes(access, await tokenOf({ azp: 'backend', ...payload() }))).toBe('ESC_KEY_UNKNOWN');
  });

  it('that could mean two tenants', async () => {
    const access = accessOf();

    expect(await comes(access, await tokenOf({ aud: ['baton-acme', 'baton-globex'] }))).toBe(
      'ESC_KEY_UNKNOWN',
    );
  });

  it('with the algorithm none', async () => {
    const payload = { iss: provider.issuer, aud: 'baton-acme', sub: 'x', exp: nowS() + HOUR_S };

    for (const signature of ['', 'AA'])
      expect(
        await comes(accessOf(), `${base64url({ alg: 'none' })}.${base64url(payload)}.${signature}`),
      ).toBe('ESC_KEY_UNKNOWN');
  });

  it('signed with the public key as a shared secret', async () => {
    const payload = { iss: provider.issuer, aud: 'baton-acme', sub: 'x', exp: nowS() + HOUR_S };
    const signed = `${base64url({ alg: 'HS256', kid: key.kid })}.${base64url(payload)}`;
    const secrets = [
      (key.publicKey as KeyObject).export({ type: 'spki', format: 'pem' }),
      (key.publicKey as KeyObject).export({ type: 'spki', format: 'der' }),
      JSON.stringify(key.jwk),
    ];

    for (const secret of secrets) {
      const signature = createHmac('sha256', secret).update(signed).digest('base64url');
      expect(await comes(accessOf(), `${signed}.${signature}`)).toBe('ESC_KEY_UNKNOWN');
    }
  });

  it('signed with another key of the same name', async () => {
    const forged = { ...(await makeSigningKey()), kid: key.kid };

    expect(await comes(accessOf(), await tokenOf({}, forged))).toBe('ESC_KEY_UNKNOWN');
  });

  it('that brings its own key', async () => {
    const own = await makeSigningKey();
    const header = { alg: 'RS256', jwk: own.jwk, jku: provider.jwksUrl };
    const [, payload = '', signature = ''] = (await tokenOf({}, own)).split('.');

    expect(await comes(accessOf(), `${base64url(header)}.${payload}.${signature}`)).toBe('ESC_KEY_UNKNOWN');
  });

  it('changed after it was signed', async () => {
    const [header = '', , signature = ''] = (await tokenOf()).split('.');
    const changed = { iss: provider.issuer, aud: 'baton-globex', sub: 'x', exp: nowS() + HOUR_S };

    expect(await comes(accessOf(), `${header}.${base64url(changed)}.${signature}`)).toBe('ESC_KEY_UNKNOWN');
  });

  it.each(['a.b.c', '..', 'x.y', `${'x'.repeat(9_000)}.y.z`, `${base64url({})}.${base64url('text')}.AA`])(
    'that is none: %#',
    async (text) => {
      expect(await comes(accessOf(), text)).toBe('ESC_KEY_UNKNOWN');
      expect(provider.fetches()).toBe(0);
    },
  );

  it('and the log says why, without the token or what stands in it', async () => {
    const access = accessOf();
    const token = await tokenOf({ exp: nowS() - HOUR_S, sub: 'canary-subject' });

    await comes(access, token);

    expect(access.logged()).toContain('ERR_JWT_EXPIRED');
    expect(access.logged()).not.toContain('canary-subject');
    for (const part of token.split('.')) expect(access.logged()).not.toContain(part);
  });
});

describe('the keys of a provider', () => {
  it('are fetched once for many tokens', async () => {
    const access = accessOf();
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, n) => tokenOf({ sub: `s${n}` })));

    const callers = await Promise.all(tokens.map((token) => comes(access, token)));

    expect(callers.every((caller) => typeof caller === 'object')).toBe(true);
    expect(provider.fetches()).toBe(1);
  });

  it('are fetched once more for a key that is not among them, and the token is refused', async () => {
    const access = accessOf();
    await comes(access, await tokenOf());

    expect(await comes(access, await tokenOf({}, await makeSigningKey()))).toBe('ESC_KEY_UNKNOWN');
    expect(provider.fetches()).toBe(2);
  });

  it('are known as soon as the provider signs with new ones', async () => {
    const access = accessOf();
    await comes(access, await tokenOf());
    const next = await makeSigningKey();
    provider.show(next);

    expect(await comes(access, await tokenOf({}, next))).toMatchObject({ tenant: 'acme' });
    expect(await comes(access, await tokenOf())).toBe('ESC_KEY_UNKNOWN');
  });

  it('are not fetched at the will of whoever makes up names of keys', async () => {
    const access = accessOf({}, undefined, KEY_TIMES);
    await comes(access, await tokenOf());
    const forged = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => tokenOf({}, { ...key, kid: `made-up-${n}` })),
    );

    for (const token of forged) expect(await comes(access, token)).toBe('ESC_KEY_UNKNOWN');
    expect(provider.fetches()).toBe(1);
  });

  it('are forgotten in time, so that a key that was withdrawn no longer counts', async () => {
    const access = accessOf({}, undefined, { freshMs: 0, usableMs: HOUR_S, cooldownMs: 0 });
    await comes(access, await tokenOf());
    provider.show(await makeSigningKey());

    expect(await comes(access, await tokenOf())).toBe('ESC_KEY_UNKNOWN');
  });

  it('are shared by tenants of one provider', async () => {
    const access = accessOf();

    await comes(access, await tokenOf());
    await comes(access, await tokenOf({ aud: 'baton-globex' }));

    expect(provider.fetches()).toBe(1);
  });
});

describe('a provider that cannot be asked', () => {
  it.each<[string, Parameters<IdentityProvider['answer']>[0]]>([
    ['answers with an error', { status: 500 }],
    ['answers with a redirect', { status: 302 }],
    ['answers with something else', { jwks: '<html>' }],
    ['has no list of keys', { jwks: '{}' }],
    ['has more keys than anybody needs', { jwks: JSON.stringify({ keys: Array(101).fill({ kty: 'RSA' }) }) }],
    ['answers without end', { jwks: JSON.stringify({ keys: [], filler: 'x'.repeat(2 << 20) }) }],
    ['is another issuer', { discovery: '{"issuer":"https://other.example","jwks_uri":"http://127.0.0.1/"}' }],
    ['names no keys', { discovery: '{}' }],
  ])('is told as such when it %s', async (_what, answer) => {
    const access = accessOf();
    provider.answer(answer);

    const token = await tokenOf();
    expect(await comes(access, token)).toBe('ESC_IDENTITY_PROVIDER_UNAVAILABLE');

    provider.answer();
    expect(await comes(access, token)).toMatchObject({ tenant: 'acme' });
  });

  it('is asked again only after a while', async () => {
    const access = accessOf({ jwksUrl: provider.jwksUrl }, undefined, KEY_TIMES);
    provider.answer({ status: 500 });
    const token = await tokenOf();

    for (let n = 0; n < 5; n += 1)
      expect(await comes(access, token)).toBe('ESC_IDENTITY_PROVIDER_UNAVAILABLE');
    expect(provider.fetches()).toBe(1);
  });

  it('leaves the keys that are known in force', async () => {
    const access = accessOf({}, undefined, { freshMs: 0, usableMs: HOUR_S * 1_000, cooldownMs: 0 });
    await comes(access, await tokenOf());
    provider.answer({ status: 500 });

    expect(await comes(access, await tokenOf())).toMatchObject({ tenant: 'acme' });
    expect(await comes(access, await tokenOf({}, await makeSigningKey()))).toBe(
      'ESC_IDENTITY_PROVIDER_UNAVAILABLE',
    );
  });

  it('is not called on a private address unless that is allowed', async () => {
    const access = accessOf({ allowPrivateNetwork: false });

    expect(await comes(access, await tokenOf())).toBe('ESC_IDENTITY_PROVIDER_UNAVAILABLE');
    expect(provider.fetches()).toBe(0);
    expect(access.logged()).toContain('ESC_EGRESS_BLOCKED');
  });

  it('is answered 503 with Retry-After, and keys go on opening', async () => {
    const gateway = await openGateway({
      oidc: { acme: oidcOf(), globex: oidcOf({ audience: 'baton-globex' }) },
    });
    closers.push(gateway.close);
    const token = await tokenOf();
    expect((await gateway.knock(token)).status).toBe(400);
    const { issuer } = provider;
    const away = await openGateway({
      oidc: { acme: oidcOf(), globex: oidcOf({ audience: 'baton-globex' }) },
    });
    closers.push(away.close);
    await provider.close();

    const [byToken, byKey] = [await away.knock(token), await away.knock(KEYS.acme)];

    expect(byToken.status).toBe(503);
    expect(Number(byToken.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await byToken.json()).toMatchObject({ code: 'ESC_IDENTITY_PROVIDER_UNAVAILABLE' });
    expect(byKey.status).toBe(400);
    expect(JSON.stringify(away.log)).toContain(issuer);
  });
});
