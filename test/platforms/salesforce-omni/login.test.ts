// Logging in: both flows of OAuth against the simulated org, one login for many calls, a fresh one when the session is
// over, and never a secret in what is thrown or logged.
import { generateKeyPairSync } from 'node:crypto';
import { BatonError } from '../../../domain/errors';
import type { ConnectorConfiguration } from '../../../domain/configuration';
import type { Desk } from '../../../platforms/desk';
import { salesforceOmni } from '../../../platforms/salesforce-omni';
import {
  connectControl,
  DEMO_APP,
  DEMO_USER,
  startOmniSimulator,
} from '../../../platforms/salesforce-omni/simulator';
import type { OmniControl, OmniSimulator } from '../../../platforms/salesforce-omni/simulator';
import { aConnector, aLog, CONTEXT, secret } from './builders';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const JWT_APP = { clientId: 'jwt-client', publicKey: keys.publicKey, runAs: DEMO_USER };
const jwt = { clientId: 'jwt-client', username: DEMO_USER, privateKey: secret(keys.privateKey) };

let simulator: OmniSimulator;
let control: OmniControl;
let desks: Desk[];

beforeEach(async () => {
  simulator = await startOmniSimulator({ org: { apps: [DEMO_APP, JWT_APP], queues: [{ name: 'Support' }] } });
  control = connectControl(simulator.url);
  desks = [];
});
afterEach(async () => {
  await Promise.all(desks.map((desk) => desk.close()));
  await simulator.close();
});

function openDesk(overrides: Partial<ConnectorConfiguration> = {}, log = aLog()): Desk {
  const desk = salesforceOmni.desk!.createDesk(aConnector(simulator.url, overrides), { ...CONTEXT, log });
  desks.push(desk);
  return desk;
}

const call = () => ({ signal: AbortSignal.timeout(30_000) });
const aRef = (n = 1) => ({
  conversationId: `c${n}`,
  transferId: `c${n}/r/0`,
  target: { kind: 'queue', id: 'Support' } as const,
});

async function failureOf(promise: Promise<unknown>): Promise<BatonError> {
  const outcome: unknown = await promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  if (outcome instanceof BatonError) return outcome;
  throw outcome;
}

test('logs in with the client credentials of an app', async () => {
  expect(await openDesk().lookUp(aRef(), call())).toEqual({ kind: 'absent' });
});

test('logs in with a JWT signed for a user', async () => {
  expect(await openDesk({ credentials: jwt }).lookUp(aRef(), call())).toEqual({ kind: 'absent' });
});

test('takes a private key whose line ends are written out', async () => {
  const privateKey = secret(keys.privateKey.replaceAll('\n', '\\n'));

  expect(await openDesk({ credentials: { ...jwt, privateKey } }).lookUp(aRef(), call())).toEqual({
    kind: 'absent',
  });
});

test('logs in once for calls that come at the same time', async () => {
  const desk = openDesk();

  await Promise.all([1, 2, 3, 4, 5].map((n) => desk.lookUp(aRef(n), call())));

  expect((await control.traffic()).tokens).toBe(1);
});

test('connects ahead of the first call when it is warmed up', async () => {
  const desk = openDesk();

  await desk.warmUp!(call());

  expect(await control.traffic()).toMatchObject({ tokens: 1, calls: [{ kind: 'token' }] });
});

test('logs in again when the session is over, once for all calls, and goes on', async () => {
  const desk = openDesk();
  await desk.lookUp(aRef(), call());
  await control.revokeTokens();

  const standings = await Promise.all([1, 2, 3].map((n) => desk.lookUp(aRef(n), call())));

  expect(standings).toEqual([{ kind: 'absent' }, { kind: 'absent' }, { kind: 'absent' }]);
  expect((await control.traffic()).tokens).toBe(2);
});

test('makes one Case when the session ends between two calls of a transfer', async () => {
  const desk = openDesk();
  await control.fault({ on: 'transfer', action: { kind: 'expireSession' } });

  const answer = await desk.requestTransfer(aRef(), call());

  expect(answer.kind).toBe('queued');
  expect((await control.ever({ object: 'Case' })).records).toHaveLength(1);
});

test('says unauthorized when a fresh token is refused too', async () => {
  const desk = openDesk();
  await control.fault({ on: 'query', times: 2, action: { kind: 'expireSession' } });

  expect(await failureOf(desk.lookUp(aRef(), call()))).toMatchObject({
    code: 'ESC_PLATFORM_UNAUTHORIZED',
    retry: 'auth',
  });
});

test.each([
  [
    'a wrong client secret',
    { clientId: DEMO_APP.clientId, clientSecret: secret('hunter2') },
    'invalid_client',
  ],
  ['an unknown app', { clientId: 'nobody', clientSecret: secret('hunter2') }, 'invalid_client_id'],
  ['a user who has not approved the app', { ...jwt, username: 'eve@acme.example' }, 'invalid_grant'],
])('names the code of the refusal for %s, and no secret', async (_name, credentials, code) => {
  const log = aLog();

  const error = await failureOf(openDesk({ credentials }, log).lookUp(aRef(), call()));

  expect(error.code).toBe('ESC_PLATFORM_UNAUTHORIZED');
  expect(error.message).toContain(code);
  expect(`${error.message} ${error.stack ?? ''} ${JSON.stringify(log.warnings)}`).not.toMatch(
    /hunter2|PRIVATE KEY|eve@/,
  );
});

test('does not hammer the login with credentials that were refused a moment ago', async () => {
  const desk = openDesk({ credentials: { clientId: 'nobody', clientSecret: secret('x') } });

  await failureOf(desk.lookUp(aRef(1), call()));
  const error = await failureOf(desk.lookUp(aRef(2), call()));

  expect(error.code).toBe('ESC_PLATFORM_UNAUTHORIZED');
  expect((await control.traffic()).calls).toHaveLength(1);
});

test('refuses a token for another org than the configured one', async () => {
  const error = await failureOf(openDesk({ account: '00D000000000001' }).lookUp(aRef(), call()));

  expect(error.code).toBe('ESC_PLATFORM_UNAUTHORIZED');
  expect(error.message).toContain('belong to org');
});

test('calls a login that answers 503 retryable, without doubt about its result', async () => {
  await control.fault({ on: 'token', action: { kind: 'error', status: 500, errorCode: 'UNKNOWN' } });

  const error = await failureOf(openDesk().requestTransfer(aRef(), call()));

  expect(error).toMatchObject({ code: 'ESC_PLATFORM_ERROR', retry: 'retryable', resultUnknown: false });
});

test('lets a caller give up on a login that hangs', async () => {
  await control.fault({ on: 'token', action: { kind: 'hang' } });

  const error = await failureOf(openDesk().lookUp(aRef(), { signal: AbortSignal.timeout(200) }));

  expect(error.code).toBe('ESC_PLATFORM_TIMEOUT');
});
