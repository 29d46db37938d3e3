// Replays histories against a workflow bundle and says of each whether it fits, and if not, where.
import { DefaultLogger, Runtime, Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import type { HistorySource } from './sources';

/** How one history went. */
export type ReplayVerdict =
  | { readonly kind: 'fits'; readonly name: string; readonly events: number }
  | {
      readonly kind: 'breaks';
      readonly name: string;
      /** The event that the code at hand does not lead to, where the SDK names it. */
      readonly eventId?: number;
      readonly eventType?: string;
      readonly problem: string;
    };

/** Keeps the SDK's own lines about a failing replay out of the report. Once per process. */
export function silenceReplay(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: 'off' } },
  });
}

/** What histories are replayed against. */
export type ReplayOptions = Pick<ReplayWorkerOptions, 'workflowBundle' | 'dataConverter'>;

/** Replays one after the other. */
export async function* replayHistories(
  options: ReplayOptions,
  sources: Iterable<HistorySource> | AsyncIterable<HistorySource>,
): AsyncGenerator<ReplayVerdict> {
  const replayer = createReplayer(options);
  try {
    for await (const source of sources) yield await replayer.replay(source);
  } finally {
    await replayer.close();
  }
}

/** Replays histories on one worker: making one takes several times as long as a history does. */
export interface Replayer {
  /** One at a time. */
  replay(source: HistorySource): Promise<ReplayVerdict>;
  close(): Promise<void>;
}

/** See {@link Replayer}. The worker is made for the first history, and anew after one that breaks it. */
export function createReplayer(options: ReplayOptions): Replayer {
  let next: HistorySource | undefined;
  let results: ReturnType<typeof Worker.runReplayHistories> | undefined;
  // The worker asks for the next history when it is asked for the next result; without one it ends.
  const histories = {
    [Symbol.asyncIterator]: () => ({
      next: (): Promise<IteratorResult<HistorySource>> => {
        const source = next;
        next = undefined;
        return Promise.resolve(source ? { value: source } : { value: undefined, done: true });
      },
    }),
  };

  async function close(): Promise<void> {
    const ending = results;
    results = undefined;
    await ending?.next();
  }

  async function run(source: HistorySource): Promise<void> {
    next = source;
    results ??= Worker.runReplayHistories(options, histories);
    const result = await results.next();
    if (result.done) throw new Error('the replay ended before the history did');
    if (result.value.error) throw result.value.error;
  }

  return {
    close,
    async replay(source) {
      const { name, history } = source;
      try {
        await run(source);
        return { kind: 'fits', name, events: history.events?.length ?? 0 };
      } catch (error) {
        await close().catch(() => undefined);
        return { kind: 'breaks', name, ...explain(error, history) };
      }
    },
  };
}

interface Break {
  readonly eventId?: number;
  readonly eventType?: string;
  readonly problem: string;
}

/** The SDK tells what differed inside a long sentence: its core of words, and the event that it is about. */
function explain(error: unknown, history: HistorySource['history']): Break {
  const text = error instanceof Error ? error.message : String(error);
  const sentence = /Nondeterminism error: (.*?)(?:", source|$)/s.exec(text)?.[1] ?? text;
  const eventId = namedEvent(sentence) ?? scheduledEvent(sentence, history);
  const event = history.events?.find(({ eventId: id }) => Number(id) === eventId);
  const attributes = Object.keys(event ?? {}).find((key) => key.endsWith('EventAttributes'));
  return {
    ...(eventId !== undefined && { eventId }),
    ...(attributes !== undefined && { eventType: attributes.replace('EventAttributes', '') }),
    problem: sentence.replace(/:? HistoryEvent \{.*$/s, '').trim(),
  };
}

function namedEvent(sentence: string): number | undefined {
  const id = /HistoryEvent(?:\(id: | \{ event_id: )(\d+)/.exec(sentence)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Some sentences name only the activity that the history has. */
function scheduledEvent(sentence: string, { events }: HistorySource['history']): number | undefined {
  const activity = /scheduled event '([^']+)'/.exec(sentence)?.[1];
  const event = events?.find(
    (e) => activity !== undefined && e.activityTaskScheduledEventAttributes?.activityType?.name === activity,
  );
  return event ? Number(event.eventId) : undefined;
}
