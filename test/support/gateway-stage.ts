// The gateway in this process on a real development server, with a worker whose world is scripted, and two tenants that
// know nothing of each other.
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { dataConverterFor } from '../../codec';
import { DEFAULT_GATEWAY } from '../../contract/gateway';
import type { Configuration, GatewayConfiguration, TenantConfiguration } from '../../domain/configuration';
import { escalationWorkflowId } from '../../domain/ids';
import { TASK_QUEUE } from '../../domain/task-queue';
import { createGateway } from '../../gateway/create-gateway';
import { PLATFORMS } from '../../platforms';
import type { Platform, PlatformLog } from '../../platforms/platform';
import { uniqueId } from './builders';
import { closeAll, type Closers } from './closers';
import { createGatewayCalls, type GatewayCalls } from './gateway-calls';
import { TEST_BUNDLE_PATH } from './global-setup';
import { aTenant, anApiKey } from './tenant-builders';
import { startTemporal } from './temporal-server';
import { createWorlds, type Script, type World } from './world';

/** The tenants of a stage. */
export type StageTenant = 'acme' | 'rival';

/** A conversation of the stage and its scripted world. */
export interface StageConversation {
  readonly conversationId: string;
  readonly path: string;
  readonly world: World;
}

/** See the file's comment. */
export interface GatewayStage {
  readonly client: Client;
  readonly url: string;
  /** Calls with the key of a tenant. @default acme */
  as(tenant?: StageTenant): GatewayCalls;
  /** A conversation that nobody has had. Its id can be given, so that two tenants have one each. */
  conversation(script?: Script, conversationId?: string): StageConversation;
  workflowId(conversationId: string, tenant?: StageTenant): string;
  /** Where Temporal is. */
  readonly temporalAddress: string;
  /** Calls another gateway, of the same configuration, that reaches Temporal here. */
  anotherGateway(temporalAddress: string): Promise<GatewayCalls>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  /** SIGKILL. What was acknowledged is in its file. */
  killTemporal(): Promise<void>;
  restartTemporal(): Promise<void>;
  close(): Promise<void>;
}

/** How to set a stage. */
export interface GatewayStageOptions {
  /** @default true */
  readonly worker?: boolean;
  readonly tenants?: Readonly<Partial<Record<StageTenant, Partial<TenantConfiguration>>>>;
  readonly encryption?: Configuration['encryption'];
  readonly gateway?: Partial<GatewayConfiguration>;
  /** Of the worker, besides those of the scripted world. */
  readonly activities?: object;
  /** Besides those that Baton knows. */
  readonly platforms?: Readonly<Record<string, Platform>>;
  /** @default none */
  readonly log?: PlatformLog;
}

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** The key of a tenant. */
export function keyOf(tenant: StageTenant): string {
  return `${tenant}-key-for-tests-only-0123456789`;
}

/** Sets the stage; call in `beforeAll`. */
export async function setGatewayStage(options: GatewayStageOptions = {}): Promise<GatewayStage> {
  const closers: Closers = [];
  try {
    return await set(options, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function set(options: GatewayStageOptions, closers: Closers): Promise<GatewayStage> {
  const temporal = await startTemporal(closers);
  const configuration = configurationOf(options);
  const converter = dataConverterFor(configuration, 'default');
  const open = async (address: string): Promise<{ readonly client: Client; readonly url: string }> => {
    const connection = await Connection.connect({ address });
    closers.push(() => connection.close());
    const client = new Client({ connection, namespace: 'default', ...converter });
    const stop = new AbortController();
    const app = createGateway({
      configuration,
      platforms: { ...PLATFORMS, ...options.platforms },
      client,
      log: options.log ?? QUIET,
      stop: stop.signal,
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    closers.push(async () => {
      stop.abort();
      await app.close();
    });
    return { client, url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` };
  };
  const { client, url } = await open(temporal.address);
  const worlds = createWorlds();
  const worker = createWorker(temporal.address, { ...worlds.activities, ...options.activities }, converter);
  closers.push(() => worker.stop());
  if (options.worker ?? true) await worker.start();
  return {
    client,
    url,
    as: (tenant = 'acme') => createGatewayCalls(() => url, keyOf(tenant)),
    conversation: (script = {}, conversationId = uniqueId('conv')) => ({
      conversationId,
      path: `/v1/escalations/${encodeURIComponent(conversationId)}`,
      world: worlds.open(conversationId, script),
    }),
    workflowId: (conversationId, tenant = 'acme') => escalationWorkflowId(tenant, conversationId),
    temporalAddress: temporal.address,
    async anotherGateway(address) {
      const other = await open(address);
      return createGatewayCalls(() => other.url, keyOf('acme'));
    },
    startWorker: () => worker.start(),
    stopWorker: () => worker.stop(),
    killTemporal: temporal.kill,
    restartTemporal: temporal.restart,
    close: () => closeAll(closers),
  };
}

function configurationOf({ tenants, encryption, gateway }: GatewayStageOptions): Configuration {
  const of = (name: StageTenant): TenantConfiguration => ({
    ...aTenant(),
    apiKeys: [anApiKey(keyOf(name))],
    ...tenants?.[name],
  });
  return {
    tenants: { acme: of('acme'), rival: of('rival') },
    ...(encryption && { encryption }),
    ...(gateway && { gateway: { ...DEFAULT_GATEWAY, ...gateway } }),
  };
}

function createWorker(address: string, activities: object, converter: object) {
  let running: { readonly worker: Worker; readonly ended: Promise<void> } | undefined;
  let connection: NativeConnection | undefined;
  return {
    async start(): Promise<void> {
      installRuntime();
      connection = await NativeConnection.connect({ address });
      const worker = await Worker.create({
        connection,
        taskQueue: TASK_QUEUE,
        workflowBundle: { codePath: TEST_BUNDLE_PATH },
        activities,
        ...converter,
      });
      running = { worker, ended: worker.run() };
    },
    async stop(): Promise<void> {
      running?.worker.shutdown();
      await running?.ended;
      await connection?.close();
      running = connection = undefined;
    },
  };
}

function installRuntime(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch {
    // Another worker of this file: the runtime is there.
  }
}
