/** Tests run straight from TypeScript (swc); what needs a real process uses dist/, which `npm test` builds first. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  testSequencer: '<rootDir>/test/support/slow-first.mjs',
  testTimeout: 60_000,
  // Every suite that replays or runs workflows leaves V8 contexts behind, which make all that follow slower.
  workerIdleMemoryLimit: '250MB',
};
