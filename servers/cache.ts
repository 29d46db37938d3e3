// The folder in which obtained servers are kept between runs and between clones. An entry appears under its final
// name only when it is complete, so that a killed download or build never leaves half a server behind.
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_CACHE_HOME/baton/servers`, or `~/.cache/baton/servers`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'baton', 'servers');
}

/**
 * Lets `fill` make something in a fresh folder next to the cache's entries and moves what it returns (a path inside
 * that folder) to `entry` in one step. The fresh folder is removed afterwards, also when `fill` fails.
 * @returns the path of the entry, or undefined when `fill` returned undefined.
 */
export async function installInCache<T extends string | undefined>(
  folder: string,
  entry: string,
  fill: (workFolder: string) => Promise<T>,
): Promise<string | undefined> {
  const workFolder = join(folder, `.unfinished-${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(workFolder, { recursive: true });
  try {
    const made = await fill(workFolder);
    if (made === undefined) return undefined;
    const target = join(folder, entry);
    await rm(target, { recursive: true, force: true });
    await rename(made, target);
    return target;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}
