// `npm start`: the whole system on this machine, one real escalation through it, and where to look.
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import { createHttpClient, type HttpClient } from '../../platforms/http';
import { obtainDevelopmentServer } from '../../servers/development-server';
import { requireFreePorts } from '../../servers/ports';
import {
  startDevelopmentServer,
  type RunningDevelopmentServer,
} from '../../servers/start-development-server';
import { environment } from '../environment';
import { createGatewayClient } from './gateway-client';
import { endLeftOver, forget, remember } from './left-over';
import { createNarrator, type Narrator } from './narrator';
import { startProcess, untilReady, type RunningProcess } from './processes';
import { startRestartable, type Restartable } from './restartable';
import { childEnvironment, DEMO_API_KEY, startPaths, type StartOptions, type StartPaths } from './settings';
import type { Ending, Stage, Story } from './story';

const READY_TIMEOUT_MS = 60_000;
const MAIN = resolve(__dirname, '../main.js');
const DEMO_CONFIG = resolve(__dirname, '../../../baton.demo.yaml');

interface Running {
  readonly uiUrl: string;
  readonly gatewayUrl: string;
  readonly simulators: Stage['simulators'];
  readonly act: Stage['act'];
  readonly worker: Restartable;
  /** Rejects when anything ends that should not. */
  readonly broken: Promise<never>;
}

/** Starts everything, plays the story, and stays until stopped. Resolves with the exit code. */
export async function runStart(story: Story, options: StartOptions, stop: AbortSignal): Promise<number> {
  const narrator = createNarrator(options.json, Boolean(process.stdout.isTTY) && !options.json);
  const stoppers: (() => Promise<void>)[] = [];
  try {
    const running = await startEverything(options, narrator, stoppers);
    const ending = await Promise.race([play(story, running, narrator, stop), running.broken]);
    conclude(ending, narrator);
    if (options.once) return ending.asExpected ? 0 : 1;
    showWhereToLook(ending, running, narrator);
    await Promise.race([aborted(stop), running.broken]);
    return 0;
  } catch (error) {
    if (stop.aborted) return 130;
    throw error;
  } finally {
    if (stoppers.length > 0) narrator.progress('stopping what was started');
    for (const stopOne of stoppers.reverse()) await stopOne();
  }
}

async function startEverything(
  options: StartOptions,
  narrator: Narrator,
  stoppers: (() => Promise<void>)[],
): Promise<Running> {
  const paths = startPaths(process.cwd());
  mkdirSync(dirname(paths.log('any')), { recursive: true });
  await requireFreePorts([
    { port: options.gatewayPort, use: 'the gateway', option: '--gateway-port' },
    { port: options.livepersonPort, use: 'the simulated LivePerson', option: '--liveperson-port' },
    { port: options.botPort, use: "the demo bot's webhook", option: '--bot-port' },
    { port: options.messagingPort, use: 'the simulated Salesforce Messaging', option: '--messaging-port' },
    { port: options.certainlyPort, use: 'the simulated Certainly', option: '--certainly-port' },
    { port: options.einsteinBotsPort, use: 'the simulated Einstein bots', option: '--einstein-bots-port' },
    { port: options.omniPort, use: 'the simulated Omni-Channel org', option: '--omni-port' },
    { port: options.korePort, use: 'the simulated Kore.ai', option: '--kore-port' },
    { port: options.liveAgentPort, use: 'the simulated Live Agent', option: '--live-agent-port' },
    { port: options.workerHealthPort, use: "the worker's health", option: '--worker-health-port' },
  ]);
  const server = await startTemporal(options, paths, narrator);
  stoppers.push(server.stop);
  const env = childEnvironment(environment(), options);
  const http = createHttpClient({ allowPrivateNetwork: true, connectMs: 2_000, requestMs: 15_000 });
  stoppers.push(() => http.close());
  const start = (name: string, args: string[]): RunningProcess => {
    const child = startProcess({ name, args: [MAIN, ...args], env, logFile: paths.log(name) });
    stoppers.push(() => child.stop());
    return child;
  };
  const ready = (child: RunningProcess, url: string): Promise<void> =>
    untilReady(child, () => answers(http, url), {
      logFile: paths.log(child.name),
      timeoutMs: READY_TIMEOUT_MS,
    });
  const simulators = start('simulators', simulatorArgs(options, paths));
  const startWorker = (): RunningProcess =>
    start('worker', ['worker', '--config', DEMO_CONFIG, '--health-port', String(options.workerHealthPort)]);
  const worker = startRestartable(startWorker, (child) =>
    ready(child, `${local(options.workerHealthPort)}/readyz`),
  );
  const gateway = start('gateway', [
    'gateway',
    '--config',
    DEMO_CONFIG,
    '--port',
    String(options.gatewayPort),
    '--host',
    '127.0.0.1',
  ]);
  const urls = {
    gatewayUrl: local(options.gatewayPort),
    simulators: {
      liveperson: local(options.livepersonPort),
      bot: local(options.botPort),
      messaging: local(options.messagingPort),
      certainly: local(options.certainlyPort),
      kore: local(options.korePort),
      liveAgent: local(options.liveAgentPort),
      einsteinBots: local(options.einsteinBotsPort),
      omni: local(options.omniPort),
    },
  };
  narrator.progress('starting simulated platforms, worker and gateway');
  await ready(simulators, `${urls.simulators.bot}/`);
  await worker.ready;
  await ready(gateway, `${urls.gatewayUrl}/readyz`);
  narrator.progress('all ready');
  const broken = firstToEnd([simulators, gateway], worker, server.ended);
  const act: Stage['act'] = (name, args) => {
    start(name, ['act', ...args]);
    return { logFile: paths.log(name) };
  };
  return { uiUrl: server.uiUrl ?? '', ...urls, act, worker, broken };
}

async function startTemporal(
  options: StartOptions,
  paths: StartPaths,
  narrator: Narrator,
): Promise<RunningDevelopmentServer> {
  const log = (line: string): void => narrator.progress(line);
  const executable = await obtainDevelopmentServer({ log, env: environment() });
  const leftOver = { pidFile: paths.temporalPid, databaseFile: paths.database };
  if (await endLeftOver(leftOver))
    narrator.progress('ended the Temporal server that an earlier start left behind');
  narrator.progress('starting the Temporal development server');
  const server = await startDevelopmentServer({
    executable,
    port: options.temporalPort,
    uiPort: options.uiPort,
    databaseFile: paths.database,
    searchAttributes: SEARCH_ATTRIBUTES,
    logFile: paths.log('temporal'),
    log,
  });
  remember(leftOver, server.pid);
  return { ...server, stop: () => server.stop().then(() => forget(leftOver)) };
}

function simulatorArgs(options: StartOptions, paths: StartPaths): string[] {
  return [
    'simulate',
    ...['--liveperson-port', String(options.livepersonPort), '--liveperson-state', paths.livepersonState],
    ...['--bot-port', String(options.botPort), '--messaging-port', String(options.messagingPort)],
    ...['--certainly-port', String(options.certainlyPort), '--kore-port', String(options.korePort)],
    ...['--live-agent-port', String(options.liveAgentPort)],
    ...['--einstein-bots-port', String(options.einsteinBotsPort), '--omni-port', String(options.omniPort)],
  ];
}

async function play(story: Story, running: Running, narrator: Narrator, stop: AbortSignal): Promise<Ending> {
  narrator.note(`\n  ${story.title}\n`);
  const gateway = createGatewayClient(running.gatewayUrl, DEMO_API_KEY);
  const { simulators, act, worker } = running;
  return story.play({ gateway, simulators, act, worker, narrator, stop });
}

function conclude(ending: Ending, narrator: Narrator): void {
  narrator.say({
    who: 'setup',
    what: ending.summary,
    event: ending.asExpected ? 'demo.passed' : 'demo.failed',
  });
}

/** Only while everything runs: with `--once` nothing of it would answer. */
function showWhereToLook(ending: Ending, running: Running, narrator: Narrator): void {
  const workflow = (id: string): string =>
    `${running.uiUrl}/namespaces/default/workflows/${encodeURIComponent(id)}`;
  const further = Object.entries(ending.further ?? {});
  narrator.note(
    [
      '',
      `  This escalation   ${workflow(ending.workflowId)}`,
      ...further.map(([what, id]) => `  ${what.padEnd(17)} ${workflow(id)}`),
      `  All escalations   ${running.uiUrl}/namespaces/default/workflows`,
      `  The gateway       ${running.gatewayUrl}/healthz`,
      '',
      '  Send another:',
      ...ending.tryIt.map((line) => `    ${line}`),
      '',
      '  Running until Ctrl-C.',
    ].join('\n'),
  );
}

function firstToEnd(
  children: readonly RunningProcess[],
  worker: Restartable,
  server: Promise<string>,
): Promise<never> {
  const ends = [
    ...children.map((child) => child.ended.then((how) => `${child.name} ${how}`)),
    worker.ended,
    server.then((how) => `the Temporal server ${how}`),
  ];
  const broken = Promise.race(ends).then((how) => {
    throw new Error(`${how}; everything else is stopped too`);
  });
  // Looked at through races only; an end during an orderly stop is nobody's error.
  broken.catch(() => undefined);
  return broken;
}

async function answers(http: HttpClient, url: string): Promise<boolean> {
  return (await http.request({ method: 'GET', url })).status < 500;
}

function local(port: number): string {
  return `http://127.0.0.1:${port}`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
