// A PATH of fake tools in a fresh folder, and an empty cache, for the tests of servers/.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A machine that has nothing but what a test gives it. */
export interface FakeMachine {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** Baton's cache folder on this machine. */
  readonly cache: string;
  /** Puts a shell script on the PATH; it sees its arguments. Returns its path. */
  tool: (name: string, script: string) => string;
  /** Puts an executable file into the cache. Returns its path. */
  cached: (entry: string) => string;
  remove: () => void;
}

/** Makes the machine. */
export function fakeMachine(): FakeMachine {
  const root = mkdtempSync(join(tmpdir(), 'baton-servers-'));
  const bin = join(root, 'bin');
  const cache = join(root, 'cache', 'baton', 'servers');
  mkdirSync(bin);
  const write = (path: string, script: string): string => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  return {
    // Downloads go through a proxy that is not there: without a network on every machine.
    env: { PATH: bin, XDG_CACHE_HOME: join(root, 'cache'), HOME: root, HTTPS_PROXY: 'http://127.0.0.1:1' },
    home: root,
    cache,
    tool: (name, script) => write(join(bin, name), script),
    cached: (entry) => write(join(cache, entry), 'exit 0'),
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
