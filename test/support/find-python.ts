// Looks for a Python that the suites which need one can use. Nothing is installed here; see python.ts.
import { spawnSync } from 'node:child_process';

/** Names the interpreter to use, instead of looking for one. */
export const PYTHON_VARIABLE = 'BATON_PYTHON';
/** Set (`.ci/run` does): a machine without Python fails the suites that need it, instead of leaving them out. */
export const REQUIRE_PYTHON_VARIABLE = 'BATON_REQUIRE_PYTHON';

/** What the pinned requirements need. */
const OLDEST = [3, 11] as const;
const NAMES = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];
const DEADLINE_MS = 20_000;
const DESCRIBE =
  'import json, platform, sys; print(json.dumps([sys.executable, list(sys.version_info[:3]), sys.implementation.name, sys.platform, platform.machine()]))';

/** An interpreter that is new enough. */
export interface FoundPython {
  readonly kind: 'found';
  /** Absolute path. */
  readonly path: string;
  /** Version, implementation and machine: packages for one do not fit another. */
  readonly build: string;
}

/** None; `tried` has a half sentence for each place. */
export interface NoPython {
  readonly kind: 'absent';
  readonly tried: readonly string[];
}

/** The first interpreter that is new enough: of the variable, on the PATH, or one that `uv` knows. */
export function findPython(env: NodeJS.ProcessEnv = process.env): FoundPython | NoPython {
  const named = env[PYTHON_VARIABLE];
  const tried: string[] = [];
  for (const candidate of named !== undefined && named !== '' ? [named] : candidates(env)) {
    const found = describeInterpreter(candidate, env);
    if (typeof found !== 'string') return found;
    tried.push(`${candidate}: ${found}`);
  }
  return { kind: 'absent', tried };
}

/** Lazily: `uv` is asked only when the PATH has none. */
function* candidates(env: NodeJS.ProcessEnv): Generator<string> {
  yield* NAMES;
  const { status, stdout } = run('uv', ['python', 'find', '--no-project', `>=${OLDEST.join('.')}`], env);
  if (status === 0 && stdout.trim() !== '') yield stdout.trim();
}

/** The interpreter, or why it is of no use. */
function describeInterpreter(command: string, env: NodeJS.ProcessEnv): FoundPython | string {
  const { status, stdout, error } = run(command, ['-c', DESCRIBE], env);
  if (error) return 'is not there';
  if (status !== 0) return 'does not run';
  const [path, version, ...rest] = JSON.parse(stdout) as [string, number[], ...string[]];
  const [major = 0, minor = 0] = version;
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    return `is ${version.join('.')}, needed is ${OLDEST.join('.')}`;
  return { kind: 'found', path, build: [version.join('.'), ...rest].join(' ') };
}

function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { status: number | null; stdout: string; error?: Error | undefined } {
  return spawnSync(command, [...args], {
    env,
    encoding: 'utf8',
    timeout: DEADLINE_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
