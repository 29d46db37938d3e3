// Runs a tool to its end with a total deadline, so that obtaining a server can never hang. While it runs, a progress
// line is logged every few seconds; what it printed is kept only for the error text.
import { spawn } from 'node:child_process';

/** Receives one line of progress for a human reader. */
export type Log = (line: string) => void;

/** What to run and for how long. */
export interface CommandOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  /** Working directory; default: that of this process. */
  readonly cwd?: string;
  /** When set, `log` gets "<progress> … 12 s" every five seconds. */
  readonly progress?: { readonly text: string; readonly log: Log };
}

/** How a command ended. `ok` means exit code 0; `output` is the end of what it printed on both streams. */
export interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
  /** In words: "exit code 1", "took longer than 60 s", "could not be started (ENOENT)". */
  readonly ending: string;
}

const KEPT_OUTPUT = 8_000;
const PROGRESS_EVERY_MS = 5_000;

/** Runs a command. Never rejects: a command that cannot be started is a result too. */
export async function runCommand(options: CommandOptions): Promise<CommandResult> {
  const startedAt = Date.now();
  let output = '';
  let timedOut = false;
  const child = spawn(options.command, [...options.args], {
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group: the tool's children end with it at the deadline.
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const deadline = setTimeout(() => {
    timedOut = true;
    killGroup(child.pid);
  }, options.timeoutMs);
  const ticker = setInterval(() => {
    options.progress?.log(`${options.progress.text} … ${seconds(Date.now() - startedAt)}`);
  }, PROGRESS_EVERY_MS);
  const killOnExit = (): void => {
    killGroup(child.pid);
  };
  process.once('exit', killOnExit);
  try {
    const ending = await new Promise<string>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        resolve(`could not be started (${error.code ?? error.message})`);
      });
      child.once('close', (code, signal) => {
        resolve(code === null ? `ended by ${String(signal)}` : `exit code ${code}`);
      });
    });
    if (timedOut) return { ok: false, output, ending: `took longer than ${seconds(options.timeoutMs)}` };
    return { ok: ending === 'exit code 0', output, ending };
  } finally {
    clearTimeout(deadline);
    clearInterval(ticker);
    process.removeListener('exit', killOnExit);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** The last lines of a tool's output in one line, for an error text. */
export function lastLines(output: string, lines = 2): string {
  return output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-lines)
    .join(' / ')
    .slice(-400);
}
