// A Temporal development server of a test's own, on a file, that can be killed and started again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import { obtainDevelopmentServer } from '../../servers/development-server';
import {
  startDevelopmentServer,
  type RunningDevelopmentServer,
} from '../../servers/start-development-server';
import type { Closers } from './closers';

/** See the file's comment. */
export interface TemporalServer {
  readonly address: string;
  /** Path of the `temporal` command. */
  readonly executable: string;
  stop(): Promise<void>;
  /** SIGKILL. What was acknowledged is in its file. */
  kill(): Promise<void>;
  /** Starts it again on the same port and file. */
  restart(): Promise<void>;
}

/** Starts it; the closers stop it and remove its file. */
export async function startTemporal(closers: Closers): Promise<TemporalServer> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-temporal-'));
  closers.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  const log = (): void => undefined;
  const executable = await obtainDevelopmentServer({ log, env: process.env });
  const start = (port: number): Promise<RunningDevelopmentServer> =>
    startDevelopmentServer({
      executable,
      port,
      databaseFile: join(folder, 'temporal.db'),
      searchAttributes: SEARCH_ATTRIBUTES,
      logFile: join(folder, 'temporal.log'),
      log,
    });
  let server = await start(0);
  closers.push(() => server.stop());
  const { address } = server;
  return {
    address,
    executable: executable.path,
    stop: () => server.stop(),
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.ended;
    },
    async restart() {
      server = await start(Number(address.split(':')[1]));
    },
  };
}
