// Which files the build is made from.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

const NOT_BUILT = new Set(['node_modules', 'dist', 'coverage', 'test', 'docs', 'scripts']);

/** Written by a benchmark: a new result must not make the build out of date. */
const NOT_INPUT = 'bench/results/';

/** Files below the folders that are built, as sorted paths relative to the root. */
export function sourceFiles() {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_BUILT.has(entry.name))
    .flatMap((entry) => filesBelow(entry.name))
    .filter((path) => !path.startsWith(NOT_INPUT))
    .sort();
}

/** Files below a folder of the repository, as paths relative to the root. */
export function filesBelow(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/** One hash over names and contents. */
export function hashFiles(paths, ...extra) {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${text}\0`);
  for (const path of paths)
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  return hash.digest('hex');
}
