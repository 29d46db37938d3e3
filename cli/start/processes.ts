// Child processes of `npm start`: each with its log file, watched for an early end, stopped in order.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '../../domain/errors';

const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 100;
const LAST_LINES = 12;

/** One child. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves with words about how it ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** What to start. */
export interface ProcessSpec {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
}

/** Starts this program again with other arguments. */
export function startProcess(spec: ProcessSpec): RunningProcess {
  const log = openSync(spec.logFile, 'w');
  // In a group of its own, so that Ctrl-C reaches it only through `stop`, in the right order.
  const child = spawn(process.execPath, [...spec.args], {
    env: spec.env,
    // The channel carries nothing: it breaks when this process dies, and then the child stops.
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  const ended = whenEnded(spec, child);
  // Nothing that was started outlives this process, also when that ends without `stop`.
  const killOnExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killOnExit);
  void ended.then(() => process.removeListener('exit', killOnExit));
  return { name: spec.name, pid: child.pid ?? 0, ended, stop: () => stop(child, ended) };
}

/** Waits until `isReady`; @throws BatonError `ESC_START_FAILED` with the end of the log when the process ends first */
export async function untilReady(
  child: RunningProcess,
  isReady: () => Promise<boolean>,
  options: { readonly logFile: string; readonly timeoutMs: number },
): Promise<void> {
  const deadlineAt = Date.now() + options.timeoutMs;
  let gone: string | undefined;
  void child.ended.then((how) => {
    gone = how;
  });
  while (!(await isReady().catch(() => false))) {
    if (gone !== undefined) throw startFailed(child, gone, options.logFile);
    if (Date.now() > deadlineAt)
      throw startFailed(child, `not ready after ${options.timeoutMs / 1_000} s`, options.logFile);
    await sleep(POLL_MS);
  }
}

function startFailed(child: RunningProcess, how: string, logFile: string): BatonError {
  return new BatonError(
    'ESC_START_FAILED',
    `${child.name}: ${how}\n${lastLines(logFile)}\n  (all of it: ${logFile})`,
  );
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}

function whenEnded(spec: ProcessSpec, child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      resolve(`ended with ${signal ?? `code ${code}`} (log: ${spec.logFile})`),
    );
  });
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(killer);
}
