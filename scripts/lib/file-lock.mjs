// Keeps two builds of one checkout from writing dist/ at the same time.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { say } from './console.mjs';

const GIVE_UP_AFTER_MS = 5 * 60_000;

/** Runs `work` while holding the lock file; the lock of a process that is gone is taken over. */
export async function withFileLock(path, work) {
  const startedAt = Date.now();
  let said = false;
  while (!tryTake(path)) {
    const holder = readHolder(path);
    if (holder !== undefined && !isAlive(holder)) rmSync(path, { force: true });
    else {
      if (!said) say(`waiting for another build (process ${holder ?? 'unknown'}) …`);
      said = true;
      if (Date.now() - startedAt > GIVE_UP_AFTER_MS) {
        throw new Error(`another build holds ${path} for too long; if none is running, remove that file`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryTake(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
