// Writes the generated references; with --check it only compares and fails when one is out of date. Needs a build.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PlainError, main, say } from './lib/console.mjs';
import { ROOT } from './lib/run.mjs';

const require = createRequire(import.meta.url);

await main(() => {
  const documents = { 'docs/errors.md': errorReference(), ...configurationReferences() };
  const isCheck = process.argv.includes('--check');
  const stale = Object.entries(documents).filter(([path, text]) => readOrEmpty(path) !== text);
  if (isCheck && stale.length > 0) {
    throw new PlainError(
      `Out of date: ${stale.map(([path]) => path).join(', ')}. Run "npm run docs" and commit the result.`,
    );
  }
  for (const [path, text] of stale) {
    writeFileSync(join(ROOT, path), text);
    say(`wrote ${path}`);
  }
  if (stale.length === 0) say(`${Object.keys(documents).length} generated references are up to date`);
});

function readOrEmpty(path) {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : '';
}

function errorReference() {
  const { ERRORS } = require(join(ROOT, 'dist/domain/errors.js'));
  const meanings = {
    terminal: 'trying again cannot help',
    retryable: 'trying again may help; Baton does so by itself where it can',
    auth: 'Baton refreshes the credential once, then gives up',
  };
  const entries = Object.entries(ERRORS)
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([code, { title, retry, status, remedy }]) =>
      [
        `## ${code}`,
        '',
        `${title}.`,
        '',
        `- Retry: ${retry} (${meanings[retry]})`,
        `- HTTP status: ${status}`,
        `- What to do: ${remedy}`,
        '',
      ].join('\n'),
    );
  return [
    '# Errors',
    '',
    'Every error that Baton raises has a stable code. This page is generated from `domain/errors.ts`.',
    '',
    ...entries,
  ].join('\n');
}

/** contract/ owns what these say; see `generatedReferences` there. */
function configurationReferences() {
  const file = join(ROOT, 'dist/contract/generated-references.js');
  return existsSync(file) ? require(file).generatedReferences() : {};
}
