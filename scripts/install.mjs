// Makes sure that Node is new enough and that node_modules holds what package-lock.json says. Does nothing when it does.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError, main, say, step } from './lib/console.mjs';
import { ROOT, isEntry, run } from './lib/run.mjs';

const OLDEST_NODE = [20, 3];
const NO_NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/;

/** Checks Node, then installs the dependencies if they are missing or not those of the lockfile. */
export async function ensureInstalled() {
  requireNode();
  const reason = reasonToInstall();
  if (reason === undefined) return;
  say(`${reason}: installing the dependencies with npm ci`);
  const { code, output } = await step('installing the dependencies', runNpmCi);
  if (code === 0) return;
  if (NO_NETWORK.test(output)) {
    throw new PlainError(
      'The dependencies could not be installed: the package registry cannot be reached.\n' +
        'What to do: check the network, the proxy settings and the registry of your npm configuration, then run this again.',
    );
  }
  throw new PlainError(`The dependencies could not be installed. npm ci said:\n${output.trim()}`);
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

function runNpmCi() {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  args.push('--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=10000');
  const npm = process.env.npm_execpath;
  return npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args);
}

if (isEntry(import.meta.url)) await main(ensureInstalled);
