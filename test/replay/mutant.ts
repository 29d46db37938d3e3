// A deliberately changed copy of the workflows, bundled by itself: what a careless change would deploy.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const ROOT = resolve(__dirname, '../..');
const MUTANTS = join(ROOT, 'dist/test/mutants');
const COPIED = ['workflows', 'domain', 'activities/types.ts'];

/** One change of one file. */
export interface Mutation {
  readonly name: string;
  /** Below the repository's root. */
  readonly file: string;
  /** Must be there once. */
  readonly from: string;
  readonly to: string;
}

/** The bundle of the changed workflows. */
export async function bundleMutant(mutation: Mutation): Promise<string> {
  const folder = join(MUTANTS, mutation.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  mutate(join(folder, mutation.file), mutation);
  const logger = new DefaultLogger('ERROR');
  const { code } = await bundleWorkflowCode({ workflowsPath: join(folder, 'workflows/index.ts'), logger });
  const bundle = join(folder, 'bundle.js');
  writeFileSync(bundle, code);
  return bundle;
}

function mutate(file: string, { from, to, name }: Mutation): void {
  const source = readFileSync(file, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`mutant ${name}: its text is not once in ${file}`);
  writeFileSync(file, source.replace(from, to));
}
