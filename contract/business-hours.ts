// Business hours as the configuration writes them: a time zone, ranges such as `09:00-17:30` by weekday, and
// dates that are closed.
import { z } from 'zod';
import { isTimeZone } from '../domain/business-hours';
import type { BusinessHours } from '../domain/configuration';
import { text } from './fields';

const RANGE = /^(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const range = z
  .string()
  .refine((value) => RANGE.test(value), {
    error: 'is not a range of times',
    params: { remedy: 'Write `HH:MM-HH:MM`, such as `09:00-17:30` or, over midnight, `22:00-06:00`.' },
  })
  .refine((value) => !RANGE.test(value) || value.slice(0, 5) !== value.slice(6), {
    error: 'begins when it ends',
    params: { remedy: 'Write `00:00-24:00` for the whole day, or leave the range out.' },
  })
  .transform((value) => ({ from: value.slice(0, 5), to: value.slice(6) }))
  .meta({ pattern: RANGE.source });

const day = z.exactOptional(z.array(range).max(8).readonly());

const date = z
  .string()
  .refine((value) => DATE.test(value) && isDate(value), {
    error: 'is not a date',
    params: { remedy: 'Write `YYYY-MM-DD`, such as `2026-12-25`.' },
  })
  .meta({ pattern: DATE.source });

/** Opening hours of a rung. */
export const businessHoursSchema = z
  .strictObject({
    timeZone: text({
      description: 'IANA name of the time zone, such as `Europe/Berlin`.',
      max: 100,
    }).refine(isTimeZone, {
      error: 'is not a known time zone',
      params: { remedy: 'Use an IANA name, such as `Europe/Berlin`, `America/New_York` or `UTC`.' },
    }),
    weekly: z.strictObject({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day }).meta({
      description:
        'Weekday (`mon` to `sun`) to a list of ranges such as `"09:00-17:30"`. A day that is not named is closed; a range that ends before it begins goes on after midnight.',
    }),
    closedOn: z
      .array(date)
      .max(400)
      .readonly()
      .prefault([])
      .meta({ description: 'Local dates, `YYYY-MM-DD`, that are closed all day.' }),
  })
  .meta({
    description:
      'When the rung is open. Outside these hours it is skipped with the reason `closed_hours`. Absent: always open.',
  }) satisfies z.ZodType<BusinessHours>;

function isDate(value: string): boolean {
  const parsed = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
}
