// The table of bots and desks in README.md: every platform of the index is in it, with what the code says of the pair.
import { PLATFORMS } from '../../platforms';
import { pairsTable } from '../../platforms/pairs';
import { read } from './markdown';

it('is the one that is made from the platforms', () => {
  expect(read('README.md')).toContain(`<!-- pairs -->\n\n${pairsTable(PLATFORMS)}\n\n<!-- end of pairs -->`);
});

it('has a row for each bot side and a column for each desk', () => {
  const [head = '', , ...rows] = pairsTable(PLATFORMS).split('\n');
  const named = (line: string): string[] =>
    line.split('|').flatMap((cell) => /^ `([^`]+)` $/.exec(cell)?.[1] ?? []);
  const having = (half: 'desk' | 'botSide'): string[] =>
    Object.entries(PLATFORMS).flatMap(([name, platform]) => (platform[half] ? [name] : []));

  expect(named(head)).toEqual(having('desk'));
  expect(rows.flatMap(named)).toEqual(having('botSide'));
});
