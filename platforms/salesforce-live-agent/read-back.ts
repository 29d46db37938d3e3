// What a transcript proves: which of our messages arrived, and which of the agent's we have not passed on. The lines
// have no ids, so they are matched by who said them, their text and their order.
import type { TranscriptLine } from './chat-events';

/**
 * For each of our texts, in the order in which they were sent, whether the transcript has it. A line matches the
 * earliest text that is still unmatched and after the match before; lines that are none of ours are passed over.
 */
export function arrived(sent: readonly string[], transcript: readonly TranscriptLine[]): readonly boolean[] {
  const found = sent.map(() => false);
  let from = 0;
  for (const line of transcript) {
    if (line.from !== 'visitor') continue;
    const at = sent.findIndex((text, index) => index >= from && same(text, line.text));
    if (at < 0) continue;
    found[at] = true;
    from = at + 1;
  }
  return found;
}

/** The agents' lines after the first `passedOn` of them: what they wrote and nobody has read yet. */
export function unread(transcript: readonly TranscriptLine[], passedOn: number): readonly TranscriptLine[] {
  return transcript.filter((line) => line.from === 'agent').slice(passedOn);
}

function same(ours: string, theirs: string): boolean {
  return normal(ours) === normal(theirs);
}

function normal(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}
