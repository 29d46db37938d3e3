import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { TEST_BUNDLE_PATH } from '../support/global-setup';

const ROOT = join(__dirname, '..', '..');

function checkBundle(file: string): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, ['scripts/check-bundle.mjs', file], { cwd: ROOT, encoding: 'utf8' });
}

describe('the check of the workflow bundle', () => {
  let folder: string;
  beforeAll(() => {
    // Inside the repository: the bundler looks for the SDK next to the entry.
    folder = mkdtempSync(join(ROOT, 'dist', 'test', 'bundle-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('accepts the workflows of this build', () => {
    const { status, stderr } = checkBundle(TEST_BUNDLE_PATH);

    expect(stderr).toContain('all of them allowed');
    expect(status).toBe(0);
  });

  it('names each module of zod when workflow code imports it', async () => {
    const entry = join(folder, 'with-zod.js');
    const modules = [join(ROOT, 'workflows'), join(ROOT, 'node_modules/zod')].map((path) =>
      JSON.stringify(path),
    );
    writeFileSync(entry, `module.exports = { ...require(${modules[0]}), zod: require(${modules[1]}) };`);
    const { code } = await bundleWorkflowCode({ workflowsPath: entry, logger: new DefaultLogger('ERROR') });
    writeFileSync(join(folder, 'bundle.js'), code);

    const { status, stderr } = checkBundle(join(folder, 'bundle.js'));

    expect(status).toBe(1);
    expect(stderr).toMatch(/node_modules\/zod\//);
    expect(stderr).toContain('make it "import type"');
  });

  it('refuses a bundle without workflows', () => {
    writeFileSync(join(folder, 'empty.js'), '');

    expect(checkBundle(join(folder, 'empty.js')).stderr).toContain('holds no workflow of ours');
  });
});
