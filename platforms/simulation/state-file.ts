// The world of a simulator on disk, so that a restarted demo finds its conversations. Written to a neighbour and
// renamed, so that a crash leaves either the old or the new file.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes come at most this often. */
const DEBOUNCE_MS = 200;

/** What every state file has: which shape it is in. */
export interface Versioned {
  readonly version: number;
}

/**
 * Reads a state; `undefined` when there is no file.
 *
 * @throws Error when the file is of another version
 */
export function readState<S extends Versioned>(path: string, version: S['version'] = 1): S | undefined {
  if (!existsSync(path)) return undefined;
  const state = JSON.parse(readFileSync(path, 'utf8')) as S;
  if (state.version !== version) throw new Error(`${path} is not a state file of this simulator`);
  return state;
}

/** Writes the state some time after `changed`, and at once at `close`. */
export interface StateWriter {
  changed(): void;
  close(): void;
}

/** See {@link StateWriter}. Without a path it does nothing. */
export function createStateWriter(path: string | undefined, state: Versioned): StateWriter {
  if (path === undefined) return { changed: () => undefined, close: () => undefined };
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    timer = undefined;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(state));
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
