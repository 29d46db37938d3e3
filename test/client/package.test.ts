// The package as a bot backend gets it: packed, installed into an empty folder, compiled against with every strict
// setting, and run from CommonJS and from ES modules.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { blocks, read, ROOT } from '../docs/markdown';

const run = promisify(execFile);
const TSC = resolve(ROOT, 'node_modules/typescript/bin/tsc');
const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'node16',
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  types: ['node'],
  outDir: 'out',
};

let folder: string;

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'dist/client/index.d.ts')))
    throw new Error('dist/ is missing: run "npm run build" (npm test does)');
  folder = mkdtempSync(join(tmpdir(), 'baton-package-'));
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: ROOT });
  const [archive = ''] = readdirSync(folder);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'baton'), { recursive: true });
  await run('tar', ['-xzf', join(folder, archive), '--strip-components=1', '-C', join(modules, 'baton')]);
  // In place of a download; nothing else of ours can be found from there.
  mkdirSync(join(modules, '@types'));
  for (const name of ['zod', 'eventsource-parser', '@types/node', 'undici-types'])
    symlinkSync(resolve(ROOT, 'node_modules', name), join(modules, name));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, content: string): void {
  writeFileSync(join(folder, file), content);
}

async function compile(file: string, content: string, options: object = {}): Promise<string> {
  write(file, content);
  write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { ...COMPILER_OPTIONS, ...options }, files: [file] }),
  );
  return run(process.execPath, [TSC, '-p', folder], { cwd: folder }).then(
    () => '',
    // Those of Node's types are not ours, and no setting of ours either.
    ({ stdout }: { stdout: string }) => stdout.replace(/^\S*\/@types\/node\/.*\n(?: .*\n)*/gm, ''),
  );
}

const LOADED = `
  const loaded = Object.keys(require.cache ?? {});
  const strangers = loaded.filter((path) => /temporalio|fastify|zod|undici|[/]contract[/]|[/]gateway[/]/.test(path));
  console.log(JSON.stringify({ client: typeof BatonClient, problem: typeof BatonProblem, strangers }));
`;

describe('the package', () => {
  it('lets the example of client/README.md compile', async () => {
    const [example = ''] = blocks(read('client/README.md'), 'ts');

    expect(example.split('\n').length).toBeGreaterThan(20);
    expect(await compile('example.ts', example, { skipLibCheck: false })).toBe('');
  }, 60_000);

  it('has types that a wrong call does not fit', async () => {
    const faults = await compile(
      'wrong.ts',
      `import { BatonClient, BatonProblem, type BatonNotice, type ErrorCode } from 'baton';
       const baton = new BatonClient({ baseUrl: 'https://x', apiKey: 'k' });
       void baton.start({ conversationId: 'c', requestId: 'r' });
       void baton.say('c', { epoch: '1', id: 'm', text: 't' });
       void baton.list({ phase: 'nowhere' });
       const code: ErrorCode = 'ESC_NOTHING';
       export const right = (notice: BatonNotice, { code: known }: BatonProblem): boolean =>
         notice.type === 'escalation.connected' && notice.data.sequence > 1 && known === 'ESC_NOT_OWNER' && code !== known;`,
      { skipLibCheck: true },
    );

    const lines = [...faults.matchAll(/^wrong\.ts\((\d+),/gm)].map(([, line]) => Number(line));
    expect(lines).toEqual([3, 4, 5, 6]);
  }, 60_000);

  it('runs from CommonJS, and loads neither Temporal nor a server nor a schema', async () => {
    write('main.cjs', `const { BatonClient, BatonProblem } = require('baton');${LOADED}`);

    const { stdout } = await run(process.execPath, ['main.cjs'], { cwd: folder });

    expect(JSON.parse(stdout)).toEqual({ client: 'function', problem: 'function', strangers: [] });
  });

  it('runs from an ES module', async () => {
    write(
      'main.mjs',
      `import { BatonClient, BatonProblem, verifyNotice } from 'baton';
       console.log(typeof BatonClient, typeof BatonProblem, typeof verifyNotice);`,
    );

    const { stdout } = await run(process.execPath, ['main.mjs'], { cwd: folder });

    expect(stdout.trim()).toBe('function function function');
  });

  it('lets nobody import anything else of it', async () => {
    write('inside.cjs', `require('baton/dist/gateway/create-gateway.js');`);

    await expect(run(process.execPath, ['inside.cjs'], { cwd: folder })).rejects.toThrow(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    );
  });
});
