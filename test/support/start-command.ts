// `baton start`, which is `npm start`, as a process of its own: in a folder and on ports that no other one uses.
import { execFileSync, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { findFreePort } from '../../servers/ports';
import { requireBuild, type ProcessEnd } from './real-process';
import { until } from './until';

const MAIN = resolve(__dirname, '../../dist/cli/main.js');
const START_TIMEOUT_MS = 90_000;

/** The ports of one start, by the name of their option. */
export type StartPorts = Readonly<
  Record<
    | 'temporal'
    | 'ui'
    | 'gateway'
    | 'liveperson'
    | 'bot'
    | 'messaging'
    | 'certainly'
    | 'einstein-bots'
    | 'omni'
    | 'kore'
    | 'live-agent'
    | 'worker-health',
    number
  >
>;

/** See the file's comment. */
export interface StartCommand {
  /** Standard output so far. */
  output(): string;
  /** Standard error so far. */
  errors(): string;
  /** Resolves with the output when it matches; rejects when the process ends before. */
  untilPrinted(pattern: RegExp): Promise<string>;
  /** Process ids of everything below it, at any depth. */
  descendants(): number[];
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<ProcessEnd>;
}

/** Ports that are free now, each another. */
export async function freeStartPorts(): Promise<StartPorts> {
  const names = [
    'temporal',
    'ui',
    'gateway',
    'liveperson',
    'bot',
    'messaging',
    'certainly',
    'einstein-bots',
    'omni',
    'kore',
    'live-agent',
    'worker-health',
  ] as const;
  const found = new Set<number>();
  while (found.size < names.length) found.add(await findFreePort());
  const ports = [...found];
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as StartPorts;
}

/** Runs `baton start` with these arguments in this folder. */
export function runStartCommand(
  folder: string,
  ports: Partial<StartPorts>,
  args: readonly string[] = [],
): StartCommand {
  requireBuild();
  const portArgs = Object.entries(ports).flatMap(([name, port]) => [`--${name}-port`, String(port)]);
  const child = spawn(process.execPath, [MAIN, 'start', ...args, ...portArgs], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test that fails half way must not leave a system behind.
  const stopOnExit = (): void => void child.kill('SIGTERM');
  process.once('exit', stopOnExit);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  let end: ProcessEnd | undefined;
  const ended = new Promise<ProcessEnd>((resolveEnd) => {
    child.once('close', (code, signal) => {
      process.removeListener('exit', stopOnExit);
      end = { code, signal };
      resolveEnd(end);
    });
  });
  return {
    output: () => output,
    errors: () => errors,
    untilPrinted: (pattern) =>
      until(
        `baton start to print ${String(pattern)}`,
        () => {
          if (pattern.test(output)) return output;
          if (end)
            throw new Error(`baton start ended before it printed ${String(pattern)}:\n${output}${errors}`);
          return undefined;
        },
        { timeoutMs: START_TIMEOUT_MS },
      ),
    descendants: () => descendantsOf(child.pid ?? 0),
    signal: (signal) => void child.kill(signal),
    ended,
  };
}

/** Whether a process still runs; one that has ended and was not asked about by its parent does not. */
export function isAlive(pid: number): boolean {
  return processes().some((each) => each.pid === pid && !each.state.startsWith('Z'));
}

function descendantsOf(pid: number): number[] {
  const all = processes();
  const below = (parent: number): number[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each.pid, ...below(each.pid)]);
  return below(pid);
}

function processes(): { pid: number; parent: number; state: string }[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, state = ''] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state };
    });
}
