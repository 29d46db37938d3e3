// Obtains the Temporal development server, which is the `temporal` command: from the PATH, from Baton's cache, by a
// download of the SDK, or built from its Go module.
import { join } from 'node:path';
import { CACHE_ENTRY, buildWithGo, TEMPORAL_CLI_VERSION } from './build-with-go';
import { cacheFolder } from './cache';
import { findOnPath, isExecutable } from './find-on-path';
import {
  environmentWay,
  obtain,
  type ExecutableSpec,
  type ObtainDeps,
  type Way,
  type WayResult,
} from './obtain';
import { lastLines, runCommand, type Log } from './run-command';
import { downloadWithSdk } from './sdk-download';

/** Names an executable to use instead of any other. */
export const DEVELOPMENT_SERVER_VARIABLE = 'BATON_DEVELOPMENT_SERVER';

/** What earlier releases of Baton left in the cache: better than none, where there is no network. */
const EARLIER_ENTRY = `temporal-cli-${TEMPORAL_CLI_VERSION}`;
const WHAT = 'Temporal development server (the "temporal" command)';
const REMEDY =
  `install the Temporal CLI 1.3 or newer and put it on the PATH, or set ${DEVELOPMENT_SERVER_VARIABLE} to its path, ` +
  'or run this once with a network (then it is kept in the cache), or install Go.';

/**
 * Finds or makes the development server's executable.
 * @throws BatonError ESC_SERVER_NOT_OBTAINED, with everything that was tried.
 */
export async function obtainDevelopmentServer(deps: ObtainDeps): Promise<ExecutableSpec> {
  const env = deps.env ?? process.env;
  const cache = cacheFolder(env);
  const quick: readonly Way[] = [
    environmentWay(DEVELOPMENT_SERVER_VARIABLE, env, isExecutable),
    { name: '"temporal" on the PATH', go: () => lookOnPath(env, deps.log) },
    { name: `cache ${cache}`, go: () => Promise.resolve(lookInCache(cache, CACHE_ENTRY)) },
  ];
  const slow: readonly Way[] = [
    {
      name: 'download by the Temporal SDK',
      go: () =>
        downloadWithSdk({
          environment: 'createLocal',
          what: 'Temporal development server',
          cache,
          entry: CACHE_ENTRY,
          env,
          log: deps.log,
        }),
    },
    { name: 'build with Go', go: () => buildWithGo(cache, env, deps.log) },
    { name: 'what an earlier Baton built', go: () => Promise.resolve(lookInCache(cache, EARLIER_ENTRY)) },
  ];
  const lock = join(cache, '.development-server.lock');
  return obtain({ what: WHAT, remedy: REMEDY, lock, quick, slow }, deps);
}

function lookInCache(cache: string, entry: string): WayResult {
  const path = join(cache, entry);
  return isExecutable(path) ? { kind: 'found', path } : { kind: 'unavailable', why: `no ${entry} there` };
}

async function lookOnPath(env: NodeJS.ProcessEnv, log: Log): Promise<WayResult> {
  const path = findOnPath('temporal', env);
  if (path === undefined) return { kind: 'unavailable', why: 'not there' };
  const result = await runCommand({ command: path, args: ['--version'], env, timeoutMs: 10_000 });
  const why = result.ok ? tooOld(result.output) : `${path} --version: ${result.ending}`;
  if (why === undefined) return { kind: 'found', path };
  log(`not using ${path}: ${why}`);
  return { kind: 'unavailable', why };
}

/** Undefined when the version line is of a usable version. A build without a version is judged by its server's. */
export function tooOld(versionLine: string): string | undefined {
  const cli = /version v?(\d+)\.(\d+)\.\d+/.exec(versionLine);
  const server = /Server v?(\d+)\.(\d+)/.exec(versionLine);
  const isUnversioned = cli?.[1] === '0' && cli[2] === '0';
  if (cli !== null && !isUnversioned && atLeast(cli, 1, 3)) return undefined;
  if (isUnversioned && server !== null && atLeast(server, 1, 27)) return undefined;
  return `version 1.3 or newer is needed, this is "${lastLines(versionLine, 1)}"`;
}

function atLeast(version: RegExpExecArray, major: number, minor: number): boolean {
  const [foundMajor, foundMinor] = [Number(version[1]), Number(version[2])];
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}
