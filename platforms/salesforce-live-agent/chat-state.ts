// Where a chat stands, as the workflow carries it: its sealed session, what was heard so far, and what is needed to
// begin it. Only the chat's listener changes it, so that nothing has to be joined.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ChatState } from '../../domain/chat';
import type { TranscriptLine } from './chat-events';

/** Numbers left free after a move, for lines that the transcript has twice. */
const SPARE_NUMBERS = 4;
const TAIL_LINES = 12;
const MARK_CHARS = 10;

const sealedSchema = z.strictObject({
  secret: z.string(),
  sequence: z.number().int(),
  ack: z.number().int(),
  offset: z.number().exactOptional(),
  resyncs: z.number().int(),
  isResuming: z.literal(true).exactOptional(),
});

const stateSchema = z.strictObject({
  generation: z.number().int(),
  session: sealedSchema,
  /** `opened`: there is a session, and nobody was asked for a chat as far as is known. `over`: nothing more is heard. */
  phase: z.enum(['opened', 'asked', 'connected', 'over']),
  /** What the chat is asked for with; until it is known to have begun. */
  request: z
    .strictObject({ visitorName: z.string(), values: z.record(z.string(), z.string()) })
    .exactOptional(),
  /** Texts that the agent is to read first; until they were sent. */
  context: z.array(z.string()).exactOptional(),
  /** How many these are: the visitor's lines of a chat begin with them. */
  contextLines: z.number().int(),
  agentId: z.string().exactOptional(),
  /** How many messages of agents were told. */
  said: z.number().int(),
  /** How many other words were told. */
  told: z.number().int(),
  /** After a move: the visitor's lines that the transcript had then, and marks of the last of them. */
  moved: z.strictObject({ lines: z.number().int(), tail: z.array(z.string()) }).exactOptional(),
});

/** See the file's comment. */
export type LiveAgentState = z.output<typeof stateSchema>;

/** Undefined for a state that is missing or not one of this platform. */
export function readChatState(chat: ChatState | undefined): LiveAgentState | undefined {
  const read = stateSchema.safeParse(chat);
  return read.success ? read.data : undefined;
}

/**
 * The number of the POST with the visitor's line of this place, counted from 1 with the context's lines. It is the same
 * whoever computes it, until the chat moves: that is what makes a repeat the same POST.
 */
export function numberOfLine({ moved }: Pick<LiveAgentState, 'moved'>, line: number): number {
  // The first POST of a chat asks for it; after a move numbers begin anew.
  return moved ? line - moved.lines + SPARE_NUMBERS : line + 1;
}

/** The line that a number stands for. */
export function lineOfNumber({ moved }: Pick<LiveAgentState, 'moved'>, number: number): number {
  return moved ? number + moved.lines - SPARE_NUMBERS : number - 1;
}

/** What is kept of the transcript after a move. */
export function movedBy(transcript: readonly TranscriptLine[]): NonNullable<LiveAgentState['moved']> {
  const own = transcript.filter(({ from }) => from === 'visitor');
  return { lines: own.length, tail: own.slice(-TAIL_LINES).map(({ text }) => markOf(text)) };
}

/**
 * How many of the texts had arrived when the chat moved; `first` is the line of the first of them. The last lines of
 * the transcript have to be these texts. Where that is not certain, fewer: one too many could lose a message.
 */
export function arrivedBefore(
  { moved }: Pick<LiveAgentState, 'moved'>,
  first: number,
  texts: readonly string[],
): number {
  if (!moved) return 0;
  const marks = texts.map(markOf);
  const { lines, tail } = moved;
  for (let count = Math.min(lines - first + 1, tail.length); count > 0; count -= 1) {
    const found = tail.slice(tail.length - count);
    if (marks.slice(0, count).every((mark, index) => mark === found[index]))
      return Math.min(count, texts.length);
  }
  return 0;
}

/** Platforms change white space. */
function markOf(text: string): string {
  const normal = text.normalize('NFC').replace(/\s+/g, ' ').trim();
  return createHash('sha256').update(normal).digest('base64url').slice(0, MARK_CHARS);
}
