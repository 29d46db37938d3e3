// Follows an escalation's events over as many connections as it takes, each going on after the last event that came.
import { createParser } from 'eventsource-parser';
import type { Settings } from './options';
import { BatonProblem, unreachable } from './problem';
import { isWorthAnother, waitBefore, type Transport } from './transport';
import type { BatonEvent, BatonNotice } from './types';
import { pause } from './waiting';

/** The gateway sends something every 15 s; a connection that is silent for this long is dead. */
const SILENCE_MS = 45_000;

/** What is followed. */
export interface Followed {
  readonly path: string;
  readonly lastEventId?: string;
  readonly signal?: AbortSignal;
}

/** The events until the escalation's end. @throws BatonProblem, or the reason of `signal` */
export async function* followEvents(
  transport: Transport,
  { reconnectMs }: Settings,
  { path, lastEventId, signal }: Followed,
): AsyncGenerator<BatonEvent, void, void> {
  let last = lastEventId;
  let failingSince: number | undefined;
  for (let failures = 0; ;) {
    let problem: BatonProblem | undefined;
    try {
      const connection = connect(transport, path, last, signal);
      for await (const arrived of connection) {
        failures = 0;
        failingSince = undefined;
        if (arrived === 'over') return;
        if (arrived === 'alive') continue;
        last = arrived.id;
        yield arrived;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof BatonProblem) || !isWorthAnother(error)) throw error;
      failingSince ??= Date.now();
      if (Date.now() - failingSince >= reconnectMs) throw error;
      problem = error;
    }
    failures += 1;
    await pause(waitBefore(failures, problem), signal);
  }
}

/** One connection: what arrives on it, `over` if nothing will. */
async function* connect(
  transport: Transport,
  path: string,
  lastEventId: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<BatonEvent | 'alive' | 'over', void, void> {
  const connection = new AbortController();
  try {
    const answer = await transport.open({
      method: 'GET',
      path,
      headers: {
        accept: 'text/event-stream',
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      signal: signal ? AbortSignal.any([signal, connection.signal]) : connection.signal,
    });
    if (answer.status === 204) yield 'over';
    if (answer.status === 204 || !answer.body) return;
    for await (const events of eventsOf(answer.body, () => connection.abort())) {
      yield 'alive';
      yield* events;
    }
  } finally {
    connection.abort();
  }
}

/** The events that each piece of the stream completes. Silence counts only while the stream is listened to. */
async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  onSilence: () => void,
): AsyncGenerator<readonly BatonEvent[], void, void> {
  let complete: BatonEvent[] = [];
  const parser = createParser({
    onEvent: ({ id, data }) => {
      if (id !== undefined) complete.push({ id, notice: JSON.parse(data) as BatonNotice });
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const watchdog = setTimeout(onSilence, SILENCE_MS);
    const { done, value } = await reader
      .read()
      .catch(() => {
        throw unreachable('the stream broke');
      })
      .finally(() => clearTimeout(watchdog));
    if (done) return;
    parser.feed(decoder.decode(value, { stream: true }));
    yield complete;
    complete = [];
  }
}
