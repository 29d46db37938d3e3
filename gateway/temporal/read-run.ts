// Reads a run through its queries. One that was ended before a worker ever had it cannot answer; what it would say is
// known all the same.
import type { Client } from '@temporalio/client';
import type { Explanation } from '../../domain/explain';
import type { EscalationInput } from '../../domain/request';
import type { EscalationStatus } from '../../domain/status';
import { askWorkflow, grpcCodeOf } from '../../temporal/faults';
import { startInput, wasWorkedOn } from '../../temporal/history';
import type { Run } from '../../temporal/runs';

const FAILED_PRECONDITION = 9;

/** Where a run stands. @throws BatonError `ESC_NO_WORKER`, `ESC_TEMPORAL_UNAVAILABLE` */
export function readStatus(client: Client, run: Run): Promise<EscalationStatus> {
  return read(client, run, 'status', (status) => status);
}

/** The story of a run. @throws BatonError as {@link readStatus} */
export function readExplanation(client: Client, run: Run): Promise<Explanation> {
  return read(client, run, 'explain', (status) => ({ status, story: [], transfers: [], deadLetters: [] }));
}

async function read<T>(
  client: Client,
  run: Run,
  query: string,
  ofUntouched: (status: EscalationStatus) => T,
): Promise<T> {
  try {
    return await askWorkflow<T>(client, run.handle, query);
  } catch (error) {
    const mayBeUntouched = !run.isOpen && grpcCodeOf(error) === FAILED_PRECONDITION;
    if (!mayBeUntouched || (await wasWorkedOn(client, run.handle))) throw error;
    return ofUntouched(await untouched(client, run));
  }
}

async function untouched(client: Client, { handle, runId }: Run): Promise<EscalationStatus> {
  const input = (await startInput(client, { workflowId: handle.workflowId, runId })) as EscalationInput;
  const { conversationId, continued } = input;
  const { owner = 'bot', epoch = 0 } = continued ?? {};
  return { conversationId, phase: 'closed', owner, epoch, attempt: 0, attempts: [] };
}
