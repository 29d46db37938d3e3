// Reads what a workflow was started with and told, from its history: without a worker, and decrypted if need be.
import type { Client, WorkflowHandle } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';
import { withTemporal } from './faults';

type Payloads = temporal.api.common.v1.IPayloads | null | undefined;

/** The first argument that the workflow was started with. @throws BatonError as `withTemporal` */
export async function startInput(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<unknown> {
  const { history } = await withTemporal(client, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    }),
  );
  return firstOf(client, history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input);
}

/** The arguments of all signals of this name, in their order. @throws BatonError as `withTemporal` */
export async function signalsOf(
  client: Client,
  handle: WorkflowHandle,
  name: string,
): Promise<readonly unknown[]> {
  const { events } = await withTemporal(client, () => handle.fetchHistory());
  const signals = (events ?? [])
    .map(({ workflowExecutionSignaledEventAttributes: signal }) => signal)
    .filter((signal) => signal?.signalName === name);
  return Promise.all(signals.map((signal) => firstOf(client, signal?.input)));
}

/** Whether a worker has ever had the workflow. @throws BatonError as `withTemporal` */
export async function wasWorkedOn(client: Client, handle: WorkflowHandle): Promise<boolean> {
  const { events } = await withTemporal(client, () => handle.fetchHistory());
  return (events ?? []).some((event) => event.workflowTaskCompletedEventAttributes);
}

async function firstOf(client: Client, payloads: Payloads): Promise<unknown> {
  const [first] = await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads?.payloads);
  return first;
}
