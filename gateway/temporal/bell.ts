// Rings when a run may have something new to tell: a long poll of its history, which costs no action and no worker.
// State changes only where a workflow task completes, so nothing else rings.
import { temporal } from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import { unlessAborted, withTemporal } from '../../temporal/faults';

/** Temporal answers a poll without news after 20 seconds. */
const POLL_DEADLINE_MS = 30_000;
const PAGE = 1_000;
const { EVENT_TYPE_WORKFLOW_TASK_COMPLETED } = temporal.api.enums.v1.EventType;

/** `closed`: nothing will ring any more. */
export type Ring = 'news' | 'nothing' | 'closed';

/** The bell of one run. */
export interface Bell {
  /**
   * Waits for what has happened since it was asked last, at first since the start of the run; `nothing` after a while.
   * @throws BatonError `ESC_TEMPORAL_UNAVAILABLE`; the reason of `signal`
   */
  next(signal: AbortSignal): Promise<Ring>;
}

/** A bell of this very run. */
export function createBell(client: Client, execution: { workflowId: string; runId: string }): Bell {
  let nextPageToken: Uint8Array = new Uint8Array();
  const poll = () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution,
      waitNewEvent: true,
      maximumPageSize: PAGE,
      nextPageToken,
    });
  return {
    async next(signal) {
      const answer = await unlessAborted(client, signal, () => withTemporal(client, poll, POLL_DEADLINE_MS));
      nextPageToken = answer.nextPageToken ?? new Uint8Array();
      if (nextPageToken.length === 0) return 'closed';
      const events = answer.history?.events ?? [];
      return events.some(({ eventType }) => eventType === EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
        ? 'news'
        : 'nothing';
    },
  };
}
