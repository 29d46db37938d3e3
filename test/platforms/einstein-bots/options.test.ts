// Faults of connectors and bots are found when the configuration is checked, all at once.
import { generateKeyPairSync } from 'node:crypto';
import type { BotConfiguration, ConnectorConfiguration } from '../../../domain/configuration';
import { einsteinBots } from '../../../platforms/einstein-bots';
import { PRESET_BOTS, PRESET_ORGS } from '../../../platforms/einstein-bots/simulator';
import { secret } from './builders';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const CONNECTOR: ConnectorConfiguration = {
  platform: 'einstein-bots',
  account: PRESET_ORGS.acme,
  credentials: { clientId: 'c', username: 'u@acme.example', privateKey: secret(privateKey) },
  options: { runtimeUrl: 'https://runtime-api-na-west.prod.chatbots.sfdc.sh' },
  timeouts: { requestMs: 5_000, connectMs: 2_000, heartbeatMs: 10_000 },
  allowPrivateNetwork: false,
};
const BOT: BotConfiguration = {
  platform: 'einstein-bots',
  connector: 'bots',
  options: {
    botId: PRESET_BOTS.variables,
    integration: 'support',
    url: 'https://chat.example.com/baton',
    secret: secret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`),
  },
  notices: { kind: 'platform' },
  retryWindowMs: 60_000,
  allowPrivateNetwork: false,
};
const connectorFaults = (options: object, more: Partial<ConnectorConfiguration> = {}) =>
  einsteinBots
    .desk!.checkConnector({ ...CONNECTOR, ...more, options: { ...CONNECTOR.options, ...options } })
    .map(({ path }) => path.join('.'));
const botFaults = (options: object) =>
  einsteinBots
    .botSide!.checkBot({ ...BOT, options: { ...BOT.options, ...options } })
    .map(({ path }) => path.join('.'));

test('takes a connector with the options that it needs, and with all of them', () => {
  expect(connectorFaults({})).toEqual([]);
  expect(
    connectorFaults({
      endpoint: 'https://acme.my.salesforce.com/',
      loginUrl: 'https://acme.my.salesforce.com',
      audience: 'https://login.salesforce.com',
      integrationName: 'Help',
      intentVariable: false,
      timeZone: 'Europe/Berlin',
    }),
  ).toEqual([]);
});

test.each([
  ['no runtime', { runtimeUrl: undefined }, 'options.runtimeUrl'],
  ['a runtime by http', { runtimeUrl: 'http://runtime.example.com' }, 'options.runtimeUrl'],
  ['a runtime with a path', { runtimeUrl: 'https://runtime.example.com/v5.3.0' }, 'options.runtimeUrl'],
  ['an endpoint that is no URL', { endpoint: 'acme' }, 'options.endpoint'],
  ['a name that is too long', { integrationName: 'x'.repeat(129) }, 'options.integrationName'],
  ['a variable with a blank', { intentVariable: 'my intent' }, 'options.intentVariable'],
])('finds fault with %s', (_name, options, path) => {
  expect(connectorFaults(options)).toEqual([path]);
});

test('finds fault with an unknown option, a wrong org and missing credentials at once', () => {
  expect(connectorFaults({ colour: 'red' }, { account: '001', credentials: {} })).toEqual([
    'options',
    'account',
    'credentials',
  ]);
});

test('takes a bot with the options that it needs, and with all of them', () => {
  expect(botFaults({})).toEqual([]);
  expect(
    botFaults({
      previousSecret: BOT.options['secret'],
      onError: 'apology',
      maxHops: 2,
      reasonVariable: 'EscalationReason',
      userRequestIntents: ['Transfer To Agent'],
    }),
  ).toEqual([]);
});

test.each([
  ['no bot', { botId: undefined }, 'options.botId'],
  ['an id that is no bot', { botId: '00G5e000001CSupEAG' }, 'options.botId'],
  ['no integration', { integration: undefined }, 'options.integration'],
  ['no url', { url: undefined }, 'options.url'],
  ['a secret that is none', { secret: 'hunter2' }, 'options.secret'],
  ['hops without end', { maxHops: 1_000 }, 'options.maxHops'],
  ['an unknown option', { colour: 'red' }, 'options'],
])('finds fault with a bot that has %s', (_name, options, path) => {
  expect(botFaults(options)).toEqual([path]);
});

test('names the bot with which a conversation begins', () => {
  expect(einsteinBots.botSide!.sessions!.entryBotId(BOT)).toBe(PRESET_BOTS.variables);
});
