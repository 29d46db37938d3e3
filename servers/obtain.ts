// The search for a server executable: ways are tried in order, cheap ones first, and the first that gives a path
// wins. When none does, the error lists what was tried and why each way failed.
import { BatonError } from '../domain/errors';
import { withLock } from './lock';
import type { Log } from './run-command';

/** What `TestWorkflowEnvironment` and {@link startDevelopmentServer} take as `executable`. */
export interface ExecutableSpec {
  readonly type: 'existing-path';
  readonly path: string;
}

/** What an `obtain…` function needs. */
export interface ObtainDeps {
  /** Gets a progress line for each step that takes a while. */
  readonly log: Log;
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What one way led to. `why` is a half sentence for the error text. */
export type WayResult =
  { readonly kind: 'found'; readonly path: string } | { readonly kind: 'unavailable'; readonly why: string };

/** One way of getting an executable. */
export interface Way {
  /** For the error text: "on the PATH", "built with Go". */
  readonly name: string;
  readonly go: () => Promise<WayResult>;
}

/** A search for one executable. */
export interface Search {
  readonly what: string;
  /** What the reader of the error should do. */
  readonly remedy: string;
  /** File that is locked while it is fetched or built. */
  readonly lock: string;
  /** Ways that only look. */
  readonly quick: readonly Way[];
  /** Ways that fetch or build. */
  readonly slow: readonly Way[];
}

/**
 * Looks first, then fetches or builds, which only one process does at a time.
 * @throws BatonError ESC_SERVER_NOT_OBTAINED, with everything that was tried.
 */
export async function obtain(
  { what, remedy, lock, quick, slow }: Search,
  { log }: ObtainDeps,
): Promise<ExecutableSpec> {
  for (const way of quick) {
    const result = await way.go();
    if (result.kind === 'found') return { type: 'existing-path', path: result.path };
  }
  // The quick ways are asked again inside the lock: another process may just have obtained it.
  return withLock(lock, log, () => tryWays(what, [...quick, ...slow], remedy));
}

/** Tries the ways in order. */
async function tryWays(what: string, ways: readonly Way[], remedy: string): Promise<ExecutableSpec> {
  const failures: string[] = [];
  for (const way of ways) {
    const result = await way.go();
    if (result.kind === 'found') return { type: 'existing-path', path: result.path };
    failures.push(`  - ${way.name}: ${result.why}`);
  }
  throw new BatonError(
    'ESC_SERVER_NOT_OBTAINED',
    [`the ${what}. Tried:`, ...failures, `What to do: ${remedy}`].join('\n'),
  );
}

/** A way through an environment variable that names the executable. A wrong path is an error, not a way to skip. */
export function environmentWay(
  variable: string,
  env: NodeJS.ProcessEnv,
  isUsable: (path: string) => boolean,
): Way {
  return {
    name: `environment variable ${variable}`,
    go: () => {
      const path = env[variable];
      if (path === undefined || path === '') return Promise.resolve({ kind: 'unavailable', why: 'not set' });
      if (isUsable(path)) return Promise.resolve({ kind: 'found', path });
      return Promise.reject(
        new BatonError('ESC_SERVER_NOT_OBTAINED', `${variable} is ${path}, which is not an executable file.`),
      );
    },
  };
}
