// `npm run bench`: installs and builds what is out of date, then measures. See docs/performance.md.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { main } from './lib/console.mjs';
import { ROOT } from './lib/run.mjs';

await main(async () => {
  await ensureInstalled();
  await build({ check: false });
  const args = [join(ROOT, 'dist/bench/main.js'), ...process.argv.slice(2)];
  process.exitCode = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
});
