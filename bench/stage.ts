// Everything that a run needs: a development server in memory, Baton's worker and the bare one as processes of their
// own, and in this process the gateway, the platforms and the bot.
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { loadConfiguration } from '../contract/load-configuration';
import type { Configuration } from '../domain/configuration';
import { createGateway } from '../gateway/create-gateway';
import { PLATFORMS } from '../platforms';
import { configurationChecks } from '../platforms/configuration-checks';
import { findFreePort } from '../servers/ports';
import { API_KEY, benchEnvironment, configFile, startChild, startServer, type Closers } from './parts';
import { startWorld, type World } from './world';

/** How to set the stage. */
export interface StageOptions {
  /** The folder of the compiled program: the workers run from there. */
  readonly dist: string;
  /** Fire timers at most 10 ms late, instead of the server's default of up to a second. */
  readonly promptTimers: boolean;
  /** Start the bare worker too. */
  readonly bare: boolean;
  readonly log: (line: string) => void;
}

/** A stage that is set. */
export interface Stage {
  readonly client: Client;
  readonly gatewayUrl: string;
  readonly apiKey: string;
  readonly world: World;
  readonly metricsPort: number;
  /** As the server says. */
  readonly serverVersion: string;
  readonly pids: { readonly server: number; readonly product: number; readonly bare: number };
  close(): Promise<void>;
}

const QUIET_LOG = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** Sets the stage; what was started is stopped again if any part of it fails. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const one of closers.reverse()) await one();
  };
  try {
    return { ...(await assemble(options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function assemble(options: StageOptions, closers: Closers): Promise<Omit<Stage, 'close'>> {
  const metricsPort = await findFreePort();
  const server = await startServer({ ...options, metricsPort }, closers);
  const connection = await Connection.connect({ address: server.address });
  closers.push(() => connection.close());
  const client = new Client({ connection });

  const gatewayPort = await findFreePort();
  const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
  const world = await startWorld({
    deskCallback: () => `${gatewayUrl}/v1/webhooks/bench/desk`,
    accept: (conversationId, skill) =>
      client.workflow
        .getHandle(bareWorkflowId(conversationId))
        .signal('accepted', { skill, agentId: '2003' }),
  });
  closers.push(() => world.close());

  const env = benchEnvironment({
    livepersonHost: world.livepersonHost,
    deskUrl: world.desk.url,
    botUrl: world.url,
  });
  const gateway = createGateway({
    configuration: readConfiguration(options.dist, env),
    platforms: PLATFORMS,
    client,
    log: QUIET_LOG,
  });
  await gateway.listen({ port: gatewayPort, host: '127.0.0.1' });
  closers.push(() => gateway.close());
  if ((gateway.server.address() as AddressInfo).port !== gatewayPort) throw new Error('the gateway moved');

  const product = await startChild(
    [join(options.dist, 'cli/main.js'), 'worker', '--config', configFile(options.dist), '--health-port', '0'],
    { ...process.env, ...env, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'default' },
    'worker.ready',
    closers,
  );
  const bare = options.bare
    ? await startChild(
        [join(options.dist, 'bench/bare/worker.js'), server.address, world.url],
        process.env,
        'ready',
        closers,
      )
    : undefined;
  const pids = { server: server.pid, product: product.pid ?? 0, bare: bare?.pid ?? 0 };
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  return { client, gatewayUrl, apiKey: API_KEY, world, metricsPort, serverVersion, pids };
}

/** The bare workflow of a conversation. */
export function bareWorkflowId(conversationId: string): string {
  return `bare/${conversationId}`;
}

function readConfiguration(dist: string, env: NodeJS.ProcessEnv): Configuration {
  const loaded = loadConfiguration(configFile(dist), { env, platforms: configurationChecks(PLATFORMS) });
  if (loaded.ok) return loaded.configuration;
  throw new Error(loaded.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}
