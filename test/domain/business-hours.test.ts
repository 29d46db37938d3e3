// Opening hours as instants, held against a brute force that asks the local clock of every minute.
import fc from 'fast-check';
import { isTimeZone, OPEN_WINDOW_HORIZON_MS, openWindows } from '../../domain/business-hours';
import type { BusinessHours, Weekday } from '../../domain/configuration';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const hours = (
  timeZone: string,
  weekly: BusinessHours['weekly'],
  closedOn: string[] = [],
): BusinessHours => ({
  timeZone,
  weekly,
  closedOn,
});
const iso = (windows: readonly (readonly [number, number])[]): string[] =>
  windows.map(([from, to]) => `${new Date(from).toISOString()}/${new Date(to).toISOString()}`);

describe('business hours', () => {
  it('become windows of UTC in their own time zone', () => {
    const nineToFive = hours('America/New_York', { mon: [{ from: '09:00', to: '17:00' }] });

    const windows = openWindows(nineToFive, Date.parse('2026-06-01T00:00:00Z'));

    expect(iso(windows)).toEqual(['2026-06-01T13:00:00.000Z/2026-06-01T21:00:00.000Z']);
  });

  it('begin at the asking when the business is open already', () => {
    const now = Date.parse('2026-06-01T14:30:12.345Z');

    const windows = openWindows(hours('America/New_York', { mon: [{ from: '09:00', to: '17:00' }] }), now);

    expect(windows[0]).toEqual([now, Date.parse('2026-06-01T21:00:00Z')]);
  });

  it('go on after midnight when a range ends before it begins', () => {
    const night = hours('Europe/Berlin', { fri: [{ from: '22:00', to: '06:00' }] });

    expect(iso(openWindows(night, Date.parse('2026-06-05T12:00:00Z')))).toEqual([
      '2026-06-05T20:00:00.000Z/2026-06-06T04:00:00.000Z',
    ]);
  });

  it('join ranges that touch, also over midnight', () => {
    const always = Object.fromEntries(DAYS.map((day) => [day, [{ from: '00:00', to: '24:00' }]]));
    const now = Date.parse('2026-06-05T12:00:00Z');

    expect(openWindows(hours('Asia/Kathmandu', always), now)).toEqual([[now, now + OPEN_WINDOW_HORIZON_MS]]);
  });

  it('are shut on a closed date, and a night that would open on it does not', () => {
    const night = { fri: [{ from: '22:00', to: '06:00' }], sat: [{ from: '10:00', to: '12:00' }] };
    const now = Date.parse('2026-06-05T00:00:00Z');

    expect(iso(openWindows(hours('UTC', night, ['2026-06-05']), now))).toEqual([
      '2026-06-06T10:00:00.000Z/2026-06-06T12:00:00.000Z',
    ]);
    expect(iso(openWindows(hours('UTC', night, ['2026-06-06']), now))).toEqual([
      '2026-06-05T22:00:00.000Z/2026-06-06T00:00:00.000Z',
    ]);
  });

  it('are an hour shorter in the night in which the clock goes forward', () => {
    const night = hours('Europe/Berlin', { sun: [{ from: '01:00', to: '04:00' }] });

    const [window] = openWindows(night, Date.parse('2026-03-28T12:00:00Z'));

    expect(window).toEqual([Date.parse('2026-03-29T00:00:00Z'), Date.parse('2026-03-29T02:00:00Z')]);
  });

  it('are open twice in the hour that the clock repeats', () => {
    const night = hours('Europe/Berlin', { sun: [{ from: '02:15', to: '02:45' }] });

    expect(iso(openWindows(night, Date.parse('2026-10-24T12:00:00Z')))).toEqual([
      '2026-10-25T00:15:00.000Z/2026-10-25T00:45:00.000Z',
      '2026-10-25T01:15:00.000Z/2026-10-25T01:45:00.000Z',
    ]);
  });

  it('are none in a week without ranges', () => {
    expect(openWindows(hours('UTC', {}), 0)).toEqual([]);
  });

  it('equal what the local clock says of every minute, in any zone and around every clock change', () => {
    fc.assert(
      fc.property(anyHours, anyInstant, (business, from) => {
        const windows = openWindows(business, from);

        const clock = localClock(business.timeZone);
        for (let at = from; at < from + OPEN_WINDOW_HORIZON_MS; at += 5 * MINUTE)
          expect([at, windows.some(([open, close]) => open <= at && at < close)]).toEqual([
            at,
            isOpenByClock(business, clock(at)),
          ]);
        for (const [index, [open, close]] of windows.entries()) {
          expect(open).toBeLessThan(close);
          expect(open).toBeGreaterThan(windows[index - 1]?.[1] ?? from - 1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('change on exactly the minutes on which the local clock says so', () => {
    fc.assert(
      fc.property(anyHours, anyInstant, (business, from) => {
        const clock = localClock(business.timeZone);
        const before = (at: number): boolean => isOpenByClock(business, clock(at - 1));

        for (const [open, close] of openWindows(business, from)) {
          expect([open, open === from || !before(open)]).toEqual([open, true]);
          expect([open, isOpenByClock(business, clock(open))]).toEqual([open, true]);
          expect([close, before(close)]).toEqual([close, true]);
          const end = close === from + OPEN_WINDOW_HORIZON_MS || !isOpenByClock(business, clock(close));
          expect([close, end]).toEqual([close, true]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('know a time zone from a word', () => {
    expect(['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia'].map(isTimeZone)).toEqual([true, true, true]);
    expect(['Europe/Berlim', '', 'Mars/Olympus'].map(isTimeZone)).toEqual([false, false, false]);
  });
});

interface LocalClock {
  readonly date: string;
  readonly yesterday: string;
  readonly day: Weekday;
  readonly dayBefore: Weekday;
  /** `HH:MM`. */
  readonly time: string;
}

/** The local clock as a wall clock shows it: another road than the offsets of the code under test. */
function localClock(timeZone: string): (at: number) => LocalClock {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (at) => {
    const [date = '', time = ''] = format.format(at).split(' ');
    const noon = Date.parse(`${date}T12:00:00Z`);
    const weekday = (instant: number): Weekday => DAYS[new Date(instant).getUTCDay()] ?? 'sun';
    return {
      date,
      yesterday: new Date(noon - 24 * HOUR).toISOString().slice(0, 10),
      day: weekday(noon),
      dayBefore: weekday(noon - 24 * HOUR),
      time: time.slice(0, 5),
    };
  };
}

function isOpenByClock(business: BusinessHours, clock: LocalClock): boolean {
  const closed = (date: string): boolean => business.closedOn.includes(date);
  if (closed(clock.date)) return false;
  const today = (business.weekly[clock.day] ?? []).some(({ from, to }) =>
    from <= to ? from <= clock.time && clock.time < to : from <= clock.time,
  );
  const night =
    !closed(clock.yesterday) &&
    (business.weekly[clock.dayBefore] ?? []).some(({ from, to }) => from > to && clock.time < to);
  return today || night;
}

const aClockTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 15, 30, 59))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const aRange = fc.record({ from: aClockTime, to: fc.oneof(aClockTime, fc.constant('24:00')) });
const someDays = fc.constantFrom('2026-03-29', '2026-03-30', '2026-10-25', '2026-11-01', '2026-04-05');
const anyHours: fc.Arbitrary<BusinessHours> = fc.record({
  timeZone: fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Pacific/Apia',
    'Asia/Kathmandu',
    'Africa/Casablanca',
    'America/Santiago',
  ),
  weekly: fc
    .array(fc.tuple(fc.constantFrom(...DAYS), fc.array(aRange, { maxLength: 3 })), { maxLength: 7 })
    .map((entries) => Object.fromEntries(entries)),
  closedOn: fc.uniqueArray(someDays, { maxLength: 2 }),
});
/** Mostly around the clock changes of 2026; to the millisecond. */
const anyInstant = fc
  .tuple(
    fc.constantFrom(
      '2026-03-08T06:00:00Z',
      '2026-03-29T01:00:00Z',
      '2026-04-04T15:00:00Z',
      '2026-09-26T14:00:00Z',
      '2026-10-03T15:30:00Z',
      '2026-10-25T01:00:00Z',
      '2026-11-01T06:00:00Z',
      '2026-06-15T00:00:00Z',
      '2026-02-15T02:00:00Z',
      '2026-09-06T04:00:00Z',
    ),
    fc.integer({ min: -40 * HOUR, max: 10 * HOUR }),
  )
  .map(([around, shift]) => Date.parse(around) + shift);
