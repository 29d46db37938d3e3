// Durations are read once, exactly, and nothing else is taken for one.
import fc from 'fast-check';
import { parseDuration } from '../../contract/duration';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

describe('a duration', () => {
  it.each([
    ['3m', 180_000],
    ['2000ms', 2_000],
    ['36h', 129_600_000],
    ['7d', 604_800_000],
    ['0ms', 0],
  ])('reads %j as %i milliseconds', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it('reads any whole number with a unit', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('ms', 's', 'm', 'h', 'd'), (count, unit) => {
        expect(parseDuration(`${count}${unit}`)).toBe(count * UNITS[unit]);
      }),
    );
  });

  it.each(['', '3', 'm', '3 m', '-3m', '+3m', '1.5s', '3M', '03m', '1e3ms', '3min', '3m ', 'Infinitys'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});
