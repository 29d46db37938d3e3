// The world on disk, so that a restarted demo finds its conversations. Written to a neighbour and renamed, so
// that a crash leaves either the old or the new file.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { World } from './world';

/** Writes come at most this often. */
const DEBOUNCE_MS = 200;

/** Reads a world; `undefined` when there is no file. */
export function readWorld(path: string): World | undefined {
  if (!existsSync(path)) return undefined;
  const world = JSON.parse(readFileSync(path, 'utf8')) as World;
  if (world.version !== 1) throw new Error(`${path} is not a state file of this simulator`);
  return world;
}

/** Writes the world some time after `changed`, and at once at `close`. */
export interface StateWriter {
  changed(): void;
  close(): void;
}

/** See {@link StateWriter}. Without a path it does nothing. */
export function createStateWriter(path: string | undefined, world: World): StateWriter {
  if (path === undefined) return { changed: () => undefined, close: () => undefined };
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    timer = undefined;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(world));
    renameSync(`${path}.new`, path);
  };
  return {
    changed() {
      timer ??= setTimeout(write, DEBOUNCE_MS).unref();
    },
    close() {
      clearTimeout(timer);
      write();
    },
  };
}
