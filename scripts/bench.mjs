// `npm run bench`: installs and builds what is out of date, then measures; `npm run bench -- gateway` measures how
// escalations are accepted, `npm run bench -- relay` what a relayed message costs. See docs/performance.md.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { main } from './lib/console.mjs';
import { ROOT } from './lib/run.mjs';

const PARTS = ['gateway', 'relay'];

await main(async () => {
  await ensureInstalled();
  await build({ check: false });
  const given = process.argv.slice(2);
  const part = PARTS.find((name) => name === given[0]);
  const program = part === undefined ? 'dist/bench/main.js' : `dist/bench/${part}/main.js`;
  const args = [join(ROOT, program), ...given.slice(part === undefined ? 0 : 1)];
  process.exitCode = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
});
