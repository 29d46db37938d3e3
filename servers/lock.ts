// A lock between processes, so that two of them do not both spend minutes on building the same server. It is a file
// that holds the owner's process id; the lock of a process that has died is taken over.
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from './run-command';

const POLL_MS = 250;
const SAY_EVERY_MS = 10_000;

/** Runs `work` while holding the lock file `path`; waits as long as another live process holds it. */
export async function withLock<T>(path: string, log: Log, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  // Written first and then linked: the lock file is never seen without its content.
  const token = `${process.pid} ${randomBytes(8).toString('hex')}`;
  const draft = `${path}.${token.replace(' ', '-')}`;
  await writeFile(draft, token);
  try {
    let nextWordAt = 0;
    while (!(await tryLink(draft, path))) {
      const holder = await readHolder(path);
      if (holder === undefined) continue;
      if (!isAlive(holder.pid)) {
        await removeStale(path, holder.token);
        continue;
      }
      if (Date.now() >= nextWordAt) {
        log(`waiting for process ${holder.pid}, which is obtaining the same server …`);
        nextWordAt = Date.now() + SAY_EVERY_MS;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    await rm(draft, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLink(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<{ pid: number; token: string } | undefined> {
  try {
    const token = await readFile(path, 'utf8');
    return { pid: Number.parseInt(token, 10), token };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Two waiters may both see the dead owner; the one that moved away a newer lock by mistake puts it back. */
async function removeStale(path: string, staleToken: string): Promise<void> {
  const aside = `${path}.stale-${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== staleToken) await tryLink(aside, path);
  await rm(aside, { force: true });
}
