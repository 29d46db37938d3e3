// The run in which an escalation went on, while user and agent talked: its history tells, without a worker.
import { temporal } from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import { withTemporal } from '../../temporal/faults';

const { HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT } = temporal.api.enums.v1.HistoryEventFilterType;

/** Id of the run after a closed one; undefined if it ended otherwise. @throws BatonError as `withTemporal` */
export async function nextRunOf(
  client: Client,
  execution: { readonly workflowId: string; readonly runId: string },
): Promise<string | undefined> {
  const { history } = await withTemporal(client, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution,
      historyEventFilterType: HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
    }),
  );
  const last = history?.events?.at(-1);
  return last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
}
