// Writes the generated references (docs/errors.md, docs/configuration.md, the JSON Schema of baton.yaml, the table of
// README.md) from the code; with --check it only compares, and fails when one is out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from './build.mjs';
import { PlainError, main, say } from './lib/console.mjs';
import { ROOT } from './lib/run.mjs';

await main(async () => {
  await build({ check: false });
  const { generatedFiles } = builtModule('contract/documentation.js');
  const files = [...generatedFiles(), readmeWithPairs()];
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

/** README.md with the table of bots and desks between its markers. */
function readmeWithPairs() {
  const { pairsTable } = builtModule('platforms/pairs.js');
  const { PLATFORMS } = builtModule('platforms/index.js');
  const [before, rest] = readOrEmpty('README.md').split('<!-- pairs -->\n');
  const [, after] = rest?.split('<!-- end of pairs -->') ?? [];
  if (after === undefined) throw new PlainError('README.md lacks the markers `pairs` and `end of pairs`.');
  const text = `${before}<!-- pairs -->\n\n${pairsTable(PLATFORMS)}\n\n<!-- end of pairs -->${after}`;
  return { path: 'README.md', text };
}

function builtModule(path) {
  return createRequire(import.meta.url)(join(ROOT, 'dist', path));
}

function readOrEmpty(path) {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : '';
}
