// Once per jest run: bundles the workflows from source, so that every suite and every replay sees the code at hand.
// The file is named after its content: two runs at the same time cannot take each other's away.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const FOLDER = resolve(__dirname, '../../dist/test');
/** Set here, read in jest's worker processes, which inherit the environment. */
const BUNDLE_VARIABLE = 'BATON_TEST_BUNDLE';

/** Where the bundle of this run lies. */
export const TEST_BUNDLE_PATH = process.env[BUNDLE_VARIABLE] ?? join(FOLDER, 'not-bundled.js');

// Jest asks for a default export.
// eslint-disable-next-line import-x/no-default-export
export default async function globalSetup(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: resolve(__dirname, '../../workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const path = join(
    FOLDER,
    `workflow-bundle-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.js`,
  );
  process.env[BUNDLE_VARIABLE] = path;
  if (existsSync(path)) return;
  mkdirSync(FOLDER, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, path);
}
