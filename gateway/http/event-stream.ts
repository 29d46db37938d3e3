// One stream of server-sent events: headers at once, a sign of life now and then, and an end for readers that do not
// read, because what they leave unread stays in the gateway's memory.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** How a stream behaves. */
export interface EventStreamLimits {
  /** @default 15000 */
  readonly heartbeatMs?: number;
  /** Bytes that a reader may leave unread. @default 262144 */
  readonly maxUnreadBytes?: number;
}

/** One event. */
export interface StreamedEvent {
  readonly id: string;
  readonly type: string;
  /** Becomes one line of JSON. */
  readonly data: unknown;
}

/** See the file's comment. */
export interface EventStream {
  /** To be sent as the reply. */
  readonly body: Readable;
  /** Aborted when the reader has gone or was cut. */
  readonly gone: AbortSignal;
  send(event: StreamedEvent): void;
  /** What the heartbeats say from now on. */
  say(word: string): void;
  end(): void;
}

const HEARTBEAT_MS = 15_000;
const MAX_UNREAD_BYTES = 256 * 1_024;
/** Heartbeats in a row before which nothing at all was read. */
const MAX_UNREAD_BEATS = 4;
/** How long a reader may wait before it connects again, in milliseconds. */
const RETRY_MS = 1_000;

/** Makes the stream of a reply. `onCut` hears of a reader that does not read. */
export function createEventStream(
  reply: FastifyReply,
  onCut: () => void,
  { heartbeatMs = HEARTBEAT_MS, maxUnreadBytes = MAX_UNREAD_BYTES }: EventStreamLimits = {},
): EventStream {
  const body = new Readable({ read: () => undefined });
  const gone = new AbortController();
  let word = 'ping';
  let unreadBeats = 0;
  const unread = (): number => body.readableLength + reply.raw.writableLength;
  const write = (text: string): void => {
    if (gone.signal.aborted || body.readableEnded || body.destroyed) return;
    body.push(text);
    if (unread() > maxUnreadBytes || unreadBeats > MAX_UNREAD_BEATS) {
      onCut();
      reply.raw.destroy();
    }
  };
  const beat = setInterval(() => {
    unreadBeats = unread() > 0 ? unreadBeats + 1 : 0;
    write(`: ${word}\n\n`);
  }, heartbeatMs);
  whenClosed(reply, () => {
    clearInterval(beat);
    gone.abort();
  });
  void reply.headers({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  write(`retry: ${RETRY_MS}\n: hello\n\n`);
  return {
    body,
    gone: gone.signal,
    send: ({ id, type, data }) => write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`),
    say(next) {
      if (next === word) return;
      word = next;
      write(`: ${word}\n\n`);
    },
    end() {
      clearInterval(beat);
      if (!body.destroyed) body.push(null);
    },
  };
}

/** Once the reader's connection is closed; it may have been before anybody could listen. */
export function whenClosed({ raw }: FastifyReply, then: () => void): void {
  if (raw.destroyed) then();
  else raw.once('close', then);
}
