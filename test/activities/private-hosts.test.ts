// A bot and desks on one's own network, allowed by name in the configuration: every way out of a worker takes it in.
import { createAccounts, type Accounts } from '../../activities/accounts';
import type { BotConfiguration, ConnectorConfiguration } from '../../domain/configuration';
import { PLATFORMS } from '../../platforms';
import {
  DEMO_ACCOUNT,
  startLivePersonSimulator,
  type LivePersonSimulator,
} from '../../platforms/liveperson/simulator';
import { failureOf, startServer, type TestServer } from '../platforms/http/servers';
import { aBot, aConnector, aSecret, aTenant } from '../support/tenant-builders';

const SECRET = aSecret(`whsec_${Buffer.alloc(32, 5).toString('base64')}`);
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const call = () => ({ signal: AbortSignal.timeout(30_000) });

let server: TestServer;
let liveperson: LivePersonSimulator;
const opened: Accounts[] = [];

beforeAll(async () => {
  server = await startServer((_request, response) => response.end('{"exists":"yes","available":"yes"}'));
  liveperson = await startLivePersonSimulator({ host: 'localhost' });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((accounts) => accounts.close()));
});
afterAll(async () => {
  await Promise.all([server.close(), liveperson.close()]);
});

/** The accounts of a tenant whose bot and desks are all at `localhost`, which only `privateHosts` can allow. */
function accountsWith(privateHosts: readonly string[]): Accounts {
  const url = `http://localhost:${server.port}/`;
  const reach = { allowPrivateNetwork: false, privateHosts };
  const bot: BotConfiguration = aBot({
    platform: 'webhook',
    options: { url, secret: SECRET },
    notices: { kind: 'webhook', url, secret: SECRET },
    ...reach,
  });
  const desk: ConnectorConfiguration = aConnector({
    platform: 'webhook',
    options: { url },
    credentials: { secret: SECRET },
    ...reach,
  });
  const lp = aConnector({
    account: DEMO_ACCOUNT,
    credentials: { username: 'baton-bot', password: aSecret('demo-password') },
    options: { host: `localhost:${liveperson.port}`, scheme: 'http' },
    ...reach,
  });
  const tenant = { ...aTenant(), bots: { bot }, connectors: { desk, lp } };
  const accounts = createAccounts({
    configuration: { tenants: { acme: tenant } },
    platforms: PLATFORMS,
    log,
  });
  opened.push(accounts);
  return accounts;
}

/** A call of each kind that a worker makes. */
const CALLS: readonly (readonly [string, (accounts: Accounts) => Promise<unknown>])[] = [
  [
    'a notice',
    (accounts) =>
      accounts
        .noticeClient('acme', 'bot')
        .request({ method: 'POST', url: `http://localhost:${server.port}/`, ...call() }),
  ],
  [
    'a message of the bot',
    async (accounts) => accounts.botSide('acme', 'bot').postToUser('c', { id: 'm', text: 'Hello.' }, call()),
  ],
  [
    'a generic desk',
    async (accounts) => accounts.desk('acme', 'desk').check({ kind: 'skill', id: '1' }, call()),
  ],
  ['LivePerson, by HTTP and by WebSocket', async (accounts) => accounts.desk('acme', 'lp').warmUp?.(call())],
];

describe.each(CALLS)('%s on the private network', (_what, make) => {
  it('is reached where its host is allowed by name', async () => {
    await expect(make(accountsWith(['localhost']))).resolves.not.toThrow();
  });

  it.each([[[]], [['other.internal']]])('is refused where the names are %j', async (names) => {
    const { code } = await failureOf(Promise.resolve().then(() => make(accountsWith(names))));

    expect(['ESC_EGRESS_BLOCKED', 'ESC_PLAN_MISCONFIGURED', 'ESC_PLATFORM_REJECTED']).toContain(code);
  });
});
