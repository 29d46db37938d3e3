// The Temporal server of an earlier start that was killed without a chance to stop it. It holds the ports and the
// database file, so it is ended before another one is started. The other children end by themselves, because the
// channel to their parent breaks.
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const END_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

/** Where the server's process id is kept, and the database by which it is told from a stranger with the same id. */
export interface LeftOver {
  readonly pidFile: string;
  readonly databaseFile: string;
}

/** Remembers a running server. */
export function remember({ pidFile }: LeftOver, pid: number): void {
  writeFileSync(pidFile, `${pid}\n`);
}

/** Forgets a server that was stopped in order. */
export function forget({ pidFile }: LeftOver): void {
  rmSync(pidFile, { force: true });
}

/** Ends the server of an earlier start, if there is one. True: there was. */
export async function endLeftOver(leftOver: LeftOver): Promise<boolean> {
  const pid = readPid(leftOver.pidFile);
  if (pid === undefined) return false;
  const found = await isOurs(pid, leftOver.databaseFile);
  if (found) await end(pid);
  forget(leftOver);
  return found;
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Process ids are used again: only the process that serves our own file is ours to end. */
async function isOurs(pid: number, databaseFile: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)], {
      timeout: 5_000,
    });
    return stdout.includes(databaseFile);
  } catch {
    return false;
  }
}

async function end(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const deadlineAt = Date.now() + END_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadlineAt) process.kill(pid, 'SIGKILL');
    await sleep(POLL_MS);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
