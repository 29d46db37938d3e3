// One child process that runs transform scripts, seen from the worker: started with as few rights as Node and
// the system give, told one job at a time, killed when it does not answer.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { BatonError } from '../../domain/errors';
import { readRunnerAnswer, type RunnerAnswer, type RunnerJob } from './protocol';

/** How a job ended: an answer, or the end of its process (`killed` by the deadline, `died` by itself). */
export type RunResult =
  Exclude<RunnerAnswer, { kind: 'ready' }> | { readonly kind: 'killed' } | { readonly kind: 'died' };

/** A running child. */
export interface RunnerProcess {
  readonly pid: number | undefined;
  /** True once the process has ended, for whatever reason. */
  readonly ended: boolean;
  /** Fulfilled when it takes jobs; rejected if it ended before. */
  readonly ready: Promise<void>;
  /** Fulfilled when it has ended. */
  readonly exit: Promise<void>;
  /** Runs one job; the process is dead after `killed` and `died`. Never rejects. One at a time. */
  run(job: RunnerJob, killAfterMs: number): Promise<RunResult>;
  kill(): void;
}

/**
 * Path of the compiled runner: beside this file in dist/, and in the dist/ of the repository when this file is
 * run straight from TypeScript (tests).
 */
export function defaultRunnerPath(): string {
  if (!__filename.endsWith('.ts')) return join(__dirname, 'runner.js');
  return join(__dirname, '..', '..', 'dist', 'activities', 'transform', 'runner.js');
}

/** Starts a child. @throws BatonError ESC_TRANSFORM_BUSY if the compiled runner is not there */
export function startRunner(runnerPath: string, startMs: number): RunnerProcess {
  if (!existsSync(runnerPath)) {
    throw new BatonError('ESC_TRANSFORM_BUSY', `${runnerPath} is missing; run "npm run build"`);
  }
  const child = spawnConfined(runnerPath);
  // An idle child must not keep a finished worker alive.
  child.unref();
  child.channel?.unref();
  return watch(child, startMs);
}

function watch(child: ChildProcess, startMs: number): RunnerProcess {
  let ended = false;
  let onAnswer: (answer: RunnerAnswer | undefined) => void = () => undefined;
  const kill = (): void => {
    // Held from here on, so that whoever waits for its exit lives to see it.
    child.ref();
    child.kill('SIGKILL');
  };
  const exit = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true;
      onAnswer(undefined);
      resolve();
    };
    child.once('exit', end);
    child.on('error', () => (child.pid === undefined ? end() : kill()));
  });
  child.on('message', (message) => onAnswer(readRunnerAnswer(message)));

  const next = (timeoutMs: number): Promise<RunnerAnswer | 'timeout' | undefined> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        // A loop that was late itself first reads what has already arrived.
        setImmediate(() => resolve('timeout'));
      }, timeoutMs);
      onAnswer = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      if (ended) onAnswer(undefined);
    });

  const ready = next(startMs).then((answer) => {
    if (answer !== undefined && answer !== 'timeout' && answer.kind === 'ready') return;
    kill();
    throw new BatonError('ESC_TRANSFORM_BUSY', 'a sandbox process did not start');
  });
  return {
    pid: child.pid,
    get ended() {
      return ended;
    },
    ready,
    exit,
    kill,
    run: async (job, killAfterMs) => {
      const answer = next(killAfterMs);
      if (!ended) child.send(job, () => undefined);
      const result = await answer;
      if (typeof result === 'object' && result.kind !== 'ready' && result.id === job.id) return result;
      kill();
      return { kind: result === 'timeout' ? 'killed' : 'died' };
    },
  };
}

/**
 * Fences that the engine inside should never need: no environment, no streams, no rights but reading its own
 * files, no file or core writes, and an end to its CPU time, so that a child whose worker was killed in the
 * middle of an endless run does not burn for ever. Node's permission model is no boundary by itself.
 */
function spawnConfined(runnerPath: string): ChildProcess {
  const args = ['--max-old-space-size=64', ...permissionFlags(runnerPath), realpathSync(runnerPath)];
  const options = {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'] as ('ignore' | 'ipc')[],
    serialization: 'advanced' as const,
  };
  if (process.platform === 'win32') return spawn(process.execPath, args, options);
  const limits = 'ulimit -c 0; ulimit -f 0; ulimit -t 300; exec "$0" "$@"';
  return spawn('/bin/sh', ['-c', limits, process.execPath, ...args], options);
}

/** Node 22.13 renamed the flag; before 20.7 it could not be given several paths. */
function permissionFlags(runnerPath: string): readonly string[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 7)) return [];
  const renamed = major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13);
  const engine = dirname(require.resolve('quickjs-wasi/package.json'));
  const readable = [dirname(runnerPath), engine].map((path) => realpathSync(path) + sep);
  return [
    renamed ? '--permission' : '--experimental-permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
  ];
}
