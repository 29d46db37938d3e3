// Real processes of the built program: what they log, when they are ready, how they end, and how to kill them.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { until } from './until';

const DIST = resolve(__dirname, '../../dist');
const MAIN = resolve(DIST, 'cli/main.js');
/** The bundle that the processes run; histories are replayed against the same. */
export const BUILT_BUNDLE = resolve(DIST, 'workflow-bundle.js');
const STOP_TIMEOUT_MS = 30_000;
const KEPT_CHARS = 200_000;

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the built program. */
export interface RealProcess {
  readonly name: string;
  readonly pid: number;
  /** Everything on standard output and standard error so far. */
  output(): string;
  /** The log lines on standard error that are JSON objects. */
  logged(): readonly Readonly<Record<string, unknown>>[];
  /** The first log line of this event, waited for. Rejects with the output when the process ends before. */
  untilLogged(event: string): Promise<Readonly<Record<string, unknown>>>;
  isRunning(): boolean;
  readonly ended: Promise<ProcessEnd>;
  /** SIGKILL, and nothing else: a crash. */
  kill(): Promise<void>;
  /** SIGTERM, as an orchestrator stops a process. */
  terminate(): Promise<ProcessEnd>;
}

/** Fails with what to do when the program has not been built. */
export function requireBuild(): void {
  for (const path of [MAIN, BUILT_BUNDLE]) {
    if (!existsSync(path)) {
      throw new Error(
        `${path} is missing: these tests run the built program. Run "npm run build" (npm test does).`,
      );
    }
  }
}

/** Starts `baton …` as a process of its own. */
export function startBaton(name: string, args: readonly string[], env: NodeJS.ProcessEnv): RealProcess {
  requireBuild();
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const killOnExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killOnExit);
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-KEPT_CHARS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<ProcessEnd>((resolveEnd) => {
    // `close` comes after the last of the output.
    child.once('close', (code, signal) => {
      process.removeListener('exit', killOnExit);
      resolveEnd({ code, signal });
    });
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const logged = (): readonly Readonly<Record<string, unknown>>[] => jsonLines(output);
  return {
    name,
    pid: child.pid ?? 0,
    output: () => output,
    logged,
    untilLogged: (event) =>
      until(
        `${name} to log ${event}`,
        () => {
          const line = logged().find((each) => each['event'] === event);
          if (!line && !isRunning()) throw new Error(`${name} ended before it logged ${event}:\n${output}`);
          return line;
        },
        { timeoutMs: 60_000 },
      ),
    isRunning,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    terminate: () => terminate(child, ended),
  };
}

async function terminate(child: ChildProcess, ended: Promise<ProcessEnd>): Promise<ProcessEnd> {
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  const end = await ended;
  clearTimeout(killer);
  return end;
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      // Half a line: the rest is still to come.
      return [];
    }
  });
}
