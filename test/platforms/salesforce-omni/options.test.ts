// What a connector may say, and what is found wrong with it before anything is sent.
import { generateKeyPairSync } from 'node:crypto';
import type { ConnectorConfiguration } from '../../../domain/configuration';
import { salesforceOmni } from '../../../platforms/salesforce-omni';
import { toId18 } from '../../../platforms/salesforce/ids';
import { aConnector, CONTEXT, secret } from './builders';

const desk = salesforceOmni.desk!;
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const { privateKey: ecKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const url = 'https://acme.my.salesforce.com';

function faultsOf(overrides: Partial<ConnectorConfiguration>): readonly string[] {
  const connector = { ...aConnector(url, { allowPrivateNetwork: false }), ...overrides };
  return desk.checkConnector(connector).map(({ path }) => path.join('.'));
}

test('takes client credentials on My Domain, and a JWT without naming a host', () => {
  const credentials = { clientId: 'c', username: 'baton@acme.example', privateKey: secret(privateKey) };

  expect(faultsOf({})).toEqual([]);
  expect(faultsOf({ credentials, options: {} })).toEqual([]);
});

test.each<[string, Partial<ConnectorConfiguration>, readonly string[]]>([
  ['an account that is no org', { account: 'acme' }, ['account']],
  ['no credentials', { credentials: {} }, ['credentials']],
  [
    'both kinds of credentials',
    { credentials: { clientId: 'c', clientSecret: 's', username: 'u', privateKey } },
    ['credentials'],
  ],
  [
    'a key that is none',
    { credentials: { clientId: 'c', username: 'u', privateKey: 'x' } },
    ['credentials.privateKey'],
  ],
  [
    'a key of another kind',
    { credentials: { clientId: 'c', username: 'u', privateKey: ecKey } },
    ['credentials.privateKey'],
  ],
  ['client credentials without a host', { options: {} }, ['options.loginUrl']],
  ['a host without TLS', { options: { loginUrl: 'http://acme.my.salesforce.com' } }, ['options.loginUrl']],
  ['a path behind the host', { options: { loginUrl: `${url}/services` } }, ['options.loginUrl']],
  ['an option that is not known', { options: { loginUrl: url, pollInterval: 5 } }, ['options']],
  ['a poll too often', { options: { loginUrl: url, pollIntervalMs: 5 } }, ['options.pollIntervalMs']],
  ['a version that is none', { options: { loginUrl: url, apiVersion: 'v61' } }, ['options.apiVersion']],
  [
    'routing by the action without a routing configuration',
    { options: { loginUrl: url, skillsRouting: 'action' } },
    ['options.routingConfiguration'],
  ],
  [
    'a variable of flows that cannot be one',
    { options: { loginUrl: url, flowInputs: { intent: 'the intent' } } },
    ['options.flowInputs.intent'],
  ],
  [
    'what no flow can be given',
    { options: { loginUrl: url, flowInputs: { mood: 'Mood' } } },
    ['options.flowInputs'],
  ],
  [
    'fields of the Case that Baton fills',
    { options: { loginUrl: url, caseFields: { OwnerId: 'x', Priority: 'High' } } },
    ['options.caseFields.OwnerId'],
  ],
])('finds %s', (_name, overrides, expected) => {
  expect(faultsOf(overrides)).toEqual(expected);
});

test('a connector with faults makes no desk', () => {
  expect(() => desk.createDesk(aConnector(url, { account: 'acme' }), CONTEXT)).toThrow(
    expect.objectContaining({ code: 'ESC_PLAN_MISCONFIGURED' }),
  );
});

test.each([
  ['queue', '00G5e000001AbCd', true],
  ['queue', '00G5e000001AbCdEAK', true],
  ['queue', 'Support_Queue', true],
  // Fifteen letters: a name, since ids begin with a digit.
  ['queue', 'CustomerSupport', true],
  ['queue', 'Support__Queue', false],
  ['queue', 'Support Queue', false],
  ['queue', '4711', false],
  ['skill', '0C5000000000001', true],
  ['skill', "Returns' OR Name != '", false],
  ['agent', '0055e000001AbCd', true],
  ['agent', 'ada@acme.example', true],
  ['agent', 'ada', false],
  ['ticket', 'default', true],
  ['ticket', '', false],
  ['flow', '3005e000001AbCd', true],
  ['flow', '3015e000001AbCdEAK', true],
  ['flow', '00G5e000001AbCd', false],
  ['flow', 'Hand_Over', true],
  ['flow', 'acme__Hand_Over', true],
  ['flow', 'acme__sales__Hand_Over', false],
  ['flow', 'Hand Over', false],
  ['bot', 'Einstein', false],
])('of a %s %s is an id: %s', (kind, id, expected) => {
  expect(desk.isValidTargetId(kind, id)).toBe(expected);
});

test('brings ids into the form with 18 characters, as Salesforce does', () => {
  // The well-known example of an account's id in both forms.
  expect(toId18('001D000000IqhSL')).toBe('001D000000IqhSLIAZ');
  expect(toId18('001D000000IqhSLIAZ')).toBe('001D000000IqhSLIAZ');
});
