// Lets the Temporal SDK download a server. The SDK downloads only while it starts an environment and cannot be
// interrupted, so this happens in a process of its own that is ended at the deadline.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { installInCache } from './cache';
import { isExecutable } from './find-on-path';
import type { WayResult } from './obtain';
import { lastLines, runCommand, type Log } from './run-command';

/** Which server, and where it goes. */
export interface SdkDownloadOptions {
  /** Factory of `TestWorkflowEnvironment` that needs the server. */
  readonly environment: 'createLocal' | 'createTimeSkipping';
  readonly what: string;
  readonly cache: string;
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

const DOWNLOAD_TIMEOUT_MS = 60_000;

// Argument 1: the SDK's testing package; 2: the factory's name; 3: the download folder.
const DOWNLOAD_PROGRAM = `
const { TestWorkflowEnvironment } = require(process.argv[1]);
TestWorkflowEnvironment[process.argv[2]]({
  server: { executable: { type: 'cached-download', downloadDir: process.argv[3] } },
}).then(
  (environment) => environment.teardown(),
  (error) => { console.error(String(error.message ?? error)); process.exit(1); },
);`;

/** Downloads a server into the cache; without a network it fails at once, at the latest after 60 s. */
export async function downloadWithSdk(options: SdkDownloadOptions): Promise<WayResult> {
  options.log(`downloading the ${options.what} with the Temporal SDK …`);
  let why = '';
  const path = await installInCache(options.cache, options.entry, async (folder) => {
    const result = await runCommand({
      command: process.execPath,
      args: ['-e', DOWNLOAD_PROGRAM, require.resolve('@temporalio/testing'), options.environment, folder],
      env: options.env,
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
      progress: { text: `downloading the ${options.what}`, log: options.log },
    });
    if (!result.ok) {
      why = reason(result.output, result.ending);
      return undefined;
    }
    const files = (await readdir(folder)).map((name) => join(folder, name));
    const downloaded = files.find(isExecutable);
    if (downloaded === undefined) why = 'the SDK left no executable behind';
    return downloaded;
  });
  if (path !== undefined) return { kind: 'found', path };
  options.log(`the download did not work (${why})`);
  return { kind: 'unavailable', why };
}

function reason(output: string, ending: string): string {
  if (/dns error|failed to lookup|Connect\)|connect error|unreachable/i.test(output)) {
    return 'no network (the download host could not be reached)';
  }
  return `${ending}: ${lastLines(output)}`;
}
