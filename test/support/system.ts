// The whole system with real processes: a Temporal development server on a file, the built worker and gateway, and
// the simulated platforms. Everything can be killed and started again, and everything ends with `close`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { escalationWorkflowId } from '../../domain/ids';
import { startLivePersonSimulator, type LivePersonSimulator } from '../../platforms/liveperson/simulator';
import {
  createBotReceiverControl,
  createGenericDeskControl,
  startBotReceiver,
  startGenericDesk,
  type BotReceiverControl,
  type GenericDeskControl,
} from '../../platforms/webhook/simulator';
import { closeAll, type Closers } from './closers';
import { createGatewayCalls, type GatewayCalls } from './gateway-calls';
import { requireBuild, startBaton, type RealProcess } from './real-process';
import { startRecorder, type Recorder } from './recorder';
import {
  API_KEY,
  BOT_SECRET,
  DESK_SECRET,
  SYSTEM_SECRETS,
  SYSTEM_WORLD,
  systemConfiguration,
  TENANT,
  type SystemLimits,
} from './system-configuration';
import { startTemporal, type TemporalServer } from './temporal-server';

/** See the file's comment. */
export interface System {
  readonly temporal: TemporalServer;
  readonly client: Client;
  /** JSON, which is YAML; a process reads it when it starts. Its folder is thrown away in the end. */
  readonly configFile: string;
  readonly liveperson: LivePersonSimulator;
  readonly bot: BotReceiverControl;
  /** Where {@link System.bot} takes messages for its users, and notices. */
  readonly botUrls: { readonly messages: string; readonly notices: string };
  readonly desk: GenericDeskControl;
  readonly recorder: Recorder;
  readonly gateway: GatewayCalls & { readonly url: string };
  /** The processes that run now. */
  worker(): RealProcess;
  gatewayProcess(): RealProcess;
  /** Starts another worker; resolves when it polls. Also the way back after a kill. */
  startWorker(): Promise<RealProcess>;
  /** Starts the gateway again on its port. */
  startGateway(): Promise<RealProcess>;
  /** Starts `baton` with these arguments, this system's configuration and environment. */
  baton(command: 'worker' | 'gateway', args?: readonly string[], env?: NodeJS.ProcessEnv): RealProcess;
  workflowId(conversationId: string): string;
  close(): Promise<void>;
}

/** How to start a system. */
export interface SystemOptions {
  readonly limits?: SystemLimits;
  /** @default both */
  readonly processes?: readonly ('worker' | 'gateway')[];
}

/** Starts everything; what was started is stopped when a later part fails. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  requireBuild();
  const closers: Closers = [];
  try {
    return await build(options, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function build(options: SystemOptions, closers: Closers): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-system-'));
  closers.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  const [temporal, parts] = await Promise.all([startTemporal(closers), startParts(closers)]);
  const { liveperson, bot, desk, recorder } = parts;
  const connection = await Connection.connect({ address: temporal.address });
  closers.push(() => connection.close());
  const config = join(folder, 'baton.yaml');
  const urls = {
    livepersonHost: `127.0.0.1:${liveperson.port}`,
    botMessages: parts.botMessages,
    botNotices: parts.botNotices,
    desk: parts.deskUrl,
    recorder: recorder.url,
  };
  writeFileSync(config, JSON.stringify(systemConfiguration(urls, options.limits), undefined, 2));
  const processes = createProcesses(config, temporal.address, closers);
  const system: System = {
    temporal,
    client: new Client({ connection, namespace: 'default' }),
    configFile: config,
    liveperson,
    bot,
    botUrls: { messages: parts.botMessages, notices: parts.botNotices },
    desk,
    recorder,
    gateway: {
      ...createGatewayCalls(() => processes.gatewayUrl(), API_KEY),
      get url() {
        return processes.gatewayUrl();
      },
    },
    worker: () => processes.running('worker'),
    gatewayProcess: () => processes.running('gateway'),
    startWorker: processes.startWorker,
    async startGateway() {
      const gateway = await processes.startGateway();
      await desk.setCallback({
        url: `${processes.gatewayUrl()}/v1/webhooks/${TENANT}/desk`,
        secret: DESK_SECRET,
      });
      return gateway;
    },
    baton: processes.baton,
    workflowId: (conversationId) => escalationWorkflowId(TENANT, conversationId),
    close: () => closeAll(closers),
  };
  const wanted = options.processes ?? ['worker', 'gateway'];
  await Promise.all([
    wanted.includes('worker') && system.startWorker(),
    wanted.includes('gateway') && system.startGateway(),
  ]);
  return system;
}

interface Parts {
  readonly liveperson: LivePersonSimulator;
  readonly bot: BotReceiverControl;
  readonly botMessages: string;
  readonly botNotices: string;
  readonly desk: GenericDeskControl;
  readonly deskUrl: string;
  readonly recorder: Recorder;
}

async function startParts(closers: Closers): Promise<Parts> {
  const liveperson = await startLivePersonSimulator({ world: SYSTEM_WORLD });
  const receiver = await startBotReceiver({ secret: BOT_SECRET });
  const generic = await startGenericDesk({ secret: DESK_SECRET });
  const recorder = await startRecorder();
  const bot = createBotReceiverControl(receiver.controlUrl);
  const desk = createGenericDeskControl(generic.controlUrl);
  closers.push(
    () => liveperson.close(),
    () => receiver.close(),
    () => generic.close(),
    () => recorder.close(),
    () => bot.close(),
    () => desk.close(),
  );
  return {
    liveperson,
    bot,
    botMessages: receiver.messagesUrl,
    botNotices: receiver.noticesUrl,
    desk,
    deskUrl: generic.url,
    recorder,
  };
}

interface Processes extends Pick<System, 'startWorker' | 'baton'> {
  running(command: 'worker' | 'gateway'): RealProcess;
  gatewayUrl(): string;
  startGateway(): Promise<RealProcess>;
}

function createProcesses(config: string, address: string, closers: Closers): Processes {
  const latest = new Map<string, RealProcess>();
  const started: RealProcess[] = [];
  let gatewayPort = 0;
  closers.push(() => Promise.all(started.map((each) => each.terminate())));

  const baton: System['baton'] = (command, args = [], env = {}) => {
    const child = startBaton(command, [command, '--config', config, ...args], {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: 'default',
      ...SYSTEM_SECRETS,
      ...env,
    });
    started.push(child);
    return child;
  };
  return {
    baton,
    running: (command) => {
      const child = latest.get(command);
      if (!child) throw new Error(`no ${command} was started`);
      return child;
    },
    gatewayUrl: () => `http://127.0.0.1:${gatewayPort}`,
    async startWorker() {
      const worker = baton('worker', ['--health-port', '0']);
      latest.set('worker', worker);
      await worker.untilLogged('worker.ready');
      return worker;
    },
    async startGateway() {
      const gateway = baton('gateway', ['--port', String(gatewayPort), '--host', '127.0.0.1']);
      latest.set('gateway', gateway);
      gatewayPort = Number((await gateway.untilLogged('gateway.ready'))['port']);
      return gateway;
    },
  };
}
