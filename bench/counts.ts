// What one escalation costs, counted from its history.
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;
const { EventType } = temporal.api.enums.v1;

/** Exact numbers of one workflow run. */
export interface Counts {
  readonly events: number;
  readonly workflowTasks: number;
  /** Billable actions by the vendor's list, as far as a history shows them. */
  readonly actions: number;
  /** The server's `historySizeBytes`. */
  readonly historyBytes: number;
}

/** Counts a closed run, and whatever it started that is closed too. */
export async function countRun(client: Client, workflowId: string): Promise<Counts> {
  const handle = client.workflow.getHandle(workflowId);
  const [{ events }, description] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const history = events ?? [];
  return {
    events: history.length,
    workflowTasks: history.filter(
      ({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    ).length,
    actions: countActions(history),
    historyBytes: description.historySize ?? 0,
  };
}

/**
 * Billable actions of a history (Temporal Cloud, list of actions). Not in a history, and so not here: heartbeats of
 * activities and queries.
 */
export function countActions(history: readonly Event[]): number {
  const single = history.reduce((sum, event) => sum + actionsOf(event), 0);
  // All local activities that are recorded with one workflow task are one action.
  const localBatches = new Set(
    history
      .filter((event) => event.markerRecordedEventAttributes?.markerName === LOCAL_ACTIVITY_MARKER)
      .map((event) => String(event.markerRecordedEventAttributes?.workflowTaskCompletedEventId)),
  );
  return single + localBatches.size;
}

/** How the SDK's core marks the answer of a local activity. */
const LOCAL_ACTIVITY_MARKER = 'core_local_activity';

function actionsOf(event: Event): number {
  switch (event.eventType) {
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
    case EventType.EVENT_TYPE_TIMER_STARTED:
    case EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
    case EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
      return 1;
    case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
      // Written once, with the number of the last attempt.
      return event.activityTaskStartedEventAttributes?.attempt ?? 1;
    case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
      return 2;
    case EventType.EVENT_TYPE_MARKER_RECORDED:
      return event.markerRecordedEventAttributes?.markerName === LOCAL_ACTIVITY_MARKER ? 0 : 1;
    default:
      return 0;
  }
}
