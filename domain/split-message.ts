// Splits a message that is longer than a platform takes. Parts have ids of their own, so that each is carried once.
import type { ChatMessage } from './chat';

/** A part is cut at a space in its last fifth, if there is one. */
const LOOK_BACK = 0.2;

/** The parts of a message, each of at most `maxChars` UTF-16 units; an attachment goes with the last. */
export function splitMessage(message: ChatMessage, maxChars: number): readonly ChatMessage[] {
  const { id, text, attachment } = message;
  if (text === undefined || text.length <= maxChars) return [message];
  const texts = [...pieces(text, Math.max(maxChars, 2))];
  return texts.map((piece, index) => ({
    id: index === 0 ? id : `${id}#${index + 1}`,
    text: piece,
    ...(attachment && index === texts.length - 1 && { attachment }),
  }));
}

function* pieces(text: string, maxChars: number): Generator<string> {
  let from = 0;
  while (text.length - from > maxChars) {
    const to = from + lengthOfPiece(text.slice(from, from + maxChars));
    yield text.slice(from, to);
    from = to;
  }
  yield text.slice(from);
}

/** Never through the middle of a surrogate pair. The space stays, at the end: the parts together are the text. */
function lengthOfPiece(piece: string): number {
  const space = piece.search(/\s\S*$/);
  if (space >= piece.length * (1 - LOOK_BACK)) return space + 1;
  return /[\uD800-\uDBFF]$/.test(piece) ? piece.length - 1 : piece.length;
}
