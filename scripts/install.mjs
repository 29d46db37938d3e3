// Makes sure that Node is new enough and that node_modules holds what package-lock.json says. Does nothing when it does.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError, main, say, step } from './lib/console.mjs';
import { ROOT, isEntry, run } from './lib/run.mjs';

const OLDEST_NODE = [20, 3];
const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/;
const NPM_CI = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];

/** Checks Node, then installs the dependencies if they are missing or not those of the lockfile. */
export async function ensureInstalled() {
  requireNode();
  const reason = reasonToInstall();
  if (reason === undefined) return;
  say(`${reason}: installing the dependencies with npm ci`);
  await step('installing the dependencies', async () => {
    // All may be in npm's cache. If not, npm says so within a second or two.
    if ((await runNpm([...NPM_CI, '--offline'])).code === 0) return;
    await requireRegistry();
    const { code, output } = await runNpm([...NPM_CI, '--prefer-offline']);
    if (code !== 0) throw installFailure(output);
  });
}

/** npm retries each of hundreds of packages for minutes when there is no network; one question tells it at once. */
async function requireRegistry() {
  const { code, output } = await runNpm([
    'ping',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
    '--fetch-timeout=15000',
  ]);
  if (code !== 0 && NO_NETWORK.test(output)) throw installFailure(output);
}

function installFailure(output) {
  if (NO_NETWORK.test(output)) {
    return new PlainError(
      'The dependencies could not be installed: the package registry cannot be reached.\n' +
        'What to do: check the network, the proxy settings and the registry of your npm configuration, then run this again.',
    );
  }
  const errors = output.split('\n').filter((line) => line.startsWith('npm error'));
  return new PlainError(
    `The dependencies could not be installed. npm ci said:\n${errors.slice(0, 20).join('\n')}`,
  );
}

function runNpm(args) {
  const npm = process.env.npm_execpath;
  return npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new PlainError(
    `Node ${OLDEST_NODE.join('.')} or newer is needed, this is Node ${process.versions.node}. ` +
      'Install a newer Node and run this again.',
  );
}

/**
 * Compares the lockfile with the record that npm keeps of what it installed. Optional packages may be absent: they
 * are for other systems.
 */
function reasonToInstall() {
  const record = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'node_modules is missing';
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const installed = readPackages(record);
  for (const [path, { version, optional, peer }] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = installed[path];
    if (found === undefined && (optional || peer)) continue;
    if (found?.version !== version) return `${path} is not at the lockfile's version ${version}`;
  }
  return undefined;
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

if (isEntry(import.meta.url)) await main(ensureInstalled);
