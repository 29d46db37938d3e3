// Finds phone numbers by how they are written: with `+` and a country code, with a leading 0 and separators, or in the
// groups of North America. Digits alone are never one, because a skill id of ten digits looks the same; dates are not.

/** `+49 30 1234567`: 7 to 15 digits (ITU-T E.164). */
const INTERNATIONAL = String.raw`(?<![\p{L}\p{N}_+])\+[ ]?\(?\d(?:[ ()./-]{0,3}\d){6,14}(?!\d)`;
/** Not `01-11-2026` and not `01/11/26`. */
const NO_DATE = String.raw`(?!\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?![-/.]?\d))`;
/** `030 / 1234567`, `(030) 123-4567`, `01 23 45 67 89`. */
const NATIONAL = String.raw`(?<![\p{L}\p{N}_+./-])${NO_DATE}\(?0\d{1,5}\)?[ /-]{1,3}\d(?:[ /-]?\d){4,11}(?![\p{L}\d])`;
/** `01.23.45.67.89`. */
const PAIRS = String.raw`(?<![\p{L}\p{N}_+./-])0\d(?:\.\d{2}){4}(?![\p{L}\d]|\.\d)`;
/** `555-123-4567`, `(555) 123 4567`. */
const NORTH_AMERICAN = String.raw`(?<![\p{L}\p{N}_+./-])\(?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?![\p{L}\d]|[.-]\d)`;

const PHONE = new RegExp([INTERNATIONAL, NATIONAL, PAIRS, NORTH_AMERICAN].join('|'), 'gu');

/** Replaces each phone number. */
export function maskPhones(text: string, by: string): string {
  return text.replace(PHONE, by);
}
