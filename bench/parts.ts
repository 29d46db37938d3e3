// Parts that the benchmarks' stages are set with: a development server in memory, Baton's processes, their environment.
import { createHash } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../domain/search-attributes';
import { obtainDevelopmentServer } from '../servers/development-server';
import { startDevelopmentServer } from '../servers/start-development-server';
import { BENCH_SECRET } from './world';

/** Key of the benchmark's tenant. */
export const API_KEY = 'bench-key-for-loopback-only-000000';

/** What ends what was started, the last first. */
export type Closers = (() => Promise<unknown>)[];

const READY_MS = 60_000;

/** A development server in memory. */
export async function startServer(
  options: {
    /** Fire timers at most 10 ms late, instead of the server's default of up to a second. */
    readonly promptTimers: boolean;
    readonly metricsPort: number;
    readonly log: (line: string) => void;
  },
  closers: Closers,
): ReturnType<typeof startDevelopmentServer> {
  const { promptTimers, metricsPort, log } = options;
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  closers.push(async () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const server = await startDevelopmentServer({
    executable: await obtainDevelopmentServer({ log }),
    port: 0,
    searchAttributes: SEARCH_ATTRIBUTES,
    logFile: join(folder, 'temporal.log'),
    log,
    extraArguments: [
      ...['--metrics-port', String(metricsPort)],
      ...(promptTimers ? ['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="10ms"'] : []),
    ],
  });
  closers.push(() => server.stop());
  return server;
}

/** The benchmark's configuration, as it was built. */
export function configFile(dist: string): string {
  return join(dist, 'bench/baton.bench.yaml');
}

/** What the configuration's references read. */
export function benchEnvironment(world: {
  readonly livepersonHost: string;
  readonly deskUrl: string;
  readonly botUrl: string;
}): Record<string, string> {
  return {
    BENCH_API_KEY_HASH: `sha256:${createHash('sha256').update(API_KEY).digest('hex')}`,
    BENCH_SECRET,
    BENCH_PASSWORD: 'bench',
    BENCH_LIVEPERSON_HOST: world.livepersonHost,
    BENCH_DESK_URL: world.deskUrl,
    BENCH_NOTICES_URL: `${world.botUrl}/notices`,
    BENCH_MESSAGES_URL: `${world.botUrl}/messages`,
  };
}

/** Starts a Node process and waits until it prints `ready`. */
export async function startChild(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  ready: string,
  closers: Closers,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  closers.push(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${args.join(' ')}: ${why}\n${said}`));
    const timer = setTimeout(() => fail(`not ready after ${READY_MS} ms`), READY_MS);
    const hear = (chunk: Buffer): void => {
      said = `${said}${chunk.toString()}`.slice(-4_000);
      if (!said.includes(ready)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(() => {
      clearTimeout(timer);
      fail('ended');
    });
  });
  return child;
}
