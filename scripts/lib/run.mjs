// Starts a tool and keeps or shows what it prints.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Whether the module with this URL is the script that Node was started with. */
export function isEntry(url) {
  return (
    process.argv[1] !== undefined &&
    fileURLToPath(url) === join(ROOT, 'scripts', process.argv[1].split(/[\\/]/).at(-1))
  );
}

/** Path of a file of an installed package. */
export function packageFile(path) {
  return join(ROOT, 'node_modules', path);
}

/**
 * Runs `node <args>` in the root folder. `show`: stderr goes to ours, stdout is dropped; otherwise both are kept.
 * Resolves with the exit code (1 when ended by a signal) and the kept output.
 */
export function runNode(args, { show = false, env = process.env, timeoutMs = 30 * 60_000 } = {}) {
  return run(process.execPath, args, { show, env, timeoutMs });
}

/** The same for any command. */
export function run(command, args, { show = false, env = process.env, timeoutMs = 30 * 60_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env,
      stdio: show ? ['ignore', 'ignore', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const deadline = setTimeout(() => {
      output += `\nended after ${Math.round(timeoutMs / 60_000)} minutes\n`;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(deadline);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(deadline);
      resolve({ code: code ?? 1, output });
    });
  });
}
