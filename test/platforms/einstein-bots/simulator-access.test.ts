// Who may talk to the simulated runtime: tokens by signed JWT, the scope, the organisation, versions and headers.
import { PRESET_BOTS, PRESET_ORGS, presetOrganisations } from '../../../platforms/einstein-bots/simulator';
import { aJwt, aKeyPair, openStage, PUBLIC_KEYS } from './simulator-builders';
import type { Stage } from './simulator-builders';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.control.settings({ status: 'UP', tokenLifeMs: 7_200_000 }));
afterAll(() => stage.close());

const asJwt = (assertion: string) => stage.askForToken({ grant_type: JWT_BEARER, assertion });
const claimed = (change: Readonly<Record<string, unknown>>) =>
  asJwt(stage.jwtOf({ ...stage.claims(), ...change }));
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

test('gives a token with the scope of the bots for a JWT signed by the app', async () => {
  expect(await claimed({})).toEqual({
    status: 200,
    body: expect.objectContaining({
      access_token: expect.stringMatching(/^00D5e000001AbCd!/),
      token_type: 'Bearer',
      scope: expect.stringContaining('chatbot_api'),
      instance_url: stage.url,
    }),
  });
});

test('takes the fifteen minutes that the vendor’s own client signs for', async () => {
  const { status } = await claimed({ exp: Math.floor(Date.now() / 1000) + 890 });
  expect(status).toBe(200);
});

test.each([
  ['that expired', { exp: 1_000 }],
  ['that is valid for hours', { exp: Math.floor(Date.now() / 1000) + 7_200 }],
  ['for another audience', { aud: 'https://login.example.com' }],
  ['for a user who has not approved the app', { sub: 'else@acme.example' }],
  ['of another organisation’s user', { sub: 'baton@globex.example' }],
])('refuses a JWT %s as invalid_grant', async (_which, change) => {
  expect(await claimed(change)).toEqual({
    status: 400,
    body: { error: 'invalid_grant', error_description: expect.any(String) },
  });
});

test('refuses a JWT signed with another key, and an app that nobody has', async () => {
  const forged = await asJwt(aJwt(stage.claims(), aKeyPair().privateKey));
  const unknown = await claimed({ iss: 'nobody' });

  expect([forged.status, forged.body.error]).toEqual([400, 'invalid_grant']);
  expect([unknown.status, unknown.body.error]).toEqual([400, 'invalid_client_id']);
});

test('makes a key pair for an app that has none, and logs in with it', async () => {
  const other = await openStage({ organisations: presetOrganisations() });
  try {
    const { clientId, username, privateKey } = await other.control.credentials(PRESET_ORGS.globex);
    const again = await other.control.credentials(PRESET_ORGS.globex);
    const assertion = aJwt({ ...other.claims('globex'), iss: clientId, sub: username }, privateKey);
    const { status } = await other.askForToken({ grant_type: JWT_BEARER, assertion });

    expect(status).toBe(200);
    expect(again.privateKey).toBe(privateKey);
  } finally {
    await other.close();
  }
});

test('does not tell the private key of a pair that was made elsewhere', async () => {
  await expect(stage.control.credentials(PRESET_ORGS.acme)).rejects.toThrow('credentials');
});

test('answers 401 without a token, with an unknown one, a revoked one and one that is over', async () => {
  const with_ = async (authorization: string | undefined) =>
    stage.start(PRESET_BOTS.support, {}, { headers: { authorization } });
  const statuses = [(await with_(undefined)).status, (await with_('Bearer 00D!no')).status];
  const revoked = await stage.token();
  await stage.control.revokeTokens(PRESET_ORGS.globex);
  const spared = (await with_(`Bearer ${revoked}`)).status;
  await stage.control.settings({ tokenLifeMs: 1 });
  const short = await stage.token();
  await new Promise((resolve) => setTimeout(resolve, 5));
  statuses.push((await with_(`Bearer ${short}`)).status);
  const other = await openStage();
  const token = await other.token();
  await other.control.revokeTokens();
  const last = await other.start(PRESET_BOTS.support, {}, { headers: { authorization: `Bearer ${token}` } });
  await other.close();

  expect(spared).toBe(200);
  expect([...statuses, last.status]).toEqual([401, 401, 401, 401]);
  expect(last.body).toEqual({
    status: 401,
    path: `/v5.3.0/bots/${PRESET_BOTS.support}/sessions`,
    requestId: uuid,
    error: 'UnauthorizedError',
    message: 'Access bearer token is missing or invalid',
    timestamp: expect.any(Number),
  });
});

test('answers 403 for a token without the scope of the bots', async () => {
  const [acme, ...others] = presetOrganisations({ publicKeys: PUBLIC_KEYS });
  const apps = (acme?.apps ?? []).map((app) => ({ ...app, scopes: ['api'] }));
  const other = await openStage({ organisations: [{ ...acme!, apps }, ...others] });
  const { status, body } = await other.start(PRESET_BOTS.support);
  await other.close();

  expect([status, body.error]).toEqual([403, 'ForbiddenError']);
});

test.each([
  [400, 'without an organisation', undefined],
  [400, 'with the short form of its id', PRESET_ORGS.acme.slice(0, 15)],
  [404, 'with another organisation than the token’s', PRESET_ORGS.globex],
  [404, 'with one that does not exist', '00D5e000000NoNeEAK'],
])('answers %i to a request %s', async (expected, _which, org) => {
  const { status } = await stage.start(PRESET_BOTS.support, {}, { headers: { 'x-org-id': org } });
  expect(status).toBe(expected);
});

test('keeps the bots and sessions of an organisation from the other', async () => {
  const { body } = await stage.start(PRESET_BOTS.support);
  const headers = { authorization: `Bearer ${await stage.token('globex')}`, 'x-org-id': PRESET_ORGS.globex };

  const theirBot = await stage.start(PRESET_BOTS.support, {}, { headers });
  const theirSession = await stage.end(body.sessionId, 'Other', { headers });
  const ownBot = await stage.start(PRESET_BOTS.order, {}, { headers });
  expect([theirBot.status, theirSession.status, ownBot.status]).toEqual([404, 404, 200]);
});

test('tells health and versions to anybody, as they are set', async () => {
  const bare = { headers: { authorization: undefined, 'x-org-id': undefined } };
  const up = await stage.call('GET', '/status', undefined, bare);
  await stage.control.settings({ status: 'DOWN' });
  const down = await stage.call('GET', '/status', undefined, bare);
  const versions = await stage.call('GET', '/versions', undefined, bare);

  expect([up.body, down.body]).toEqual([{ status: 'UP' }, { status: 'DOWN' }]);
  expect(versions.body.versions).toContainEqual({ versionNumber: '5.3.0', status: 'ACTIVE' });
  expect(versions.body.versions).toContainEqual({ versionNumber: '5.0.0', status: 'DEPRECATED' });
});

test('serves the versions that it lists, and setVariables since 5.2.0', async () => {
  const older = await stage.start(PRESET_BOTS.support, {}, { version: '5.1.0' });
  const { sessionId } = older.body;
  const message = { type: 'setVariables', sequenceId: 1, variables: [] };

  expect((await stage.start(PRESET_BOTS.support, {}, { version: '5.9.0' })).status).toBe(404);
  expect(older.body._links).toMatchObject({ session: { href: `${stage.url}/v5.1.0/sessions/${sessionId}` } });
  expect((await stage.say(sessionId, message, {}, { version: '5.1.0' })).status).toBe(400);
  expect((await stage.say(sessionId, message, {}, { version: '5.2.0' })).status).toBe(200);
});

test('echoes the request id, makes one where there is none, and names the bot’s mode at the start', async () => {
  const requestId = '36a73651-a46d-4d16-9a8a-fd436ed62e1a';
  const started = await stage.start(PRESET_BOTS.support, {}, { headers: { 'x-request-id': requestId } });
  const refused = await stage.start(PRESET_BOTS.order, {}, { headers: { 'x-request-id': requestId } });
  const bare = await stage.end(started.body.sessionId);

  expect(started.headers.get('x-request-id')).toBe(requestId);
  expect([refused.headers.get('x-request-id'), refused.body.requestId]).toEqual([requestId, requestId]);
  expect(bare.headers.get('x-request-id')).toEqual(uuid);
  expect([started.headers.get('x-bot-mode'), bare.headers.get('x-bot-mode')]).toEqual(['default', null]);
});

test('introspects the tokens of an app that has a secret', async () => {
  const [acme] = presetOrganisations({ publicKeys: PUBLIC_KEYS });
  const apps = (acme?.apps ?? []).map((app) => ({ ...app, clientSecret: 'of-acme' }));
  const other = await openStage({ organisations: [{ ...acme!, apps }] });
  const ask = async (token: string, secret: string) => {
    const response = await fetch(`${other.url}/services/oauth2/introspect`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`acme-bots:${secret}`)}` },
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
    });
    return { status: response.status, body: (await response.json()) as { active?: boolean; exp?: number } };
  };
  const known = await ask(await other.token(), 'of-acme');
  const unknown = await ask('00D!no', 'of-acme');
  const stranger = await ask(await other.token(), 'of-nobody');
  await other.close();

  expect(known.body).toMatchObject({ active: true, exp: expect.any(Number) });
  expect(unknown.body).toEqual({ active: false });
  expect(stranger.status).toBe(401);
});
