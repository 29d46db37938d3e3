// When a notice that did not arrive is tried again.
import { noticeRetryWait } from '../../domain/retry-schedule';

const HOUR = 3_600_000;

/** Every wait, without its spread. */
function waits(inOwnWords: boolean): number[] {
  const found: number[] = [];
  for (;;) {
    const wait = noticeRetryWait(found.length, 0.5, inOwnWords);
    if (wait === undefined) return found;
    found.push(wait);
  }
}

it.each([true, false])('is tried for three days; in own words: %s', (inOwnWords) => {
  const total = waits(inOwnWords).reduce((sum, wait) => sum + wait, 0);

  expect(Math.round(total / HOUR)).toBeGreaterThanOrEqual(74);
  expect(Math.round(total / HOUR)).toBeLessThanOrEqual(76);
});

it('gives a user back to the bot within minutes after its platform is back', () => {
  const [first, ...hours] = waits(true);
  let at = 0;
  const early = hours.filter((wait) => (at += wait) < 3 * HOUR);

  expect(first).toBe(0);
  expect(Math.max(...early)).toBeLessThanOrEqual(300_000);
});
