// The order of the suites: those that take longest begin first, so that no long one is left over at the end while
// nothing else runs. Jest would go by the sizes of files, which tell little, or by the last run, which CI has not seen.
import { statSync } from 'node:fs';

/** The longest first; what is not named comes after them, larger files first. */
const SLOW = [
  '/crash/relay-kills',
  '/e2e/matrix',
  '/crash/',
  '/schemathesis/',
  '/workflows/relay-long',
  '/e2e/',
  '/docs/readme',
  '/docs/triggers',
  '/docs/relay-story',
  '/docs/',
  '/replay/',
  '/gateway/',
  '/lint/',
  '/client/package',
  '/twenty-messages',
  '/chat-conformance',
  '/workflows/',
  '/cli/',
];

// Jest asks for a default export.
export default class SlowFirst {
  sort(tests) {
    const rank = new Map(tests.map(({ path }) => [path, rankOf(path)]));
    const size = new Map(tests.map(({ path }) => [path, statSync(path).size]));
    return [...tests].sort(
      (one, other) => rank.get(one.path) - rank.get(other.path) || size.get(other.path) - size.get(one.path),
    );
  }

  /** Jest asks for this with `--shard`. */
  shard(tests, { shardIndex, shardCount }) {
    const inOrder = [...tests].sort((one, other) => (one.path < other.path ? -1 : 1));
    return inOrder.filter((_test, index) => index % shardCount === shardIndex - 1);
  }

  /** Jest asks for this with `--onlyFailures`; what failed is not kept. */
  allFailedTests(tests) {
    return tests;
  }

  /** Nothing is kept. */
  cacheResults() {}
}

function rankOf(path) {
  const found = SLOW.findIndex((part) => path.includes(part));
  return found < 0 ? SLOW.length : found;
}
