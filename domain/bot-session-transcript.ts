// What user and bot have said last: a handoff takes it along. Bounded, because it is part of a request and of what a run
// hands to the next one.
import type { EarlierMessage } from './request';

const MAX_LINES = 40;
/** Of all lines; in UTF-16 units. */
const MAX_CHARS = 10_000;
/** Of one line; a longer one is cut, and only here. */
const MAX_LINE_CHARS = 1_000;

/** The lines with one more; the oldest give way. */
export function withLine(lines: readonly EarlierMessage[], line: EarlierMessage): readonly EarlierMessage[] {
  return withLines(lines, [line]);
}

/** The lines with several more. */
export function withLines(
  lines: readonly EarlierMessage[],
  more: readonly EarlierMessage[],
): readonly EarlierMessage[] {
  const kept: EarlierMessage[] = [];
  let chars = 0;
  for (const { from, text } of [...lines, ...more].reverse()) {
    const line = { from, text: cut(text) };
    chars += line.text.length;
    if (kept.length === MAX_LINES || chars > MAX_CHARS) break;
    kept.push(line);
  }
  return kept.reverse();
}

function cut(text: string): string {
  if (text.length <= MAX_LINE_CHARS) return text;
  return `${text.slice(0, MAX_LINE_CHARS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
