// Lint rules of the house: types, import directions, determinism of workflows, and where the world may be touched.
// test/lint proves that each of these rules fires.
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Which folders each folder may import from, besides itself. */
const MAY_IMPORT = {
  domain: [],
  contract: ['domain'],
  platforms: ['domain'],
  activities: ['platforms', 'domain'],
  workflows: ['domain'],
  servers: ['domain'],
  codec: ['domain'],
  client: ['contract', 'platforms', 'domain'],
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
  bench: [
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
    'cli',
  ],
};
const FOLDERS = Object.keys(MAY_IMPORT);

/** Folders of pure code: workflows run in a sandbox, and domain/ is bundled with them. */
const DETERMINISTIC = ['workflows', 'domain'];
const READS_ENVIRONMENT = ['cli', 'contract', 'scripts', 'servers', 'test', 'bench'];
const PRINTS = ['cli', 'scripts', 'bench'];
/** Here outgoing HTTP is made; the client runs in others' programs; simulators, tests and the CLI's stories speak to our own processes on loopback. */
const CALLS_OUT = [
  'platforms/http/**',
  'platforms/*/simulator/**',
  'client/**',
  'cli/start/**',
  'test/**',
  'scripts/**',
  'bench/**',
];

const filesOf = (folders) => folders.map((folder) => `${folder}/**/*.ts`);
const strangersOf = (folder) =>
  FOLDERS.filter((other) => other !== folder && !MAY_IMPORT[folder].includes(other));

/** Types of activities may be imported into workflows, so that direction is checked by `workflowImports`. */
const zones = FOLDERS.filter((folder) => folder !== 'workflows').flatMap((folder) =>
  strangersOf(folder)
    .concat('test', 'scripts')
    .map((stranger) => ({
      target: `./${folder}`,
      from: `./${stranger}`,
      message: `${folder}/ may import only ${[folder, ...MAY_IMPORT[folder]].map((name) => `${name}/`).join(', ')}.`,
    })),
);

const outgoingHttp = {
  paths: ['node:http', 'node:https', 'http', 'https'].map((name) => ({
    name,
    // What a server needs.
    allowImportNames: ['createServer', 'STATUS_CODES'],
    allowTypeImports: true,
    message: 'Outgoing HTTP goes through platforms/http, which bounds it in time and checks where it goes.',
  })),
  patterns: [
    { group: ['undici'], message: 'Outgoing HTTP goes through platforms/http.', allowTypeImports: true },
  ],
};
const noTemporal = { regex: '^@temporalio/', message: 'This folder knows nothing of Temporal.' };
const domainImports = { regex: '^[^.]', message: 'domain/ has no dependencies.' };
const workflowImports = [
  {
    regex: '^(?!@temporalio/(workflow|common)$)[^.]',
    message: 'Workflow code may import only @temporalio/workflow, @temporalio/common and types.',
    allowTypeImports: true,
  },
  {
    regex: `^\\.{1,2}/(.*/)?(${strangersOf('workflows').join('|')}|test|scripts)(/|$)`,
    message: 'Workflow code may import only domain/, workflows/ and types.',
    allowTypeImports: true,
  },
];
const gatewayImports = {
  regex: '/platforms/(.*/)?(client|connection|session|socket)[^/]*$',
  message: "The gateway uses a platform's inbound parser, never its client.",
  allowTypeImports: true,
};
/** A bot backend that imports the client must load neither Temporal nor a server, nor what reads configurations. */
const clientImports = [
  noTemporal,
  {
    regex: '^(?!node:|eventsource-parser$)[^.]',
    message: 'The client has no other dependency.',
    allowTypeImports: true,
  },
  {
    regex: '/contract/',
    message: 'The client takes types from contract/, nothing else.',
    allowTypeImports: true,
  },
  { regex: '/platforms/(?!webhook/signing$)', message: 'The client uses only the signing of webhooks.' },
];
const restrictImports = (patterns, http = outgoingHttp) => [
  'error',
  { paths: http.paths, patterns: [...http.patterns, ...patterns] },
];

const absentInSandbox = [
  ...[
    'process',
    'fetch',
    'crypto',
    'performance',
    'Buffer',
    'structuredClone',
    'queueMicrotask',
    'setImmediate',
  ],
  ...[
    'setTimeout',
    'setInterval',
    'clearTimeout',
    'clearInterval',
    'WeakRef',
    'FinalizationRegistry',
    'WebSocket',
  ],
].map((name) => ({ name, message: 'Not deterministic, or absent where workflows run.' }));
const noFetch = { name: 'fetch', message: 'Outgoing HTTP goes through platforms/http.' };

const moduleState = [
  {
    selector:
      'Program > VariableDeclaration[kind="let"], Program > ExportNamedDeclaration > VariableDeclaration[kind="let"]',
    message: 'No mutable state of a module: make a factory and keep it there.',
  },
  {
    selector:
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > NewExpression[callee.name=/^(Weak)?(Map|Set)$/][arguments.length=0]',
    message: 'An empty collection of a module is mutable state: make a factory and keep it there.',
  },
];
const domainClock = [
  {
    selector:
      'CallExpression[callee.object.name="Date"][callee.property.name="now"], NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'domain/ is pure: take the time as an argument.',
  },
  {
    selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
    message: 'domain/ is pure: take randomness as an argument.',
  },
];

const noEnvironment = {
  object: 'process',
  property: 'env',
  message:
    'The environment is read only in contract/, cli/, servers/ and scripts/; take the value as an argument.',
};
export default defineConfig(
  globalIgnores(['dist/', 'node_modules/', 'coverage/', '.baton/', 'test/histories/']),
  { rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error', 'no-unsafe-finally': 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.json'] })],
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      // Our objects are made by factories and do not use `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...moduleState],
      'no-restricted-globals': ['error', noFetch],
      'no-restricted-properties': ['error', noEnvironment],
      '@typescript-eslint/no-restricted-imports': restrictImports([]),
    },
  },
  { files: filesOf(['platforms', 'contract']), rules: importRule([noTemporal]) },
  { files: filesOf(['gateway', 'temporal']), rules: importRule([gatewayImports]) },
  { files: filesOf(['workflows']), rules: importRule(workflowImports) },
  { files: filesOf(['domain']), rules: importRule([domainImports]) },
  { files: filesOf(DETERMINISTIC), rules: { 'no-restricted-globals': ['error', ...absentInSandbox] } },
  {
    files: filesOf(['domain']),
    rules: { 'no-restricted-syntax': ['error', ...moduleState, ...domainClock] },
  },
  {
    files: filesOf(READS_ENVIRONMENT),
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: filesOf(PRINTS), rules: { 'no-console': 'off' } },
  {
    files: CALLS_OUT,
    rules: {
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-restricted-imports': 'off',
    },
  },
  {
    files: ['platforms/http/**', 'platforms/*/simulator/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': restrictImports([noTemporal], { paths: [], patterns: [] }),
    },
  },
  {
    files: ['client/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': restrictImports(clientImports, { paths: [], patterns: [] }),
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // Tests read JSON that they have just written or received; a wrong guess fails the test.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'no-restricted-syntax': 'off',
      'no-restricted-properties': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'setTimeout',
          'setInterval',
          'clearTimeout',
          'clearInterval',
          'Buffer',
          'URL',
          'module',
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-undef': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
  },
);

function importRule(patterns) {
  return { '@typescript-eslint/no-restricted-imports': restrictImports(patterns) };
}
