// Builds the `temporal` command as a dependency of a module of its own, so that one of its dependencies can be newer than
// it asks for: with its own SQLite driver (1.34.1) a call that is cancelled at the wrong moment, as by a client that is
// killed, leaves the connection interrupted, and every later call fails with "interrupted (9)" until the server is
// started again. Fixed in the driver: https://github.com/temporalio/temporal/pull/9198
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installInCache } from './cache';
import { findOnPath, isExecutable } from './find-on-path';
import type { WayResult } from './obtain';
import { lastLines, runCommand, type Log } from './run-command';

/** Version of the `temporal` command that Baton builds and is tested with. */
export const TEMPORAL_CLI_VERSION = '1.5.1';
const SQLITE_VERSION = '1.44.3';

/** Name of what was built, or downloaded, in the cache. */
export const CACHE_ENTRY = `temporal-cli-${TEMPORAL_CLI_VERSION}-sqlite-${SQLITE_VERSION}`;

const MODULE = 'github.com/temporalio/cli';
const GO_MOD = `module baton/development-server

go 1.25.0

require (
	${MODULE} v${TEMPORAL_CLI_VERSION}
	modernc.org/sqlite v${SQLITE_VERSION}
)
`;
const BUILD_TIMEOUT_MS = 15 * 60_000;

/** Takes minutes, and a network. */
export async function buildWithGo(cache: string, env: NodeJS.ProcessEnv, log: Log): Promise<WayResult> {
  const go = findOnPath('go', env);
  if (go === undefined) return { kind: 'unavailable', why: '"go" is not on the PATH' };
  log(
    `building the Temporal development server ${TEMPORAL_CLI_VERSION} with Go: several minutes, once for this machine …`,
  );
  let why = '';
  const path = await installInCache(cache, CACHE_ENTRY, async (folder) => {
    const module = join(folder, 'module');
    const built = join(folder, 'temporal');
    await mkdir(module);
    await writeFile(join(module, 'go.mod'), GO_MOD);
    const version = `${MODULE}/temporalcli.Version=${TEMPORAL_CLI_VERSION}`;
    const result = await runCommand({
      command: go,
      args: ['build', '-ldflags', `-s -w -X ${version}`, '-o', built, `${MODULE}/cmd/temporal`],
      cwd: module,
      // The checksums of what is fetched are looked up and written down by Go itself.
      env: { ...env, CGO_ENABLED: '0', GO111MODULE: 'on', GOFLAGS: '-mod=mod', GOWORK: 'off' },
      timeoutMs: BUILD_TIMEOUT_MS,
      progress: { text: 'building the Temporal development server', log },
    });
    if (result.ok && isExecutable(built)) return built;
    why = result.ok
      ? 'Go ended well, but left no executable'
      : `${result.ending}: ${lastLines(result.output)}`;
    return undefined;
  });
  if (path !== undefined) return { kind: 'found', path };
  log(`the build did not work (${why})`);
  return { kind: 'unavailable', why };
}
