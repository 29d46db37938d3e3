// Business hours as instants: local opening hours become UTC windows once, when the plan is made, so that the
// workflow compares numbers and never asks a time zone database, which may differ on the next worker.
import type { BusinessHours, Weekday } from './configuration';
import type { OpenWindow } from './plan';

/** How far ahead a plan knows the opening hours. */
export const OPEN_WINDOW_HORIZON_MS = 36 * 3_600_000;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Time zones change their offset months apart, so that two samples this close never hide a pair of changes. */
const OFFSET_SAMPLE_MS = 6 * 3_600_000;
/** `Date.getUTCDay()` order. */
const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The local calendar and clock: a day (UTC midnight of its date) and the minutes since that midnight. */
interface LocalTime {
  readonly day: number;
  readonly minute: number;
}

type OffsetAt = (instant: number) => number;

/**
 * The windows in which the business is open, from `from` until `horizonMs` later, ascending and disjoint.
 * A range belongs to the day on which it opens; one that ends before it begins goes on after midnight. On a
 * `closedOn` date nothing is open and nothing opens. Local times that a clock change skips do not happen;
 * those that it repeats are open twice.
 * @throws RangeError if the time zone is unknown; contract/ checks it when the file is read
 */
export function openWindows(
  hours: BusinessHours,
  from: number,
  horizonMs: number = OPEN_WINDOW_HORIZON_MS,
): readonly OpenWindow[] {
  const until = from + horizonMs;
  const offsetAt = offsets(hours.timeZone);
  const edges = [from, ...changes(hours, offsetAt, from, until), until];
  const windows: [number, number][] = [];
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1];
    if (end === undefined || !isOpenLocally(hours, localTime(start + offsetAt(start)))) continue;
    const last = windows.at(-1);
    if (last?.[1] === start) last[1] = end;
    else windows.push([start, end]);
  }
  return windows;
}

/** Whether the runtime knows this IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Every instant strictly between the two at which opening could change: midnights, range edges, clock changes. */
function changes(hours: BusinessHours, offsetAt: OffsetAt, from: number, until: number): number[] {
  const clock = clockChanges(offsetAt, from, until);
  const found = new Set(clock.instants);
  const minutes = edgeMinutes(hours);
  for (const offset of clock.offsets) {
    const firstDay = localTime(from + offset).day;
    for (let day = firstDay; day <= until + offset; day += DAY_MS)
      for (const minute of minutes) found.add(day + minute * MINUTE_MS - offset);
  }
  return [...found].filter((instant) => instant > from && instant < until).sort((a, b) => a - b);
}

function edgeMinutes(hours: BusinessHours): ReadonlySet<number> {
  const ranges = Object.values(hours.weekly).flat();
  return new Set([0, ...ranges.flatMap((range) => [minuteOf(range.from), minuteOf(range.to)])]);
}

function isOpenLocally(hours: BusinessHours, { day, minute }: LocalTime): boolean {
  if (isClosed(hours, day)) return false;
  const today = rangesOn(hours, day).some(({ from, to }) => minute >= from && (from > to || minute < to));
  return today || rangesOn(hours, day - DAY_MS).some(({ from, to }) => from > to && minute < to);
}

/** Ranges that open on that day, in minutes; none on a closed one. */
function rangesOn(hours: BusinessHours, day: number): readonly { from: number; to: number }[] {
  if (isClosed(hours, day)) return [];
  const weekday = WEEKDAYS[new Date(day).getUTCDay()];
  const ranges = (weekday && hours.weekly[weekday]) ?? [];
  return ranges.map(({ from, to }) => ({ from: minuteOf(from), to: minuteOf(to) }));
}

function isClosed(hours: BusinessHours, day: number): boolean {
  return hours.closedOn.length > 0 && hours.closedOn.includes(new Date(day).toISOString().slice(0, 10));
}

function minuteOf(clock: string): number {
  const [hour, minute] = clock.split(':');
  return Number(hour) * 60 + Number(minute);
}

function localTime(local: number): LocalTime {
  const day = Math.floor(local / DAY_MS) * DAY_MS;
  return { day, minute: (local - day) / MINUTE_MS };
}

/** Offsets in force between the two instants, and the instants of their change, to the minute. */
function clockChanges(
  offsetAt: OffsetAt,
  from: number,
  until: number,
): { offsets: ReadonlySet<number>; instants: readonly number[] } {
  const inForce = new Set([offsetAt(from)]);
  const instants: number[] = [];
  for (let start = from; start < until; start += OFFSET_SAMPLE_MS) {
    const end = Math.min(start + OFFSET_SAMPLE_MS, until);
    if (offsetAt(start) === offsetAt(end)) continue;
    inForce.add(offsetAt(end));
    instants.push(changeBetween(offsetAt, start, end));
  }
  return { offsets: inForce, instants };
}

/** The first whole minute after `start` with the offset of `end`. */
function changeBetween(offsetAt: OffsetAt, start: number, end: number): number {
  let before = Math.floor(start / MINUTE_MS);
  let after = Math.ceil(end / MINUTE_MS);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle * MINUTE_MS) === offsetAt(end)) after = middle;
    else before = middle;
  }
  return after * MINUTE_MS;
}

/** Local time minus UTC, in milliseconds, at an instant. */
function offsets(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    const local = Date.UTC(year, month - 1, day, hour, minute, second);
    return local - Math.floor(instant / 1000) * 1000;
  };
}
