// Python with the pinned packages of test/python/requirements.txt, for the suites that need it. They are installed once
// into the user's cache, outside the checkout, under the hash of what is pinned; every file is checked by its hash.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cacheFolder, installInCache } from '../../servers/cache';
import { findOnPath } from '../../servers/find-on-path';
import { withLock } from '../../servers/lock';
import { lastLines, runCommand } from '../../servers/run-command';
import { findPython, PYTHON_VARIABLE, REQUIRE_PYTHON_VARIABLE, type FoundPython } from './find-python';

const REQUIREMENTS = resolve(__dirname, '../python/requirements.txt');
const INSTALL_DEADLINE_MS = 280_000;
const ENTRY_DEADLINE_MS = 60_000;
const PACKAGES = 'packages';

/** How to run Python with the packages. */
export interface Python {
  readonly command: string;
  /** To be added to the environment of the command. */
  readonly env: Readonly<Record<string, string>>;
}

/** Longest time that {@link obtainPython} takes the first time, in milliseconds. */
export const OBTAIN_PYTHON_MS = 300_000;

/**
 * A suite that needs Python. On a machine without, it says so on stderr and is left out, unless
 * `BATON_REQUIRE_PYTHON` is set: then it fails.
 */
export function describeWithPython(title: string, body: () => void): void {
  const python = findPython();
  if (python.kind === 'found') {
    describe(title, body);
    return;
  }
  const story = noPython(python.tried);
  if (isSet(process.env[REQUIRE_PYTHON_VARIABLE])) {
    it(`${title}: has Python`, () => {
      throw new Error(story);
    });
    return;
  }
  process.stderr.write(`\nLEFT OUT: ${title}\n${story}\n`);
  describe.skip(title, body);
}

/** Python with the packages, installed if they are not. @throws Error that names what was tried */
export async function obtainPython(env: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const python = findPython(env);
  if (python.kind === 'absent') throw new Error(noPython(python.tried));
  const folder = join(dirname(cacheFolder(env)), 'python');
  const entry = createHash('sha256')
    .update(readFileSync(REQUIREMENTS))
    .update(python.build)
    .update(python.path)
    .digest('hex')
    .slice(0, 16);
  return withLock(join(folder, `${entry}.lock`), say, async () => {
    const installed = pythonOf(python, join(folder, entry));
    if (installed && (await works(installed, env))) return installed;
    await rm(join(folder, entry), { recursive: true, force: true });
    await installInCache(folder, entry, (workFolder) => install(python, join(workFolder, 'python'), env));
    const made = pythonOf(python, join(folder, entry));
    if (!made || !(await works(made, env)))
      throw new Error(`The packages in ${join(folder, entry)} do not run.`);
    return made;
  });
}

/** A virtual environment by one of three tools, or else packages beside the interpreter. */
async function install(python: FoundPython, target: string, env: NodeJS.ProcessEnv): Promise<string> {
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
  const intoTarget = [join(target, 'bin/python'), [...pip, '-r', REQUIREMENTS]] as const;
  const uv = findOnPath('uv', env);
  const ways: [string, (readonly [string, readonly string[]])[]][] = [
    ['venv', [[python.path, ['-m', 'venv', target]], intoTarget]],
    ['virtualenv', [[python.path, ['-m', 'virtualenv', '--quiet', target]], intoTarget]],
    ...(uv === undefined
      ? []
      : [
          [
            'uv',
            [
              [uv, ['venv', '--quiet', '--python', python.path, target]],
              [uv, ['pip', 'install', '--quiet', '--python', target, '--require-hashes', '-r', REQUIREMENTS]],
            ],
          ] satisfies [string, (readonly [string, readonly string[]])[]],
        ]),
    [
      'pip --target',
      [[python.path, [...pip, '--no-user', '--target', join(target, PACKAGES), '-r', REQUIREMENTS]]],
    ],
  ];
  const failures: string[] = [];
  for (const [name, steps] of ways) {
    const failure = await runAll(steps, env);
    if (failure === undefined) return target;
    failures.push(`  - ${name}: ${failure}`);
    await rm(target, { recursive: true, force: true });
  }
  throw new Error(
    [
      `The packages of ${REQUIREMENTS} could not be installed for ${python.path}. Tried:`,
      ...failures,
      `What to do: run once with a network and with pip (Debian: python3-venv), or name another Python in ${PYTHON_VARIABLE}.`,
    ].join('\n'),
  );
}

/** Why one of the steps failed; undefined if none did. */
async function runAll(
  steps: readonly (readonly [string, readonly string[]])[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  for (const [command, args] of steps) {
    const progress = { text: 'installing the Python packages that tests need', log: say };
    const result = await runCommand({ command, args, env, timeoutMs: INSTALL_DEADLINE_MS, progress });
    if (!result.ok) return `${result.ending}: ${lastLines(result.output)}`;
  }
  return undefined;
}

/** Always run as `python -m …`: scripts of a virtual environment know only the folder in which they were made. */
function pythonOf({ path }: FoundPython, folder: string): Python | undefined {
  const command = join(folder, 'bin/python');
  if (existsSync(command)) return { command, env: {} };
  const packages = join(folder, PACKAGES);
  return existsSync(packages) ? { command: path, env: { PYTHONPATH: packages } } : undefined;
}

async function works(python: Python, env: NodeJS.ProcessEnv): Promise<boolean> {
  const { ok } = await runCommand({
    command: python.command,
    args: ['-c', 'import schemathesis, temporalio'],
    env: { ...env, ...python.env },
    timeoutMs: ENTRY_DEADLINE_MS,
  });
  return ok;
}

function noPython(tried: readonly string[]): string {
  return [
    'There is no Python for the tests that need one. Tried:',
    ...tried.map((each) => `  - ${each}`),
    `What to do: put python3 on the PATH, or name one in ${PYTHON_VARIABLE}.`,
  ].join('\n');
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
