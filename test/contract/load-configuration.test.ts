// Every fault of a file in one go, at its line, with what to do; and what a good file becomes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { Fault } from '../../contract/fault';
import {
  loadConfiguration,
  readConfiguration,
  type LoadedConfiguration,
} from '../../contract/load-configuration';
import type { PlatformChecks } from '../../contract/check-platforms';
import { DEFAULT_GATEWAY } from '../../contract/gateway';
import type {
  GatewayConfiguration,
  IntegrationConfiguration,
  TenantConfiguration,
} from '../../domain/configuration';
import { CANARY } from '../support/tenant-builders';

const ENV = {
  API_KEY: `sha256:${'ab'.repeat(32)}`,
  PASSWORD: `${CANARY}-password`,
  HOOK: `${CANARY}-hook`,
  EMPTY: '',
};

const GOOD = `tenants:
  acme:
    apiKeys: { backend: '\${env:API_KEY}' }
    bots:
      shop:
        platform: liveperson
        connector: desk
        notices: { webhook: { url: 'https://bot.example/n', secret: '\${env:HOOK}' } }
    connectors:
      desk:
        platform: liveperson
        account: 12345678
        credentials: { username: baton, password: '\${env:PASSWORD}' }
    integrations:
      Agent Escalation:
        bot: shop
        connector: desk
        responseDataVariableName: escalation
        agentSkillName: Sales
        agentSkillId: 1001
        messageToUser: Hold on.
`;

const read = (text: string, platforms?: PlatformChecks): LoadedConfiguration =>
  readConfiguration(text, { file: 'baton.yaml', env: ENV, ...(platforms && { platforms }) });
const faultsOf = (text: string, platforms?: PlatformChecks): readonly Fault[] => {
  const loaded = read(text, platforms);
  return loaded.ok ? [] : loaded.faults;
};
const tenantOf = (text: string): TenantConfiguration => {
  const loaded = read(text);
  if (!loaded.ok) throw new Error(loaded.faults.map((fault) => `${fault.path} ${fault.message}`).join('\n'));
  const tenant = loaded.configuration.tenants['acme'];
  if (!tenant) throw new Error('the tenant is missing');
  return tenant;
};
const integrationOf = (text: string): IntegrationConfiguration | undefined =>
  tenantOf(text).integrations['Agent Escalation'];
/** The good file with lines added to its integration. */
const withField = (...lines: readonly string[]): string =>
  GOOD + lines.map((line) => `        ${line}\n`).join('');
const edited = (from: string, to: string): string => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

const HASH = `sha256:${'ef'.repeat(32)}`;
/** The good file with a setting of the gateway. */
const gateway = (line: string): string => `${GOOD}gateway:\n  ${line}\n`;
/** The good file with an identity provider. */
const oidc = (value: string): string => edited('    bots:\n', `    oidc: ${value}\n    bots:\n`);

describe('a good file', () => {
  it('becomes plain values with defaults filled', () => {
    const tenant = tenantOf(GOOD);

    expect(tenant.apiKeys).toEqual([{ name: 'backend', sha256: 'ab'.repeat(32) }]);
    expect(tenant.bots['shop']).toEqual({
      platform: 'liveperson',
      connector: 'desk',
      options: {},
      notices: { kind: 'webhook', url: 'https://bot.example/n', secret: expect.anything() },
      retryWindowMs: 600_000,
      allowPrivateNetwork: false,
    });
    expect(tenant.connectors['desk']).toEqual({
      platform: 'liveperson',
      account: '12345678',
      credentials: { username: 'baton', password: expect.anything() },
      options: {},
      timeouts: { requestMs: 10_000, connectMs: 5_000, heartbeatMs: 60_000 },
      allowPrivateNetwork: false,
    });
    expect(tenant.integrations['Agent Escalation']).toEqual({
      bot: 'shop',
      connector: 'desk',
      responseDataVariable: 'escalation',
      type: 'agent_escalation',
      agentSkillName: 'Sales',
      agentSkillId: '1001',
      transferBotContext: { intent: false, userMessage: false },
      messageToUser: 'Hold on.',
      customData: {},
      interactionDelay: { kind: 'fixed', ms: 0 },
      responseTimeoutMs: 180_000,
      onlyIfAvailable: false,
      furtherRungs: [],
    });
  });

  it('never shows a secret, however it is printed', () => {
    const loaded = read(GOOD);

    expect(JSON.stringify(loaded)).not.toContain(CANARY);
    expect(inspect(loaded, { depth: 20, showHidden: true })).not.toContain(CANARY);
  });

  it('is frozen all the way down', () => {
    const integration = integrationOf(GOOD);

    expect(Object.isFrozen(integration?.transferBotContext)).toBe(true);
    expect(() => Object.assign(integration ?? {}, { bot: 'other' })).toThrow(TypeError);
  });

  it('has a hash of what it says and not of how it is written, nor of its secrets', () => {
    const hash = (text: string, env = ENV): string => {
      const loaded = readConfiguration(text, { file: 'baton.yaml', env });
      return loaded.ok ? loaded.hash : 'faults';
    };

    expect(hash(`# a comment\n${GOOD}`)).toBe(hash(GOOD));
    expect(hash(GOOD, { ...ENV, PASSWORD: 'another', HOOK: 'another' })).toBe(hash(GOOD));
    expect(hash(GOOD, { ...ENV, API_KEY: `sha256:${'cd'.repeat(32)}` })).not.toBe(hash(GOOD));
    expect(hash(edited('Hold on.', 'Wait.'))).not.toBe(hash(GOOD));
    expect(hash(GOOD)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['interactionDelay: 6s', { interactionDelay: { kind: 'fixed', ms: 6_000 } }],
    [
      'interactionDelay: { messages: 3 }',
      { interactionDelay: { kind: 'perMessage', ms: 2_000, messages: 3 } },
    ],
    [
      'interactionDelay: { messages: 3, perMessage: 500ms }',
      { interactionDelay: { kind: 'perMessage', ms: 500, messages: 3 } },
    ],
    ['responseTimeout: 90s', { responseTimeoutMs: 90_000 }],
    ['queueTimeout: 36h', { queueTimeoutMs: 129_600_000 }],
    ['agentId: 0042', { agentId: '0042' }],
    ['agentId: 1234567890123456789', { agentId: '1234567890123456789' }],
    ["agentId: '{$botContext.agent}'", { agentId: '{$botContext.agent}' }],
    ['transferBotContext: { intent: true }', { transferBotContext: { intent: true, userMessage: false } }],
    [
      "customDataFields: { a: '{$.api_escalation.x[0].y}', b: fixed }",
      { customData: { a: '{$.api_escalation.x[0].y}', b: 'fixed' } },
    ],
    ['transformResultScript: "x()"', { transformResultScript: 'x()' }],
    ['onlyIfAvailable: true', { onlyIfAvailable: true }],
    [
      "businessHours: { timeZone: UTC, weekly: { mon: ['22:00-06:00'] }, closedOn: [2026-12-25] }",
      {
        businessHours: {
          timeZone: 'UTC',
          weekly: { mon: [{ from: '22:00', to: '06:00' }] },
          closedOn: ['2026-12-25'],
        },
      },
    ],
    [
      'furtherRungs: [{ connector: desk, target: { kind: skill, id: 7, agentId: 9 }, responseTimeout: 1m }]',
      {
        furtherRungs: [
          {
            connector: 'desk',
            target: { kind: 'skill', id: '7', agentId: '9' },
            responseTimeoutMs: 60_000,
            onlyIfAvailable: false,
          },
        ],
      },
    ],
  ])('reads %s', (line, expected) => {
    expect(integrationOf(withField(line))).toMatchObject(expected);
  });

  it.each([
    ['notices: platform', { kind: 'platform' }],
    ['notices: { signal: { workflowId: w, signal: s } }', { kind: 'signal', workflowId: 'w', signal: 's' }],
  ])('reads %s', (line, expected) => {
    const text = GOOD.replace(/notices: .*/, line);

    expect(tenantOf(text).bots['shop']?.notices).toEqual(expected);
  });

  it('reads several keys by their names, written out or referred to', () => {
    const text = edited("backend: '${env:API_KEY}'", `backend: '\${env:API_KEY}', next: '${HASH}'`);

    expect(tenantOf(text).apiKeys).toEqual([
      { name: 'backend', sha256: 'ab'.repeat(32) },
      { name: 'next', sha256: 'ef'.repeat(32) },
    ]);
  });

  it('reads an identity provider', () => {
    const text = oidc('{ issuer: https://id.example, audience: baton, claims: { azp: backend } }');

    expect(tenantOf(text).oidc).toEqual({
      issuer: 'https://id.example',
      audience: 'baton',
      claims: { azp: 'backend' },
      allowPrivateNetwork: false,
    });
  });

  it("reads the gateway's settings, each with its default", () => {
    const settings = (text: string): GatewayConfiguration | undefined => {
      const loaded = read(text);
      return loaded.ok ? loaded.configuration.gateway : undefined;
    };

    expect(settings(GOOD)).toBeUndefined();
    expect(settings(gateway('{}'))).toEqual(DEFAULT_GATEWAY);
    expect(DEFAULT_GATEWAY).toEqual({
      operatorKeys: [],
      corsOrigins: [],
      rateLimit: { requests: 1_200, perMs: 60_000 },
      maxConnections: 2_000,
      maxStreams: 100,
    });
    expect(settings(gateway(`operatorKeys: { prometheus: '${HASH}' }`))?.operatorKeys).toEqual([
      { name: 'prometheus', sha256: 'ef'.repeat(32) },
    ]);
    expect(settings(gateway("cors: { origins: ['http://localhost:5173'] }"))?.corsOrigins).toEqual([
      'http://localhost:5173',
    ]);
    expect(settings(gateway('rateLimit: { requests: 5, per: 2s }'))?.rateLimit).toEqual({
      requests: 5,
      perMs: 2_000,
    });
  });

  it('follows references in options: as a secret under a secret name, else as text', () => {
    const text = edited(
      'connector: desk\n        notices',
      "connector: desk\n        options: { url: '${env:HOOK}', inner: [{ token: '${env:PASSWORD}' }], n: 5 }\n        notices",
    );

    const options = tenantOf(text).bots['shop']?.options;

    expect(options).toMatchObject({ url: ENV.HOOK, n: 5 });
    expect(JSON.stringify(options?.['inner'])).toBe('[{"token":"[secret]"}]');
  });
});

describe('the faults of a file', () => {
  it.each<[title: string, text: () => string, line: number, path: string, message: RegExp, remedy: RegExp]>([
    [
      'an unknown key',
      () => withField('agentSkilName: x'),
      22,
      'agentSkilName',
      /not a key/,
      /`agentSkillName`/,
    ],
    ['an unknown key at the top', () => `tenant: {}\n${GOOD}`, 1, 'tenant', /not a key/, /`tenants`/],
    [
      'a missing message to user',
      () => edited('messageToUser: Hold on.\n', '\n'),
      15,
      'messageToUser',
      /required/,
      /BLANK_MESSAGE/,
    ],
    [
      'an empty message to user',
      () => edited('messageToUser: Hold on.', 'messageToUser:'),
      21,
      'messageToUser',
      /empty/,
      /value/,
    ],
    [
      'a missing skill id',
      () => edited('agentSkillId: 1001\n', '\n'),
      15,
      'agentSkillId',
      /required/,
      /agentSkillId/,
    ],
    [
      'a malformed template',
      () => edited('1001', "'{$botContext.}'"),
      20,
      'agentSkillId',
      /template/,
      /botContext/,
    ],
    [
      'a template of another kind',
      () => edited('Hold on.', "'Hi {$user.name}'"),
      21,
      'messageToUser',
      /template/,
      /botContext/,
    ],
    ['an unknown bot', () => edited('bot: shop', 'bot: shpo'), 16, 'bot', /names a bot/, /`shop`/],
    [
      'an unknown connector',
      () => edited('connector: desk\n        responseD', 'connector: dsk\n        responseD'),
      17,
      'connector',
      /names a connector/,
      /`desk`/,
    ],
    [
      'an unknown connector of a bot',
      () => edited('connector: desk\n        notices', 'connector: x-y-z\n        notices'),
      7,
      'connector',
      /names a connector/,
      /Use one of `desk`/,
    ],
    [
      'a bot whose handoffs are of an integration that is not there',
      () =>
        edited(
          'platform: liveperson\n        connector',
          'platform: liveperson\n        options: { integration: Nope }\n        connector',
        ),
      7,
      'integration',
      /does not have/,
      /`Agent Escalation`/,
    ],
    [
      'an unknown connector of a rung',
      () => withField('furtherRungs: [{ connector: nope, target: { kind: skill, id: 1 } }]'),
      22,
      'connector',
      /names a connector/,
      /desk/,
    ],
    [
      'an unknown kind of target',
      () => withField('furtherRungs: [{ connector: desk, target: { kind: skil, id: 1 } }]'),
      22,
      'kind',
      /values allowed/,
      /`skill`/,
    ],
    [
      'an agent of a queue',
      () => withField('furtherRungs: [{ connector: desk, target: { kind: queue, id: 1, agentId: 2 } }]'),
      22,
      'agentId',
      /only for a skill/,
      /kind: skill/,
    ],
    [
      'a key where its hash belongs',
      () => edited('${env:API_KEY}', 'hunter2-hunter2-hunter2'),
      3,
      'apiKeys.backend',
      /hash of a key/,
      /baton keys create/,
    ],
    [
      'a hash in another case',
      () => edited('${env:API_KEY}', `sha256:${'AB'.repeat(32)}`),
      3,
      'apiKeys.backend',
      /hash of a key/,
      /baton keys create/,
    ],
    [
      'a key without a name',
      () => edited("{ backend: '${env:API_KEY}' }", "'${env:API_KEY}'"),
      3,
      'apiKeys',
      /not a map/,
      /names and values/,
    ],
    [
      'no keys at all',
      () => edited("    apiKeys: { backend: '${env:API_KEY}' }\n", ''),
      2,
      'apiKeys',
      /required/,
      /baton keys create/,
    ],
    [
      'a name of a key',
      () => edited('{ backend:', "{ 'b/k':"),
      3,
      'apiKeys["b/k"]',
      /name of a key/,
      /stands in logs/,
    ],
    [
      "a name of an operator's key",
      () => gateway(`operatorKeys: { 'a b': '${HASH}' }`),
      23,
      'operatorKeys["a b"]',
      /name of a key/,
      /63 at most/,
    ],
    [
      'an origin with a path',
      () => gateway("cors: { origins: ['https://a.example/'] }"),
      23,
      'origins[0]',
      /origin/,
      /no path/,
    ],
    [
      'an origin that stands for many',
      () => gateway("cors: { origins: ['https://a.example', 'https://*.example'] }"),
      23,
      'origins[1]',
      /origin/,
      /no placeholder/,
    ],
    [
      'a limit of nothing',
      () => gateway('rateLimit: { requests: 0 }'),
      23,
      'rateLimit.requests',
      /too small/,
      /1 or more/,
    ],
    [
      'a limit for too long',
      () => gateway('rateLimit: { per: 1d }'),
      23,
      'rateLimit.per',
      /between/,
      /1s to 1h/,
    ],
    ['no connections', () => gateway('maxConnections: 0'), 23, 'maxConnections', /too small/, /1 or more/],
    ['an unknown limit', () => gateway('maxStream: 5'), 23, 'maxStream', /not a key/, /`maxStreams`/],
    [
      'an issuer without an audience',
      () => oidc('{ issuer: https://id.example }'),
      4,
      'oidc.audience',
      /required/,
      /audience/,
    ],
    [
      'an issuer that is no URL',
      () => oidc('{ issuer: id.example, audience: baton }'),
      4,
      'oidc.issuer',
      /URL/,
      /https/,
    ],
    [
      'an issuer whose keys travel unencrypted',
      () => oidc('{ issuer: http://id.example, audience: baton }'),
      4,
      'oidc.issuer',
      /unencrypted/,
      /https/,
    ],
    [
      'keys of an issuer that travel unencrypted',
      () => oidc('{ issuer: https://id.example, audience: baton, jwksUrl: http://id.example/keys }'),
      4,
      'oidc.jwksUrl',
      /unencrypted/,
      /https/,
    ],
    [
      'a claim that is not a text',
      () => oidc('{ issuer: https://id.example, audience: baton, claims: { azp: 5 } }'),
      4,
      'claims.azp',
      /not a text/,
      /quotes/,
    ],
    [
      'progress that there is not',
      () => edited("'${env:HOOK}' }", "'${env:HOOK}', progress: [answered] }"),
      8,
      'progress[0]',
      /values allowed/,
      /`accepted`, `queued`, `position`/,
    ],
    [
      'a previous secret in the file',
      () => edited("'${env:HOOK}' }", "'${env:HOOK}', previousSecret: hunter2 }"),
      8,
      'previousSecret',
      /written in the file/,
      /\$\{env:NAME\}/,
    ],
    [
      'an address among the private host names',
      () => edited('connector: desk\n        notices', "privateHosts: ['http://crm/']\n        notices"),
      7,
      'privateHosts[0]',
      /host name/,
      /no scheme/,
    ],
    [
      'a password in the file',
      () => edited("'${env:PASSWORD}'", 'hunter2'),
      13,
      'password',
      /written in the file/,
      /\$\{file:PATH\}/,
    ],
    [
      'a reference amid text',
      () => edited("'${env:PASSWORD}'", "'x${env:PASSWORD}'"),
      13,
      'password',
      /whole reference/,
      /exactly/,
    ],
    [
      'a variable that is not set',
      () => edited('API_KEY', 'NO_SUCH'),
      3,
      'apiKeys.backend',
      /NO_SUCH is not set/,
      /Set NO_SUCH/,
    ],
    [
      'a variable that is empty',
      () => edited('API_KEY', 'EMPTY'),
      3,
      'apiKeys.backend',
      /EMPTY is not set/,
      /Set EMPTY/,
    ],
    [
      'a secret file that is not there',
      () => edited('${env:API_KEY}', '${file:no/such}'),
      3,
      'apiKeys.backend',
      /cannot be read \(ENOENT\)/,
      /Check/,
    ],
    [
      'a variable that holds no hash',
      () => edited('API_KEY', 'SHORT'),
      3,
      'apiKeys.backend',
      /hash of a key/,
      /baton keys create/,
    ],
    [
      'a duration without unit',
      () => withField('responseTimeout: 180'),
      22,
      'responseTimeout',
      /not a text/,
      /unit/,
    ],
    [
      'a negative timeout',
      () => withField('responseTimeout: -3m'),
      22,
      'responseTimeout',
      /not a duration/,
      /3m/,
    ],
    [
      'a timeout of nothing',
      () => withField('responseTimeout: 0s'),
      22,
      'responseTimeout',
      /between/,
      /1s to 24h/,
    ],
    ['an endless timeout', () => withField('queueTimeout: 99d'), 22, 'queueTimeout', /between/, /36h/],
    [
      'a negative count',
      () => withField('interactionDelay: { messages: -1 }'),
      22,
      'messages',
      /too small/,
      /0 or more/,
    ],
    [
      'an unknown time zone',
      () => withField('businessHours: { timeZone: Europe/Berlim, weekly: {} }'),
      22,
      'timeZone',
      /time zone/,
      /IANA/,
    ],
    [
      'a range that is none',
      () => withField("businessHours: { timeZone: UTC, weekly: { mon: ['9-5'] } }"),
      22,
      'mon[0]',
      /range/,
      /HH:MM/,
    ],
    [
      'a range of no time',
      () => withField("businessHours: { timeZone: UTC, weekly: { mon: ['09:00-09:00'] } }"),
      22,
      'mon[0]',
      /begins when it ends/,
      /00:00-24:00/,
    ],
    [
      'a date that is none',
      () => withField('businessHours: { timeZone: UTC, weekly: {}, closedOn: [2026-02-30] }'),
      22,
      'closedOn[0]',
      /date/,
      /YYYY/,
    ],
    [
      'a day that is none',
      () => withField('businessHours: { timeZone: UTC, weekly: { monday: [] } }'),
      22,
      'monday',
      /not a key/,
      /`mon`/,
    ],
    [
      "another integration's result",
      () => withField("customDataFields: { a: '{$.api_other.x}' }"),
      22,
      'customDataFields.a',
      /place in the result/,
      /api_escalation/,
    ],
    [
      'a place that is not closed',
      () => withField("customDataFields: { a: '{$.api_escalation.x' }"),
      22,
      'customDataFields.a',
      /place in the result/,
      /api_escalation/,
    ],
    [
      'an empty script',
      () => withField('transformResultScript: " "'),
      22,
      'transformResultScript',
      /script/,
      /Leave/,
    ],
    [
      'a script file that is not there',
      () => withField("transformResultScript: '${file:no.js}'"),
      22,
      'transformResultScript',
      /cannot be read/,
      /Check/,
    ],
    [
      'another type',
      () => withField('integrationType: Zendesk'),
      22,
      'integrationType',
      /values allowed/,
      /LivePerson Agent Escalation/,
    ],
    [
      'a variable name that is none',
      () => edited('responseDataVariableName: escalation', 'responseDataVariableName: my var'),
      18,
      'responseDataVariableName',
      /name of a variable/,
      /letter/,
    ],
    [
      'a URL that is none',
      () => edited('https://bot.example/n', 'ftp://bot.example/n'),
      8,
      'url',
      /URL/,
      /https/,
    ],
    [
      'a URL with a password',
      () => edited('https://bot.example/n', 'https://u:p@bot.example/n'),
      8,
      'url',
      /URL/,
      /without user/,
    ],
    ['a mistyped destination', () => edited('webhook:', 'webhok:'), 8, 'webhok', /not a key/, /`webhook`/],
    [
      'another destination',
      () => GOOD.replace(/notices: .*/, 'notices: pigeon'),
      8,
      'notices',
      /none of the forms/,
      /`webhook`, `signal`, `platform`/,
    ],
    [
      'a name of a tenant',
      () => edited('  acme:', '  a/c:'),
      2,
      'tenants["a/c"]',
      /name of a tenant/,
      /workflow id/,
    ],
    ['another version', () => `version: 2\n${GOOD}`, 1, 'version', /values allowed/, /`1`/],
    ['no tenant', () => 'tenants: {}\n', 1, 'tenants', /empty/, /one tenant/],
    [
      'half a character',
      () => edited('Hold on.', '"\\ud800"'),
      21,
      'messageToUser',
      /half a character/,
      /again/,
    ],
    [
      'a key that reaches for a prototype',
      () => withField('customDataFields: { __proto__: x }'),
      22,
      '',
      /key that may be used/,
      /another/,
    ],
    ['a key twice', () => withField('messageToUser: Again.'), 22, '', /twice/, /Keep one/],
    ['a tab', () => 'tenants:\n\tacme: {}\n', 2, '', /tab/, /spaces/],
    ['a bracket left open', () => 'tenants: {a: [1\n', 2, '', /not YAML/, /brackets/],
    ['a second document', () => `${GOOD}---\na: 1\n`, 22, '', /second document/, /---/],
    ['a tag', () => edited('Hold on.', '!!binary aGk='), 21, '', /tag/, /Remove/],
    ['an alias without anchor', () => edited('Hold on.', '*nothing'), 1, '', /no anchor/, /&name/],
    ['an empty file', () => '# nothing\n', 1, '', /empty/, /baton.example.yaml/],
    ['a list', () => '- a\n', 1, '', /not a map/, /map/],
  ])('are told of %s, with line and remedy', (_, text, line, path, message, remedy) => {
    const faults = readFaults(text());

    const found = faults.find((fault) => fault.path.endsWith(path) && message.test(fault.message));
    expect(faults.map(({ line: at, path: where, message: what }) => `${at} ${where} ${what}`)).toContainEqual(
      expect.stringMatching(new RegExp(`^${line} .*`)),
    );
    expect(found).toMatchObject({ file: 'baton.yaml', line });
    expect(found?.remedy).toMatch(remedy);
  });

  function readFaults(text: string): readonly Fault[] {
    const loaded = readConfiguration(text, { file: 'baton.yaml', env: { ...ENV, SHORT: 'short' } });
    return loaded.ok ? [] : loaded.faults;
  }

  it('are all told at once, in the order of the file', () => {
    const text = withField('agentSkilName: x', 'responseTimeout: 5', 'queueTimeout: 1x')
      .replace('${env:API_KEY}', 'literal')
      .replace('bot: shop', 'bot: nobody')
      .replace('platform: liveperson', 'platfrom: liveperson');

    const faults = faultsOf(text);

    expect(faults.map((fault) => fault.path.split('.').at(-1))).toEqual([
      'backend',
      'platform',
      'platfrom',
      'bot',
      'agentSkilName',
      'responseTimeout',
      'queueTimeout',
    ]);
    expect(faults.map((fault) => fault.line)).toEqual(
      [...faults.map((fault) => fault.line)].sort((a, b) => a - b),
    );
  });

  it('never repeat what stands in the file', () => {
    const text = edited("'${env:PASSWORD}'", CANARY).replace('${env:API_KEY}', CANARY);

    expect(JSON.stringify(faultsOf(text))).not.toContain(CANARY);
  });

  it('point into a value that an alias repeats', () => {
    const text = withField('businessHours: &h { timeZone: Mars, weekly: {} }').concat(
      '        furtherRungs: [{ connector: desk, target: { kind: skill, id: 1 }, businessHours: *h }]\n',
    );

    const zones = faultsOf(text).filter((fault) => fault.path.endsWith('timeZone'));

    expect(zones.map((fault) => fault.line)).toEqual([22, 22]);
  });

  it('are told of a bomb of aliases instead of unfolding it', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );

    const faults = faultsOf(lines.join('\n'));

    expect(faults[0]?.message).toMatch(/aliases repeat more than/);
  });

  it.each([
    ['brackets', '['.repeat(200_000)],
    ['maps', '{a: '.repeat(200_000)],
    ['dashes', '- '.repeat(200_000)],
    ['question marks', '? '.repeat(200_000)],
    ['lines', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('are told of %s without end, instead of the process ending', (_, text) => {
    expect(faultsOf(text).length).toBeGreaterThan(0);
  });

  it('are told of two tenants with one key', () => {
    const second = GOOD.replace('tenants:\n', '').replace('acme', 'other');

    const faults = faultsOf(GOOD + second);

    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ path: 'tenants.other.apiKeys.backend', line: 23 });
    expect(faults[0]?.message).toBe('is the same key as tenants.acme.apiKeys.backend');
  });

  it("are told of an operator's key that is also a tenant's", () => {
    const faults = faultsOf(gateway("operatorKeys: { prometheus: '${env:API_KEY}' }"));

    expect(faults.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'tenants.acme.apiKeys.backend is the same key as gateway.operatorKeys.prometheus',
    ]);
  });

  it.each([
    ['the same audience', '', '', true],
    ['the same claims', 'claims: { azp: a }', 'claims: { azp: a }', true],
    ['claims that include the others', 'claims: { azp: a }', 'claims: { azp: a, org: b }', true],
    ['claims beside none', '', 'claims: { azp: a }', true],
    ['a claim with another value', 'claims: { azp: a }', 'claims: { azp: b }', false],
  ])('are told of two tenants whose tokens are the same, by %s', (_what, first, second, same) => {
    const provider = (claims: string): string =>
      oidc(`{ issuer: https://id.example, audience: baton${claims && `, ${claims}`} }`);
    const other = provider(second).replace('tenants:\n', '').replace('acme', 'other');

    const faults = faultsOf(provider(first) + other.replace('${env:API_KEY}', `sha256:${'cd'.repeat(32)}`));

    expect(faults.map(({ path, message }) => `${path} ${message}`)).toEqual(
      same ? ['tenants.other.oidc takes tokens that also mean tenant acme'] : [],
    );
  });

  it('are values, whatever text there is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((noise) => GOOD + noise),
          anyDamage,
        ),
        (text) => {
          const loaded = read(text);

          expect(loaded.ok || loaded.faults.length > 0).toBe(true);
          if (!loaded.ok) for (const fault of loaded.faults) expect(fault.line).toBeGreaterThan(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** The good file with a piece of it replaced by something else. */
const anyDamage = fc
  .tuple(
    fc.nat(GOOD.length),
    fc.nat(30),
    fc.oneof(
      fc.string(),
      fc.constantFrom('{', '[', '- ', '? ', ': ', '\n', '&a ', '*a', '!!x ', 'null', '"'),
    ),
  )
  .map(([at, length, noise]) => GOOD.slice(0, at) + noise + GOOD.slice(at + length));

describe('the platforms', () => {
  const seen: string[] = [];
  const platforms: PlatformChecks = {
    checkPlatform: (kind, platform, value) => {
      seen.push(`${kind} ${platform} ${Object.keys(value).length > 0}`);
      return kind === 'connector'
        ? [{ path: ['credentials', 'username'], message: 'is unknown there', remedy: 'Ask the vendor.' }]
        : [];
    },
  };
  const numeric = (form: 'no_desk' | undefined): PlatformChecks => ({
    checkPlatform: () => [],
    targetForm: (_platform, _kind, id) => form ?? (/^\d+$/.test(id) ? 'valid' : 'invalid'),
  });

  it('say what is wrong with a connector, at its line', () => {
    expect(faultsOf(GOOD, platforms)).toEqual([
      {
        file: 'baton.yaml',
        line: 13,
        column: 34,
        path: 'tenants.acme.connectors.desk.credentials.username',
        message: 'is unknown there',
        remedy: 'Ask the vendor.',
      },
    ]);
    expect(seen).toEqual(['bot liveperson true', 'connector liveperson true']);
  });

  it('are asked about a connector although there are faults elsewhere', () => {
    const faults = faultsOf(edited('messageToUser: Hold on.\n', '\n'), platforms);

    expect(faults.map((fault) => fault.path.split('.').at(-1)).sort()).toEqual(['messageToUser', 'username']);
  });

  it('only warn of an id that is not numeric: it is evaluated when the escalation is attempted', () => {
    const text = edited('agentSkillId: 1001', 'agentSkillId: sales').replace(
      'account: 12345678',
      'account: 12345678\n        fallbackSkillId: night',
    );

    const loaded = read(text, numeric(undefined));

    expect(loaded.ok && loaded.warnings.map(({ line, path }) => `${line} ${path.split('.').at(-1)}`)).toEqual(
      ['13 fallbackSkillId', '21 agentSkillId'],
    );
  });

  it('do not judge a template', () => {
    const loaded = read(edited('1001', "'{$botContext.skillId}'"), numeric(undefined));

    expect(loaded.ok && loaded.warnings).toEqual([]);
  });

  it('refuse an integration whose connector has no human agents', () => {
    const faults = faultsOf(GOOD, numeric('no_desk'));

    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ line: 17, message: expect.stringMatching(/no human agents/) });
  });

  it('refuse each connector that cannot take over what the bot of its integration has', () => {
    const asked: string[] = [];
    const never: PlatformChecks = {
      checkPlatform: () => [],
      canTakeOver: (bot, desk) => asked.push(`${bot} ${desk}`) === 0,
    };
    const text = edited(
      'messageToUser: Hold on.',
      'messageToUser: Hold on.\n        requestedTargets: { queue: desk }\n        furtherRungs: [{ connector: desk, target: { kind: skill, id: 1 } }]',
    );

    const faults = faultsOf(text, never);

    expect(faults.map(({ path }) => path.replace(/^.*?\]\./, '')).sort()).toEqual([
      'connector',
      'furtherRungs[0].connector',
      'requestedTargets.queue',
    ]);
    expect(faults[0]?.message).toMatch(/only conversations on liveperson/);
    expect(asked).toEqual(Array(3).fill('liveperson liveperson'));
  });
});

describe('a warning', () => {
  it('is given of notices that travel unencrypted, unless they stay on the machine', () => {
    const warnings = (url: string): readonly string[] => {
      const loaded = read(edited('https://bot.example/n', url));
      return loaded.ok ? loaded.warnings.map((warning) => warning.message) : ['faults'];
    };

    expect(warnings('http://bot.example/n')).toEqual(['sends notices unencrypted']);
    expect(warnings('http://127.0.0.1:8080/n')).toEqual([]);
    expect(warnings('http://localhost:8080')).toEqual([]);
  });

  it.each([
    ['http://console.example', ['pages come to the browser unencrypted']],
    ['https://console.example', []],
    ['http://localhost:5173', []],
    ['http://[::1]:5173', []],
  ])('is given of pages that come unencrypted: %s', (origin, expected) => {
    expect(warningsOf(gateway(`cors: { origins: ['${origin}'] }`))).toEqual(expected);
  });

  it('is given of a tenant that nobody can call the gateway for', () => {
    const text = edited("{ backend: '${env:API_KEY}' }", '{}');

    expect(warningsOf(text)).toEqual([expect.stringMatching(/nobody can call/)]);
  });

  it('is given of a previous secret that is the secret itself', () => {
    const both = (previous: string): string =>
      edited("'${env:HOOK}' }", `'\${env:HOOK}', previousSecret: '\${env:${previous}}' }`);

    expect(warningsOf(both('HOOK'))).toEqual(['is the secret itself']);
    expect(warningsOf(both('PASSWORD'))).toEqual([]);
  });

  it('is given of private host names where every private address is allowed', () => {
    const hosts = (more: string): string =>
      edited('account: 12345678', `account: 12345678\n        privateHosts: [crm.internal]${more}`);

    expect(warningsOf(hosts('\n        allowPrivateNetwork: true'))).toHaveLength(1);
    expect(warningsOf(hosts(''))).toEqual([]);
  });

  function warningsOf(text: string): readonly string[] {
    const loaded = read(text);
    return loaded.ok ? loaded.warnings.map(({ message }) => message) : ['faults'];
  }
});

describe('a file on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-configuration-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads secrets and scripts from beside it, without the line end of the last line', () => {
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets/key'), `${ENV.API_KEY}\n`);
    writeFileSync(join(folder, 'result.js'), 'x();\n');
    const path = join(folder, 'baton.yaml');
    writeFileSync(
      path,
      withField("transformResultScript: '${file:result.js}'").replace(
        '${env:API_KEY}',
        '${file:secrets/key}',
      ),
    );

    const loaded = loadConfiguration(path, { env: ENV });

    const tenant = loaded.ok ? loaded.configuration.tenants['acme'] : undefined;
    expect(tenant?.apiKeys).toEqual([{ name: 'backend', sha256: 'ab'.repeat(32) }]);
    expect(tenant?.integrations['Agent Escalation']?.transformResultScript).toBe('x();');
  });

  it('is a fault when it is not there, or too large', () => {
    const path = join(folder, 'baton.yaml');
    expect(loadConfiguration(path, { env: ENV })).toMatchObject({
      ok: false,
      faults: [{ file: path, line: 1 }],
    });

    writeFileSync(path, '#'.repeat(2 ** 20 + 1));

    const loaded = loadConfiguration(path, { env: ENV });
    expect(loaded.ok ? '' : loaded.faults[0]?.message).toMatch(/too large/);
  });
});
