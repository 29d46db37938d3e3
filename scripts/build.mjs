// Builds dist/: the compiled TypeScript, the files that are read at run time, and the workflow bundles that workers
// load: one for workers without encryption, and one whose failures the codec can encrypt. A step whose inputs have not changed is skipped. With --no-check types are not checked, which is several
// times faster; `npm start` and `npm test` build so (`npm test` checks the types on its own).
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { PlainError, main, step } from './lib/console.mjs';
import { withFileLock } from './lib/file-lock.mjs';
import { ROOT, isEntry, packageFile, runNode } from './lib/run.mjs';
import { filesBelow, hashFiles, sourceFiles } from './lib/sources.mjs';

const STAMP = 'dist/.build-stamp.json';
const COMPILED = /(?<!\.d)\.ts$/;
const ASSET = /\.(json|ya?ml|html|css|svg|js|cjs|mjs|wasm|txt)$/;
/** Where the bundles' inputs are, compiled. */
const BUNDLED_FOLDERS = ['dist/domain', 'dist/workflows'];
const FAILURE_CONVERTER = 'dist/codec/failure-converter.js';
/** The bundles, each with the further options of the SDK's bundler. */
const BUNDLES = {
  'dist/workflow-bundle.js': {},
  'dist/workflow-bundle-encrypted.js': { failureConverterPath: join(ROOT, FAILURE_CONVERTER) },
};

/** Builds what is out of date. */
export async function build({ check = true } = {}) {
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  await withFileLock(join(ROOT, 'dist/.build-lock'), async () => {
    const stamp = readStamp();
    const sources = sourceFiles();
    const compileHash = hashFiles([
      ...sources,
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'tsconfig.client.json',
      'scripts/build.mjs',
    ]);
    if (stamp.compileHash !== compileHash || (check && !stamp.checked)) {
      await step('compiling', () => compile(check));
      copyAssets(sources);
      removeStale(sources);
      Object.assign(stamp, { compileHash, checked: check });
      writeStamp(stamp);
    }
    const bundleInputs = [...BUNDLED_FOLDERS.flatMap(filesBelow), FAILURE_CONVERTER]
      .filter((path) => path.endsWith('.js'))
      .sort();
    const bundleHash = hashFiles(bundleInputs, sdkVersion());
    const isMissing = Object.keys(BUNDLES).some((path) => !existsSync(join(ROOT, path)));
    if (stamp.bundleHash !== bundleHash || isMissing) {
      await step('bundling the workflows', bundle);
      writeStamp({ ...stamp, bundleHash });
    }
  });
}

/** The program, and the declarations of what others import from the package. */
async function compile(check) {
  await Promise.all(
    ['tsconfig.build.json', 'tsconfig.client.json'].map(async (project) => {
      const args = [packageFile('typescript/bin/tsc'), '-p', project, '--pretty', 'false'];
      const { code, output } = await runNode(check ? args : [...args, '--noCheck']);
      if (code !== 0) throw new PlainError(`The build failed:\n${output.trim()}`);
    }),
  );
}

function copyAssets(sources) {
  for (const path of sources.filter((source) => ASSET.test(source))) {
    mkdirSync(dirname(join(ROOT, 'dist', path)), { recursive: true });
    cpSync(join(ROOT, path), join(ROOT, 'dist', path));
  }
}

/** A file of dist/ whose source is gone could still be imported by mistake. */
function removeStale(sources) {
  const expected = new Set(
    sources.flatMap((path) => {
      if (ASSET.test(path)) return [`dist/${path}`];
      if (!COMPILED.test(path)) return [];
      const compiled = `dist/${path.replace(COMPILED, '.js')}`;
      return [compiled, `${compiled}.map`, `dist/${path.replace(COMPILED, '.d.ts')}`];
    }),
  );
  for (const path of filesBelow('dist')) {
    // At the top are the bundle and the records of the build; test/ belongs to the tests.
    const isOther = path.split('/').length === 2 || path.startsWith('dist/test/');
    // A file that came while the compiler ran is in dist/ already and not among the sources.
    const source = path.slice('dist/'.length).replace(/(\.d\.ts|\.js(\.map)?)$/, '.ts');
    if (isOther || expected.has(path) || existsSync(join(ROOT, source))) continue;
    rmSync(join(ROOT, path), { force: true });
  }
}

async function bundle() {
  const require = createRequire(import.meta.url);
  const { DefaultLogger, bundleWorkflowCode } = require('@temporalio/worker');
  const workflowsPath = join(ROOT, 'dist/workflows/index.js');
  if (!existsSync(workflowsPath)) throw new PlainError('The build failed: workflows/index.ts is missing.');
  // The bundle names its modules relative to the working directory.
  process.chdir(ROOT);
  for (const [path, options] of Object.entries(BUNDLES)) {
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      logger: new DefaultLogger('ERROR'),
      ...options,
    });
    writeWhole(path, code);
  }
}

function sdkVersion() {
  return JSON.parse(readFileSync(packageFile('@temporalio/worker/package.json'), 'utf8')).version;
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(join(ROOT, STAMP), 'utf8'));
  } catch {
    return {};
  }
}

function writeStamp(stamp) {
  writeWhole(STAMP, JSON.stringify(stamp));
}

/** Never leaves half a file behind under the final name. */
function writeWhole(path, content) {
  const draft = join(ROOT, `${path}.${process.pid}.tmp`);
  writeFileSync(draft, content);
  renameSync(draft, join(ROOT, path));
}

if (isEntry(import.meta.url)) await main(() => build({ check: !process.argv.includes('--no-check') }));
