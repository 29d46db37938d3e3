// Starts a Temporal development server as a child process on a SQLite file, waits until it answers, and stops it.
// Its log goes to a file. It runs in its own process group, so that Ctrl-C in a terminal reaches it only through
// `stop`, after the worker and the gateway have finished with it.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BatonError } from '../domain/errors';
import { awaitServer } from './await-server';
import type { ExecutableSpec } from './obtain';
import { findFreePort, requireFreePorts, type WantedPort } from './ports';
import { lastLines, type Log } from './run-command';

/** Options of {@link startDevelopmentServer}. */
export interface DevelopmentServerOptions {
  readonly executable: ExecutableSpec;
  /** gRPC port; 0 picks a free one. */
  readonly port: number;
  /** Port of the Temporal UI; 0 picks a free one; undefined: no UI. */
  readonly uiPort?: number;
  /** SQLite file, made when absent; undefined: everything is kept in memory and lost at the end. */
  readonly databaseFile?: string;
  /** Name and type of each search attribute, as in domain/search-attributes.ts. */
  readonly searchAttributes: Readonly<Record<string, SearchAttributeType>>;
  /** File that the server's log is appended to. */
  readonly logFile: string;
  readonly log: Log;
  /** Default 60 s. */
  readonly startTimeoutMs?: number;
  /** Further arguments of `temporal server start-dev`. */
  readonly extraArguments?: readonly string[];
  /** Options to name in the error about a busy port; default `--temporal-port` and `--ui-port`. */
  readonly portOptions?: { readonly port: string; readonly uiPort: string };
}

/** Types of search attributes in the words of the TypeScript SDK. */
export type SearchAttributeType =
  'KEYWORD' | 'KEYWORD_LIST' | 'INT' | 'DOUBLE' | 'BOOL' | 'DATETIME' | 'TEXT';

/** A development server that answers. */
export interface RunningDevelopmentServer {
  /** `host:port` for clients and workers. */
  readonly address: string;
  readonly uiUrl?: string;
  readonly pid: number;
  /** Resolves when the process has ended, with words for it, whether by `stop` or by itself. */
  readonly ended: Promise<string>;
  /** SIGTERM, then SIGKILL after ten seconds. Resolves when the process has ended. */
  stop: () => Promise<void>;
}

const CLI_TYPES: Readonly<Record<SearchAttributeType, string>> = {
  KEYWORD: 'Keyword',
  KEYWORD_LIST: 'KeywordList',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
  TEXT: 'Text',
};
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts the server and waits until it answers and knows the search attributes.
 * @throws BatonError ESC_SERVER_PORT_BUSY, or ESC_SERVER_NOT_STARTED with the end of its log.
 */
export async function startDevelopmentServer(
  options: DevelopmentServerOptions,
): Promise<RunningDevelopmentServer> {
  await requireFreePorts(wantedPorts(options));
  const port = options.port === 0 ? await findFreePort() : options.port;
  const uiPort = options.uiPort === 0 ? await findFreePort() : options.uiPort;
  const logStart = statSync(options.logFile, { throwIfNoEntry: false })?.size ?? 0;
  const child = spawnServer(options, port, uiPort);
  const ended = whenEnded(child);
  const killOnExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killOnExit);
  void ended.then(() => process.removeListener('exit', killOnExit));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(killer);
  };

  const address = `127.0.0.1:${port}`;
  try {
    await awaitServer({
      address,
      searchAttributes: Object.keys(options.searchAttributes),
      timeoutMs: options.startTimeoutMs ?? 60_000,
      ended,
      log: options.log,
    });
  } catch (error) {
    await stop();
    throw notStarted(options.logFile, logStart, error);
  }
  return {
    address,
    ...(uiPort === undefined ? {} : { uiUrl: `http://localhost:${uiPort}` }),
    pid: child.pid ?? 0,
    ended,
    stop,
  };
}

function wantedPorts(options: DevelopmentServerOptions): WantedPort[] {
  const names = options.portOptions ?? { port: '--temporal-port', uiPort: '--ui-port' };
  const wanted: WantedPort[] = [];
  if (options.port !== 0) {
    wanted.push({ port: options.port, use: 'the Temporal server', option: names.port });
  }
  if (options.uiPort !== undefined && options.uiPort !== 0) {
    wanted.push({ port: options.uiPort, use: 'the Temporal UI', option: names.uiPort });
  }
  return wanted;
}

function spawnServer(
  options: DevelopmentServerOptions,
  port: number,
  uiPort: number | undefined,
): ChildProcess {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'];
  if (uiPort === undefined) args.push('--headless');
  else args.push('--ui-port', String(uiPort));
  if (options.databaseFile !== undefined) {
    mkdirSync(dirname(options.databaseFile), { recursive: true });
    args.push('--db-filename', options.databaseFile);
  }
  for (const [name, type] of Object.entries(options.searchAttributes)) {
    args.push('--search-attribute', `${name}=${CLI_TYPES[type]}`);
  }
  args.push(...(options.extraArguments ?? []));
  const logHandle = openSync(options.logFile, 'a');
  try {
    return spawn(options.executable.path, args, {
      stdio: ['ignore', logHandle, logHandle],
      detached: true,
      // No secret of the caller's environment is handed on.
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'] },
    });
  } finally {
    closeSync(logHandle);
  }
}

function whenEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(`it could not be run: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      resolve(code === null ? `it was ended by ${String(signal)}` : `it ended with exit code ${code}`);
    });
  });
}

/** Quotes only what this start wrote: the file also holds the logs of earlier ones. */
function notStarted(logFile: string, logStart: number, cause: unknown): BatonError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const words = lastLines(readFileSync(logFile).subarray(logStart).toString(), 3);
  const quote = words === '' ? '' : ` Last words: ${words}.`;
  return new BatonError('ESC_SERVER_NOT_STARTED', `${why}.${quote} Log: ${logFile}`, { cause });
}
