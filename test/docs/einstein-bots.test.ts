// docs/platforms/einstein-bots.md: its settings are the configuration of a real worker and gateway, and its shell lines
// are pasted into one shell against them and a simulated Salesforce. Only hosts and files differ.
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { checkConfiguration } from '../../contract/check';
import { loadOptions } from '../../cli/configuration-file';
import {
  createEinsteinBotsControl,
  PRESET_BOTS,
  PRESET_ORGS,
  presetOrganisations,
  startEinsteinBotsSimulator,
  type EinsteinBotsControl,
  type SessionView,
} from '../../platforms/einstein-bots/simulator';
import {
  connectControl,
  DEMO_USER,
  startOmniSimulator,
  type OmniControl,
} from '../../platforms/salesforce-omni/simulator';
import { startSystem, type System } from '../support/system';
import { API_KEY, BOT_SECRET, SYSTEM_SECRETS, TENANT } from '../support/system-configuration';
import { until } from '../support/until';
import { blocks, read } from './markdown';
import { jsonIn, paste } from './paste';

type Settings = Record<string, Record<string, { options?: object; platform?: string; url?: string }>>;

const PAGE = read('docs/platforms/einstein-bots.md');
const [KEY_BLOCK = '', ...COMMANDS] = blocks(PAGE, 'sh');
const YAML = blocks(PAGE, 'yaml');
const LIFE_TIMEOUT_MS = 240_000;
const CLIENT_SECRET = 'secret-of-the-client-in-the-page';
const QUEUE = 'Customer_Support_Queue';

const closers: (() => Promise<unknown>)[] = [];
let system: System;
let einstein: EinsteinBotsControl;
let omni: OmniControl;
let said: readonly string[];

beforeAll(async () => {
  system = await startSystem({ processes: [] });
  closers.push(() => system.close());
  const folder = join(dirname(system.configFile), 'page');
  mkdirSync(folder);
  await paste(['exec 2>openssl.log', KEY_BLOCK], { folder });
  const publicKey = new X509Certificate(readFileSync(join(folder, 'salesforce.crt'))).publicKey
    .export({ type: 'spki', format: 'pem' })
    .toString();
  const salesforce = await startSalesforce(publicKey);
  writeFileSync(system.configFile, JSON.stringify(configurationOf(salesforce, folder), undefined, 2));
  await Promise.all([system.startWorker(), system.startGateway()]);
  said = await paste(COMMANDS, {
    folder,
    env: {
      BATON: system.gateway.url,
      KEY: API_KEY,
      RUNTIME: salesforce.runtime,
      TOKEN: await tokenOf(salesforce.runtime),
    },
  });
}, LIFE_TIMEOUT_MS);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
}, 60_000);

interface Salesforce {
  readonly runtime: string;
  readonly core: string;
}

/** Two orgs whose apps have the page's certificate, and an agent for the queue of one. */
async function startSalesforce(publicKey: string): Promise<Salesforce> {
  const core = await startOmniSimulator({
    org: {
      queues: [{ name: QUEUE }],
      apps: [{ clientId: 'acme-service', publicKey, runAs: DEMO_USER }],
      agents: [
        { username: 'ann@acme.example', queues: [QUEUE], behaviour: { kind: 'accept', afterMs: 100 } },
      ],
    },
  });
  closers.push(() => core.close());
  omni = connectControl(core.url);
  const { queueId: queue } = await omni.setQueue({ name: QUEUE });
  const publicKeys = { acme: publicKey, globex: publicKey };
  const organisations = presetOrganisations({ targets: { queue }, publicKeys }).map((each) => ({
    ...each,
    apps: each.apps?.map((app) => ({ ...app, clientSecret: CLIENT_SECRET })),
  }));
  const runtime = await startEinsteinBotsSimulator({ world: { organisations } });
  closers.push(() => runtime.close());
  einstein = createEinsteinBotsControl(runtime.url);
  closers.push(() => einstein.close());
  return { runtime: runtime.url, core: core.url };
}

/** The page's settings, with the simulators' hosts and this machine's files. */
function configurationOf({ runtime, core }: Salesforce, folder: string): object {
  const text = YAML.join('\n')
    .replaceAll('/run/secrets/salesforce.pem', join(folder, 'salesforce.pem'))
    .replaceAll('${env:CHAT_CLIENT_SECRET}', '${env:BATON_ACME_BOT_SECRET}')
    .replaceAll('https://chat.example.com/baton', system.botUrls.messages);
  const settings = parse(text) as Settings;
  const hosts: Record<string, object> = {
    'einstein-bots': { runtimeUrl: runtime, loginUrl: runtime },
    'salesforce-omni': { loginUrl: core, pollIntervalMs: 100 },
  };
  for (const each of [
    ...Object.values(settings['bots'] ?? {}),
    ...Object.values(settings['connectors'] ?? {}),
  ])
    Object.assign(each, { allowPrivateNetwork: true });
  for (const each of Object.values(settings['connectors'] ?? {}))
    Object.assign(each, { options: { ...each.options, ...hosts[each.platform ?? ''] } });
  // One of the clients keeps what comes, byte by byte.
  Object.assign(settings['bots']?.['shop-bot']?.options ?? {}, { url: `${system.recorder.url}/shop` });
  const apiKeys = { page: '${env:BATON_ACME_API_KEY_HASH}' };
  return { version: 1, tenants: { [TENANT]: { apiKeys, ...settings } } };
}

/** A token of a client of its own. */
async function tokenOf(runtime: string): Promise<string> {
  const answer = await fetch(`${runtime}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'acme-bots',
      client_secret: CLIENT_SECRET,
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** The page's conversation that began as a client's `C=chat-…`: the ones with this bot, in order. */
async function sessionsWith(botId: string): Promise<readonly SessionView[]> {
  return (await einstein.state()).sessions.filter((session) => session.botId === botId);
}

const given = ({ passed }: SessionView): unknown =>
  Object.fromEntries(
    passed.filter(({ name }) => !name.startsWith('$')).map(({ name, value }) => [name, value]),
  );

it('has every block tried here', () => {
  const fences = PAGE.match(/^```(sh|yaml|json)$/gm) ?? [];
  const tried =
    PAGE.match(/^<!-- tried by test\/docs\/einstein-bots\.test\.ts -->\n```(sh|yaml|json)$/gm) ?? [];

  expect(tried).toHaveLength(fences.length);
  expect(fences).toHaveLength(1 + COMMANDS.length + YAML.length + 1);
});

it('has settings without a fault, as they stand but for the files of secrets', () => {
  const file = join(dirname(system.configFile), 'as-it-stands.yaml');
  const key = join(dirname(system.configFile), 'page/salesforce.pem');
  const sections = YAML.join('\n').replaceAll('/run/secrets/salesforce.pem', key);
  const indented = sections.replace(/^(?=.)/gm, '    ');
  writeFileSync(
    file,
    `version: 1\ntenants:\n  acme:\n    apiKeys:\n      page: ${SYSTEM_SECRETS.BATON_ACME_API_KEY_HASH}\n${indented}`,
  );
  const options = { ...loadOptions(), env: { CHAT_CLIENT_SECRET: BOT_SECRET } };

  const { exitCode, lines } = checkConfiguration(file, options);

  expect([exitCode, lines]).toEqual([0, expect.anything()]);
});

describe('the thin chat client', () => {
  it('has each message taken', () => {
    expect(jsonIn(said[0] ?? '')).toEqual(Array(4).fill({ accepted: 'message' }));
    expect(jsonIn(said[1] ?? '')).toEqual(Array(2).fill({ accepted: 'message' }));
  });

  it('shows the walk-through of the two bots, and the receiver has the three variables and no more', async () => {
    const texts = await until('the greeting', async () => {
      const { transcripts } = await system.bot.state();
      const found = Object.values(transcripts).find(
        (lines) => lines[0]?.text === 'Hi! I am the Variables Bot.',
      );
      return found && found.length >= 6 && found.map(({ text }) => text);
    });
    const [receiver] = await sessionsWith(PRESET_BOTS.receiver);

    expect(texts).toEqual([
      'Hi! I am the Variables Bot.',
      'What is your name?',
      'What is your email address?',
      'Which company do you work for?',
      'Hi Ada! I have received what you told the Variables Bot.',
      'Email: ada@example.com, company: Example Ltd.',
    ]);
    expect(receiver && given(receiver)).toEqual({
      name: 'Ada',
      email: 'ada@example.com',
      company: 'Example Ltd',
    });
  });

  it('is sent what the page shows', () => {
    const [example = ''] = blocks(PAGE, 'json');
    const shown = JSON.parse(example) as { data: Record<string, unknown> };
    const posts = system.recorder.requests.filter(({ path }) => path === '/shop');
    const first = JSON.parse(posts[0]?.body ?? '{}') as { data: Record<string, unknown> };

    expect(Object.keys(first)).toEqual(Object.keys(shown));
    expect(Object.keys(first.data)).toEqual(Object.keys(shown.data));
    expect(first.data['text']).toBe(shown.data['text']);
    expect(posts[0]?.headers).toHaveProperty('webhook-signature');
  });

  it('goes on with a bot of the other org: variables of a first message, intent and message come along', async () => {
    const [order] = await sessionsWith(PRESET_BOTS.order);

    expect(order).toMatchObject({ orgId: PRESET_ORGS.globex });
    expect(order && given(order)).toMatchObject({ OrderQty: 3, Baton_Intent: 'Track Order' });
    expect(order?.said[0]).toEqual({ from: 'user', text: 'Where is my order?' });
    expect(order?.referrers[0]?.value).toBe(PRESET_BOTS.shop);
  });

  it('asks where it stands, why, and ends it', async () => {
    const [status, explanation, end] = jsonIn(
      (said[2] ?? '').slice((said[2] ?? '').indexOf('{"conversationId"')),
    );

    expect(status).toMatchObject({ phase: 'talking', hops: 1, connector: 'globex-bots' });
    expect(explanation).toMatchObject({ story: expect.any(Array) as unknown });
    expect(end).toEqual({ accepted: 'end' });
    const ended = await until('the end', async () => (await sessionsWith(PRESET_BOTS.order))[0]?.ended);
    expect(ended).toMatchObject({ by: 'client', reason: 'UserRequest' });
  });
});

describe('the client that speaks to the bot itself', () => {
  it('hands the session over, and the Customer Support Queue has its Case', async () => {
    const [taken] = jsonIn(said[3] ?? '');
    const { records } = await omni.ever({ object: 'Case' });

    expect(taken).toMatchObject({ sessionUrl: expect.stringContaining('/v1/sessions/chat-') as string });
    expect(records.map(({ Description }) => String(Description))).toEqual([
      expect.stringContaining(String(taken?.['conversationId'])),
    ]);
    expect(String(records[0]?.['Description'])).toContain('I need a person');
  });

  it('has its bot told that the transfer succeeded, and its session ended for that', async () => {
    const [session] = await sessionsWith(PRESET_BOTS.support);

    expect(session).toMatchObject({ waitsFor: 'transferred', ended: { by: 'client', reason: 'Transfer' } });
    expect(said[3]).toContain('"reason":"user_request"');
  });

  it('lets Baton say the last words', async () => {
    const { transcripts } = await system.bot.state();
    const texts = Object.values(transcripts).map((lines) => lines.map(({ text }) => text));

    expect(texts).toContainEqual(['One moment, I am getting a colleague.']);
  });
});
