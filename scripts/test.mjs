// `npm test` and `npm run verify`: the static checks, then every test on both Temporal servers. Closes with one line
// "N passed, N failed", in which each static check counts as one. With arguments (`npm test -- test/domain`) only
// jest runs, with these arguments.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { main, say, step } from './lib/console.mjs';
import { ROOT, packageFile, runNode } from './lib/run.mjs';

const RESULT_FILE = '.baton/jest-result.json';
const CHECKS_AT_ONCE = 2;
/** More suites than cores: many wait for servers, kills and timers. Each needs a gigabyte at times. */
const SUITES_AT_ONCE = Math.min(availableParallelism() + 1, 6);

await main(async () => {
  const jestArgs = process.argv.slice(2);
  await ensureInstalled();
  await build({ check: false });
  const checks = jestArgs.length === 0 ? await runChecks() : { passed: 0, failed: 0 };
  const tests = await runJest(jestArgs, await obtainServers());
  const failed = checks.failed + tests.failed;
  process.stdout.write(`${checks.passed + tests.passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
});

/** Name and Node arguments of each check. */
function staticChecks() {
  return [
    ['format', [packageFile('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
    ['lint', [packageFile('eslint/bin/eslint.js'), '.', '--max-warnings', '0']],
    ['types', [packageFile('typescript/bin/tsc'), '--noEmit', '--pretty', 'false']],
    ['unused files, exports and dependencies', [packageFile('knip/bin/knip.js'), '--no-progress']],
    ['workflow bundle', ['scripts/check-bundle.mjs']],
    ['generated references', ['scripts/generate-docs.mjs', '--check']],
  ];
}

async function runChecks() {
  const waiting = staticChecks();
  let passed = 0;
  let failed = 0;
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const [name, args] = check;
      const { code, output } = await step(`check: ${name}`, () => runNode(args));
      if (code === 0) {
        passed += 1;
        say(`ok      ${name}`);
      } else {
        failed += 1;
        say(`FAILED  ${name}\n${output.trim()}`);
      }
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, work));
  return { passed, failed };
}

/** Paths of both servers, in the environment variables by which the tests find them. */
async function obtainServers() {
  const require = createRequire(import.meta.url);
  const development = require(join(ROOT, 'dist/servers/development-server.js'));
  const timeSkipping = require(join(ROOT, 'dist/servers/time-skipping-server.js'));
  return {
    [development.DEVELOPMENT_SERVER_VARIABLE]: (await development.obtainDevelopmentServer({ log: say })).path,
    [timeSkipping.TIME_SKIPPING_SERVER_VARIABLE]: (await timeSkipping.obtainTimeSkippingServer({ log: say }))
      .path,
  };
}

async function runJest(args, servers) {
  mkdirSync(join(ROOT, '.baton'), { recursive: true });
  rmSync(join(ROOT, RESULT_FILE), { force: true });
  const jest = [
    packageFile('jest/bin/jest.js'),
    `--maxWorkers=${SUITES_AT_ONCE}`,
    '--json',
    `--outputFile=${RESULT_FILE}`,
  ];
  const { code } = await runNode([...jest, ...args], { show: true, env: { ...process.env, ...servers } });
  const result = readResult();
  // A suite that could not even run has no tests to count, but it has failed.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

function readResult() {
  try {
    return JSON.parse(readFileSync(join(ROOT, RESULT_FILE), 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 };
  }
}
