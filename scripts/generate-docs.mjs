// Writes the generated references (docs/errors.md, docs/configuration.md, the JSON Schema of baton.yaml) from the
// code; with --check it only compares, and fails when one is out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from './build.mjs';
import { PlainError, main, say } from './lib/console.mjs';
import { ROOT } from './lib/run.mjs';

await main(async () => {
  await build({ check: false });
  const { generatedFiles } = createRequire(import.meta.url)(join(ROOT, 'dist/contract/documentation.js'));
  const files = generatedFiles();
  const stale = files.filter(({ path, text }) => readOrEmpty(path) !== text);
  if (process.argv.includes('--check') && stale.length > 0) {
    throw new PlainError(
      `Out of date: ${stale.map(({ path }) => path).join(', ')}. Run "npm run docs" and commit the result.`,
    );
  }
  for (const { path, text } of stale) {
    writeFileSync(join(ROOT, path), text);
    say(`wrote ${path}`);
  }
  if (stale.length === 0) say(`${files.length} generated references are up to date`);
});

function readOrEmpty(path) {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : '';
}
