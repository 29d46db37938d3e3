// Once per jest run: bundles the workflows from source, so that every suite and every replay sees the code at hand.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Where the bundle of this run lies. */
export const TEST_BUNDLE_PATH = resolve(__dirname, '../../dist/test/workflow-bundle.js');

// Jest asks for a default export.
// eslint-disable-next-line import-x/no-default-export
export default async function globalSetup(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: resolve(__dirname, '../../workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  mkdirSync(dirname(TEST_BUNDLE_PATH), { recursive: true });
  writeFileSync(TEST_BUNDLE_PATH, code);
}
