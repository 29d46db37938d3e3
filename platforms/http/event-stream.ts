// The one way to listen to server-sent events: behind the same guard as every call, with a bound for the silence
// between two pieces and for the length of one event.
import { createParser } from 'eventsource-parser';
import { request } from 'undici';
import { BatonError } from '../../domain/errors';
import { checkUrl } from './egress-guard';
import type { EgressPolicy } from './egress-guard';
import { explainFailure } from './failure';
import { createAgent, flatten, outgoingHeaders } from './http-client';
import { errorForStatus } from './status-error';

const MAX_EVENT_CHARS = 1 << 20;
const NO_LIMIT = -1;

/** Limits of the streams of one account. */
export interface EventStreamsOptions extends EgressPolicy {
  readonly connectMs: number;
  /** Longest wait for the answer's headers. */
  readonly requestMs: number;
  /** A stream that says nothing for so long is dead. */
  readonly silenceMs: number;
  /** Streams to one origin at a time; more wait. */
  readonly maxStreams: number;
}

/** One event. Comments are not told of. */
export interface ServerSentEvent {
  readonly event?: string | undefined;
  readonly id?: string | undefined;
  readonly data: string;
}

/** An open stream. Leaving its loop closes it; the loop throws as {@link EventStreams.open} does when the stream breaks. */
export interface EventStream {
  readonly events: AsyncIterable<ServerSentEvent>;
  close(): void;
}

/** Opens streams. */
export interface EventStreams {
  /**
   * Resolves once the server has answered 2xx.
   *
   * @throws BatonError as `errorForStatus` says, or `ESC_EGRESS_BLOCKED`, `ESC_PLATFORM_UNREACHABLE`,
   * `ESC_PLATFORM_TIMEOUT` (silence too) and `ESC_PLATFORM_PROTOCOL`
   */
  open(call: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  }): Promise<EventStream>;
  /** Ends every stream. */
  close(): Promise<void>;
}

/** See {@link EventStreams}. */
export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const agent = createAgent(options, {
    connections: options.maxStreams,
    maxResponseSize: NO_LIMIT,
    bodyTimeout: options.silenceMs,
  });
  return {
    async open({ url: text, headers, signal }) {
      const url = checkUrl(text, options);
      const ending = new AbortController();
      const stop = AbortSignal.any([signal, ending.signal]);
      const explain = (error: unknown): BatonError =>
        explainFailure(error, { host: url.host, sent: false, deadline: ending.signal, caller: signal });
      try {
        const answer = await request(url, {
          method: 'GET',
          headers: { ...outgoingHeaders(headers), accept: 'text/event-stream' },
          signal: stop,
          dispatcher: agent,
        });
        const refusal = errorForStatus(answer.statusCode, flatten(answer.headers), `stream of ${url.host}`);
        if (refusal) {
          await answer.body.dump();
          throw refusal;
        }
        return { events: eventsOf(answer.body, explain), close: () => ending.abort() };
      } catch (error) {
        throw explain(error);
      }
    },
    close: () => agent.destroy(),
  };
}

async function* eventsOf(
  body: AsyncIterable<Uint8Array>,
  explain: (error: unknown) => BatonError,
): AsyncGenerator<ServerSentEvent> {
  const ready: ServerSentEvent[] = [];
  let pending = 0;
  const parser = createParser({
    onEvent: (event) => {
      pending = 0;
      ready.push(event);
    },
    onComment: () => {
      pending = 0;
    },
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) {
      pending += chunk.length;
      parser.feed(decoder.decode(chunk, { stream: true }));
      while (ready.length > 0) yield ready.shift() as ServerSentEvent;
      if (pending > MAX_EVENT_CHARS)
        throw new BatonError('ESC_PLATFORM_PROTOCOL', 'an event of the stream is too long');
    }
  } catch (error) {
    throw explain(error);
  }
}
