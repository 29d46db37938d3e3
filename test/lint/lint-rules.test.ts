// Proves that each import direction and each determinism rule of eslint.config.mjs fires, and that what is allowed
// passes. All snippets are linted in one process, once for the file.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Snippet {
  readonly path: string;
  readonly code: string;
  readonly isTyped?: boolean;
}

const ROOT = join(__dirname, '..', '..');
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  contract: ['domain'],
  platforms: ['domain'],
  activities: ['platforms', 'domain'],
  workflows: ['domain'],
  servers: ['domain'],
  codec: ['domain'],
  // And types of contract/, and the signing of webhooks; see below.
  client: ['domain'],
  temporal: ['workflows', 'platforms', 'contract', 'domain'],
  workers: ['activities', 'temporal', 'workflows', 'platforms', 'contract', 'servers', 'codec', 'domain'],
  gateway: ['activities', 'temporal', 'workflows', 'platforms', 'contract', 'codec', 'domain'],
  cli: [
    'client',
    'gateway',
    'workers',
    'activities',
    'temporal',
    'workflows',
    'platforms',
    'contract',
    'servers',
    'codec',
    'domain',
  ],
};
const FOLDERS = Object.keys(MAY_IMPORT).filter((folder) => moduleIn(folder) !== undefined);

/** Some module directly in a folder; a rule about directions must see an import that resolves. */
function moduleIn(folder: string): string | undefined {
  if (!existsSync(join(ROOT, folder))) return undefined;
  const file = readdirSync(join(ROOT, folder)).find((name) => name.endsWith('.ts'));
  return file === undefined ? undefined : `../${folder}/${file.replace(/\.ts$/, '')}`;
}

function lint(snippets: readonly Snippet[]): string[][] {
  const input = JSON.stringify(snippets);
  const result = spawnSync(process.execPath, [join(__dirname, 'lint-snippets.mjs')], {
    input,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout) as string[][];
}

const IMPORTS = '@typescript-eslint/no-restricted-imports';
const PATHS = 'import-x/no-restricted-paths';

const directions = FOLDERS.flatMap((from) =>
  FOLDERS.filter((to) => to !== from).map((to) => ({
    from,
    to,
    allowed: MAY_IMPORT[from]?.includes(to) === true,
    snippet: {
      path: `${from}/snippet.ts`,
      code: `import { thing } from '${moduleIn(to)}';\nthing();\n`,
    },
  })),
);

const refused: readonly (readonly [title: string, rule: string, path: string, code: string])[] = [
  ['a package in domain/', IMPORTS, 'domain/x.ts', `import { z } from 'zod';\nz.string();`],
  ['a builtin in domain/', IMPORTS, 'domain/x.ts', `import { join } from 'node:path';\njoin('a');`],
  ['a package in workflows/', IMPORTS, 'workflows/x.ts', `import { z } from 'zod';\nz.string();`],
  ['a builtin in workflows/', IMPORTS, 'workflows/x.ts', `import { join } from 'node:path';\njoin('a');`],
  [
    'the client in workflows/',
    IMPORTS,
    'workflows/x.ts',
    `import { Client } from '@temporalio/client';\nnew Client();`,
  ],
  [
    'Temporal in platforms/',
    IMPORTS,
    'platforms/x.ts',
    `import { log } from '@temporalio/activity';\nlog.info('');`,
  ],
  [
    'Temporal in a simulator',
    IMPORTS,
    'platforms/v/simulator/x.ts',
    `import { log } from '@temporalio/activity';\nlog.info('');`,
  ],
  [
    'Temporal in contract/',
    IMPORTS,
    'contract/x.ts',
    `import { log } from '@temporalio/activity';\nlog.info('');`,
  ],
  [
    'a schema in client/',
    IMPORTS,
    'client/x.ts',
    `import { startBody } from '../contract/http/questions';\nstartBody.parse(1);`,
  ],
  ['a package in client/', IMPORTS, 'client/x.ts', `import { request } from 'undici';\nvoid request('');`],
  [
    'Temporal in client/',
    IMPORTS,
    'client/x.ts',
    `import { log } from '@temporalio/activity';\nlog.info('');`,
  ],
  [
    "a platform's client in gateway/",
    IMPORTS,
    'gateway/x.ts',
    `import { connect } from '../platforms/liveperson/connection';\nconnect();`,
  ],
  [
    'undici outside platforms/http',
    IMPORTS,
    'activities/x.ts',
    `import { request } from 'undici';\nvoid request('');`,
  ],
  [
    'http.request outside platforms/http',
    IMPORTS,
    'gateway/x.ts',
    `import { request } from 'node:http';\nrequest('');`,
  ],
  [
    'all of http outside platforms/http',
    IMPORTS,
    'workers/x.ts',
    `import * as http from 'node:http';\nhttp.get('');`,
  ],
  ['fetch outside platforms/http', 'no-restricted-globals', 'activities/x.ts', `void fetch('');`],
  ...[
    'process',
    'fetch',
    'crypto',
    'performance',
    'Buffer',
    'structuredClone',
    'setTimeout',
    'setInterval',
    'WeakRef',
  ].map(
    (name) => [`${name} in workflows/`, 'no-restricted-globals', 'workflows/x.ts', `void ${name};`] as const,
  ),
  ['process in domain/', 'no-restricted-globals', 'domain/x.ts', 'void process;'],
  ['the clock in domain/', 'no-restricted-syntax', 'domain/x.ts', 'void Date.now();'],
  ['a date of now in domain/', 'no-restricted-syntax', 'domain/x.ts', 'void new Date();'],
  ['randomness in domain/', 'no-restricted-syntax', 'domain/x.ts', 'void Math.random();'],
  ['a variable of the module in workflows/', 'no-restricted-syntax', 'workflows/x.ts', 'let n = 0;\nn += 1;'],
  [
    'an exported variable of a module',
    'no-restricted-syntax',
    'activities/x.ts',
    'export let n = 0;\nn += 1;',
  ],
  [
    'an empty map of a module',
    'no-restricted-syntax',
    'gateway/x.ts',
    'const seen = new Map<string, string>();\nvoid seen;',
  ],
  [
    'the environment outside the allowed folders',
    'no-restricted-properties',
    'gateway/x.ts',
    `void process.env['A'];`,
  ],
  ['console outside cli/', 'no-console', 'workers/x.ts', `console.log('');`],
  ['a default export', 'import-x/no-default-export', 'domain/x.ts', 'export default 1;'],
  ['any', '@typescript-eslint/no-explicit-any', 'domain/x.ts', 'export const a = (b: any): unknown => b;'],
  [
    'an export without types',
    '@typescript-eslint/explicit-module-boundary-types',
    'domain/x.ts',
    'export const a = (b: string) => b;',
  ],
];

const accepted: readonly (readonly [title: string, path: string, code: string])[] = [
  [
    'types of activities in workflows/',
    'workflows/x.ts',
    `import type { A } from '../activities/index';\nexport type B = A;`,
  ],
  [
    'the SDK in workflows/',
    'workflows/x.ts',
    `import { sleep } from '@temporalio/workflow';\nvoid sleep(1);`,
  ],
  ['the sandbox clock in workflows/', 'workflows/x.ts', 'void Date.now();'],
  ['a given time in domain/', 'domain/x.ts', 'export const at = (ms: number): Date => new Date(ms);'],
  [
    'types of the contract in client/',
    'client/x.ts',
    `import type { startBody } from '../contract/http/questions';\nexport type A = typeof startBody;`,
  ],
  [
    'the signing of webhooks and fetch in client/',
    'client/x.ts',
    `import { verifyWebhook } from '../platforms/webhook/signing';\nvoid verifyWebhook;\nvoid fetch('');`,
  ],
  ['the environment in cli/', 'cli/x.ts', `void process.env['A'];`],
  ['undici in platforms/http', 'platforms/http/x.ts', `import { request } from 'undici';\nvoid request('');`],
  ['a server in gateway/', 'gateway/x.ts', `import { createServer } from 'node:http';\ncreateServer();`],
  [
    'a server in a simulator',
    'platforms/v/simulator/x.ts',
    `import * as http from 'node:http';\nhttp.createServer();`,
  ],
];

const typed: readonly (readonly [title: string, rule: string, code: string])[] = [
  [
    'a promise that nobody awaits',
    '@typescript-eslint/no-floating-promises',
    'export const a = (): void => {\n  Promise.resolve(1);\n};',
  ],
  [
    'an async function where its result is ignored',
    '@typescript-eslint/no-misused-promises',
    'const call = (f: () => void): void => f();\nexport const a = (): void => call(async () => {});',
  ],
  [
    'a switch that leaves a case out',
    '@typescript-eslint/switch-exhaustiveness-check',
    `export const a = (k: 'x' | 'y'): number => {\n  switch (k) {\n    case 'x':\n      return 1;\n  }\n  return 2;\n};`,
  ],
];

describe('lint', () => {
  const groups = {
    directions: directions.map(({ snippet }) => snippet),
    refused: refused.map(([, , path, code]) => ({ path, code })),
    accepted: accepted.map(([, path, code]) => ({ path, code })),
    typed: typed.map(([, , code]) => ({ path: 'domain/assert-never.ts', code, isTyped: true })),
  };
  const found = new Map<Snippet, string[]>();
  beforeAll(() => {
    const all = Object.values(groups).flat();
    lint(all).forEach((rules, index) => found.set(all[index] as Snippet, rules));
  });
  const rulesOf = (group: keyof typeof groups, index: number): string[] => {
    const rules = found.get(groups[group][index] as Snippet);
    if (rules === undefined) throw new Error('the snippet was not linted');
    return rules;
  };

  directions.forEach(({ from, to, allowed }, index) => {
    it(`${allowed ? 'lets' : 'does not let'} ${from}/ import ${to}/`, () => {
      const rules = rulesOf('directions', index).filter((rule) => rule === PATHS || rule === IMPORTS);

      expect(rules.length > 0).toBe(!allowed);
    });
  });
  refused.forEach(([title, rule], index) => {
    it(`refuses ${title}`, () => {
      expect(rulesOf('refused', index)).toContain(rule);
    });
  });
  accepted.forEach(([title], index) => {
    it(`accepts ${title}`, () => {
      expect(rulesOf('accepted', index)).toEqual([]);
    });
  });
  typed.forEach(([title, rule], index) => {
    it(`refuses ${title}`, () => {
      expect(rulesOf('typed', index)).toContain(rule);
    });
  });
  it('refuses a cycle of imports', () => {
    const importer = readdirSync(join(ROOT, 'domain')).find((name) =>
      readFileSync(join(ROOT, 'domain', name), 'utf8').includes(`from './assert-never'`),
    );
    const code = `import * as importer from './${importer?.replace('.ts', '')}';\nvoid importer;`;

    expect(lint([{ path: 'domain/assert-never.ts', code }])[0]).toContain('import-x/no-cycle');
  });
});
