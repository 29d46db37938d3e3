// The transcript of the time with the human, bounded: the newest lines stay, and how many were left out is counted.
import type { TranscriptLine } from './chat';

/** In bytes of JSON; it travels in a notice. */
const MAX_BYTES = 48 * 1024;
/** A longer text is cut in the transcript, and only there. In UTF-16 units. */
const MAX_TEXT_CHARS = 8_000;

/** See the file's comment. */
export interface Transcript {
  readonly lines: { line: TranscriptLine; readonly bytes: number }[];
  /** How many lines were left out, from the first. */
  omitted: number;
  bytes: number;
}

/** An empty transcript. */
export function openTranscript(): Transcript {
  return { lines: [], omitted: 0, bytes: 0 };
}

/** Adds a line. Answers with its number, from 0. */
export function addLine(transcript: Transcript, line: TranscriptLine): number {
  const kept = { ...line, ...(line.text !== undefined && { text: cut(line.text) }) };
  const bytes = byteLength(JSON.stringify(kept));
  transcript.lines.push({ line: kept, bytes });
  transcript.bytes += bytes;
  while (transcript.bytes > MAX_BYTES) {
    transcript.bytes -= transcript.lines.shift()?.bytes ?? 0;
    transcript.omitted += 1;
  }
  return transcript.omitted + transcript.lines.length - 1;
}

/** Notes that the other side never got a line, if it is still there. */
export function markUndelivered(transcript: Transcript, number: number): void {
  const entry = transcript.lines[number - transcript.omitted];
  if (entry) entry.line = { ...entry.line, undelivered: true };
}

/** The lines that were kept. */
export function linesOf(transcript: Transcript): readonly TranscriptLine[] {
  return transcript.lines.map(({ line }) => line);
}

function cut(text: string): string {
  if (text.length <= MAX_TEXT_CHARS) return text;
  return `${text.slice(0, MAX_TEXT_CHARS).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** In UTF-8. */
function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
