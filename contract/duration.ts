// Durations as people write them: a whole number and a unit. Parsed here once; everywhere else they are milliseconds.

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(0|[1-9]\d{0,11})(ms|s|m|h|d)$/;

/** The pattern of a duration, for the JSON Schema. */
export const DURATION_PATTERN = DURATION.source;

/** Milliseconds of a duration such as `3m`, `2000ms` or `36h`; undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return count === undefined || unit === undefined ? undefined : Number(count) * (UNITS[unit] ?? 0);
}
