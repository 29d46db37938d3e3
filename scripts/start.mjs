// `npm start`: installs and builds what is out of date, then becomes `baton start` with the same arguments.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { PlainError, main } from './lib/console.mjs';
import { ROOT } from './lib/run.mjs';

const CLI = join(ROOT, 'dist/cli/main.js');
/** One Ctrl-C reaches us more than once: from the terminal and again from npm. */
const SAME_SIGNAL_WITHIN_MS = 1000;

await main(async () => {
  await ensureInstalled();
  await build({ check: false });
  if (!existsSync(CLI)) throw new PlainError('The build failed: cli/main.ts is missing.');
  process.exitCode = await runCli(['start', ...process.argv.slice(2)]);
});

/** Runs the CLI in its own process group, so that each signal reaches it exactly once: through us. */
function runCli(args) {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: 'inherit', detached: true });
  const lastSentAt = new Map();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = Date.now();
      if (now - (lastSentAt.get(signal) ?? 0) < SAME_SIGNAL_WITHIN_MS) return;
      lastSentAt.set(signal, now);
      child.kill(signal);
    });
  }
  process.once('exit', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
