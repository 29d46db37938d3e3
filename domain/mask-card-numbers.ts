// Finds payment card numbers: 13 to 19 digits, standing apart from letters, with a right check digit (Luhn, ISO/IEC
// 7812-1 annex B), in one piece or in groups with single spaces or dashes. One in ten other numbers of that length has
// a right check digit too; the first digit and the groups keep most of them out.

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
/** Digits with single spaces or dashes between them. */
const RUN = /(?<![\p{L}\p{N}_])\d(?:[ -]?\d)*(?![\p{L}\p{N}_])/gu;
/** What issuers of payment cards begin with; a time in milliseconds begins with 1. */
const FIRST_DIGITS = '234569';
/** Lengths of groups as they are printed on cards. */
const GROUPINGS = [
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [4, 5, 6],
  [4, 4, 4, 1],
] as const;

/** Replaces each card number. */
export function maskCardNumbers(text: string, by: string): string {
  return text.replace(RUN, (run) => (isCardNumber(run) ? by : maskGroups(run, by)));
}

/** Whether the digits of a text are those of a card. */
function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  return (
    digits.length >= MIN_DIGITS &&
    digits.length <= MAX_DIGITS &&
    FIRST_DIGITS.includes(digits.charAt(0)) &&
    hasRightCheckDigit(digits)
  );
}

/** A run may hold other numbers beside the card's: its expiry, or the number before it in a list. */
function maskGroups(run: string, by: string): string {
  // Groups at the even places, what separates them at the odd ones.
  const parts = run.split(/([ -])/);
  let masked = '';
  for (let at = 0; at < parts.length;) {
    const count = cardAt(parts, at);
    masked += count > 0 ? by : (parts[at] ?? '');
    at += Math.max(count, 1);
  }
  return masked;
}

/** How many parts a card number takes from here; 0: there is none. */
function cardAt(parts: readonly string[], at: number): number {
  if (at % 2 === 1) return 0;
  for (const lengths of [...GROUPINGS, [parts[at]?.length ?? 0]]) {
    const count = 2 * lengths.length - 1;
    const groups = lengths.map((_, index) => parts[at + 2 * index] ?? '');
    if (!groups.every((group, index) => group.length === lengths[index])) continue;
    if (isCardNumber(groups.join(''))) return count;
  }
  return 0;
}

function hasRightCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - index));
    const weighted = index % 2 === 1 ? 2 * digit : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
