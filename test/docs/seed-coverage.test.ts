// docs/seed-coverage.md must not rot: each test that it names exists, and each of its rows has a test or a reason.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { read, ROOT } from './markdown';
import { testTitles } from './test-titles';

const PAGE = read('docs/seed-coverage.md');

interface Row {
  readonly number: number;
  readonly sentence: string;
  readonly proof: string;
}

const rows: Row[] = [...PAGE.matchAll(/^\| (\d+) \| (.+?) \| (.+) \|$/gm)].map(
  ([, number, sentence = '', proof = '']) => ({ number: Number(number), sentence, proof }),
);
/** The file of each letter. */
const files = new Map(
  [...PAGE.matchAll(/\*\*([A-Z])\*\* `([^`]+)`/g)].map(([, letter = '', path = '']) => [letter, path]),
);
const namedIn = (proof: string): { letter: string; title: string }[] =>
  [...proof.matchAll(/\b([A-Z]) "([^"]+)"/g)].map(([, letter = '', title = '']) => ({ letter, title }));

describe('the list of the page’s sentences', () => {
  it('has rows without a gap', () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_row, index) => index + 1));
    expect(PAGE.match(/^\| \d+ /gm)).toHaveLength(rows.length);
  });

  it('names files that exist, each of them in a row', () => {
    const used = new Set(rows.flatMap(({ proof }) => namedIn(proof).map(({ letter }) => letter)));

    expect([...files.values()].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect([...used].sort()).toEqual([...files.keys()].sort());
  });

  it('names tests by the titles that they have', () => {
    const titles = new Map([...files].map(([letter, path]) => [letter, testTitles(join(ROOT, path))]));
    const wrong = rows.flatMap(({ number, proof }) =>
      namedIn(proof)
        .filter(({ letter, title }) => !titles.get(letter)?.includes(title))
        .map(({ letter, title }) => `${number}: ${letter} "${title}"`),
    );

    expect(wrong).toEqual([]);
  });

  it.each(rows)('has a test or a reason for $number: $sentence', ({ proof }) => {
    const reason = /^None: (.+)$/.exec(proof)?.[1] ?? '';

    expect(namedIn(proof).length > 0 || reason.length > 10).toBe(true);
    // Every quotation is a reference; one that is not read as such would never be checked.
    expect(proof.match(/"/g)?.length ?? 0).toBe(namedIn(proof).length * 2);
  });
});

describe('the titles of a test file', () => {
  it('are those of its tests, in every way to write one', () => {
    expect(testTitles(__filename)).toEqual(
      expect.arrayContaining(['has rows without a gap', 'has a test or a reason for $number: $sentence']),
    );
    expect(testTitles(__filename)).not.toContain('the titles of a test file');
  });
});
