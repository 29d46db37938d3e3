// Posts the visitor's lines of a chat, each under the number of its place. What this worker remembers only makes it
// quicker and more careful: another one posts the same lines under the same numbers.
import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '../../domain/errors';
import type { ChatSession } from './chat-session';
import type { LiveAgentState } from './chat-state';
import { lineOfNumber, numberOfLine } from './chat-state';
import type { LiveAgentClient } from './client';
import type { PostResult } from './post';

/** More numbers than these are not filled in one go. */
const MAX_HOLES = 200;
const MAX_ROUNDS = 3;
const MAX_CHATS = 5_000;
const MAX_TEXTS = 30;

/** A line to post. */
export interface Line {
  readonly session: ChatSession;
  readonly state: LiveAgentState;
  /** Its place among the visitor's lines, counted from 1. */
  readonly line: number;
  readonly text: string;
  /** Least time since the line before. */
  readonly gapMs: number;
}

/** See the file's comment. */
export interface Poster {
  /**
   * `gone`: there is no chat any more.
   * @throws BatonError retryable when the chat moves, or as the client does
   */
  post(line: Line, signal: AbortSignal): Promise<'taken' | 'gone'>;
  forget(sessionId: string): void;
}

interface Memory {
  at: number;
  /** What was taken, by line. */
  readonly texts: Map<number, string>;
}

/** `moved` is told of a chat whose poller has to look where it is. */
export function createPoster(
  client: Pick<LiveAgentClient, 'sendMessage' | 'skip'>,
  moved: (sessionId: string) => void,
): Poster {
  const memories = new Map<string, Memory>();

  function memoryOf({ id }: ChatSession): Memory {
    const memory = memories.get(id) ?? { at: 0, texts: new Map<number, string>() };
    memories.delete(id);
    memories.set(id, memory);
    for (const oldest of memories.keys()) {
      if (memories.size <= MAX_CHATS) break;
      memories.delete(oldest);
    }
    return memory;
  }

  async function pace({ session, gapMs }: Line, signal: AbortSignal): Promise<void> {
    const memory = memoryOf(session);
    const waitMs = memory.at + gapMs - Date.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    memory.at = Date.now();
  }

  /** Numbers that the vendor never took, before `line`: what they stood for is sent, or nothing is. */
  async function fill(line: Line, from: number, signal: AbortSignal): Promise<PostResult | undefined> {
    const { session, state } = line;
    const until = numberOfLine(state, line.line);
    if (until - from > MAX_HOLES)
      throw new BatonError('ESC_PLATFORM_PROTOCOL', 'the numbers of POSTs do not fit');
    for (let sequence = from; sequence < until; sequence += 1) {
      const place = lineOfNumber(state, sequence);
      const isNew = place > (state.moved?.lines ?? 0);
      const text = isNew ? memoryOf(session).texts.get(place) : undefined;
      const call = { signal, sequence, isRepeat: true };
      if (text !== undefined) await pace(line, signal);
      const result = await (text === undefined
        ? client.skip(session, call)
        : client.sendMessage(session, text, call));
      if (result.kind !== 'taken') return result;
    }
    return undefined;
  }

  async function attempt(line: Line, signal: AbortSignal): Promise<PostResult> {
    const { session, state, text } = line;
    const sequence = numberOfLine(state, line.line);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      await pace(line, signal);
      // Whether another worker has tried before cannot be known; nothing else ever has this number.
      const result = await client.sendMessage(session, text, { signal, sequence, isRepeat: true });
      if (result.kind !== 'resequence') return result;
      const filled = await fill(line, result.session.sequence + 1, signal);
      if (filled && filled.kind !== 'resequence') return filled;
    }
    throw new BatonError('ESC_PLATFORM_PROTOCOL', 'the vendor and the chat count POSTs differently');
  }

  return {
    async post(line, signal) {
      if (numberOfLine(line.state, line.line) < 1)
        throw new BatonError('ESC_PLATFORM_PROTOCOL', 'the transcript has more lines than were sent');
      const result = await attempt(line, signal);
      switch (result.kind) {
        case 'taken': {
          const { texts } = memoryOf(line.session);
          texts.set(line.line, line.text);
          texts.delete(line.line - MAX_TEXTS);
          return 'taken';
        }
        case 'lost':
          return 'gone';
        default:
          moved(line.session.id);
          throw new BatonError('ESC_PLATFORM_ERROR', 'the chat is moving to another server');
      }
    },
    forget: (sessionId) => void memories.delete(sessionId),
  };
}
