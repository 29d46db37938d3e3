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

/** Replays one after the other. */
export async function* replayHistories(
  options: Pick<ReplayWorkerOptions, 'workflowBundle' | 'dataConverter'>,
  sources: Iterable<HistorySource> | AsyncIterable<HistorySource>,
): AsyncGenerator<ReplayVerdict> {
  for await (const { name, workflowId, history } of sources) {
    try {
      await Worker.runReplayHistory(options, history, workflowId);
      yield { kind: 'fits', name, events: history.events?.length ?? 0 };
    } catch (error) {
      yield { kind: 'breaks', name, ...explain(error) };
    }
  }
}

/** The SDK tells the event inside a sentence: `HistoryEvent(id: 6, TimerStarted)`. */
function explain(error: unknown): { eventId?: number; eventType?: string; problem: string } {
  const text = error instanceof Error ? error.message : String(error);
  const event = /HistoryEvent\(id: (\d+), (\w+)\)/.exec(text);
  const problem = /Nondeterminism error: (.*?)(?:"|$)/s.exec(text)?.[1] ?? text;
  return {
    ...(event?.[1] !== undefined && { eventId: Number(event[1]) }),
    ...(event?.[2] !== undefined && { eventType: event[2] }),
    problem: problem.trim(),
  };
}
