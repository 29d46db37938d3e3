// Bounds every call to Temporal and puts its faults into the registry's words.
import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { BatonError } from '../../domain/errors';

/** Longest wait for Temporal's answer to one call, in milliseconds. */
export const TEMPORAL_DEADLINE_MS = 5_000;
const PING_DEADLINE_MS = 2_000;

/** Calls Temporal with a deadline. @throws BatonError `ESC_TEMPORAL_UNAVAILABLE`, `ESC_ESCALATION_NOT_FOUND` */
export async function withTemporal<T>(
  client: Client,
  call: () => Promise<T>,
  deadlineMs: number = TEMPORAL_DEADLINE_MS,
): Promise<T> {
  try {
    return await client.connection.withDeadline(Date.now() + deadlineMs, call);
  } catch (error) {
    throw translate(error);
  }
}

/** Whether Temporal answers now. */
export async function temporalAnswers(client: Client): Promise<boolean> {
  try {
    await withTemporal(client, () => client.workflowService.getSystemInfo({}), PING_DEADLINE_MS);
    return true;
  } catch {
    return false;
  }
}

function translate(error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return new BatonError('ESC_ESCALATION_NOT_FOUND', 'no open escalation of this conversation', {
      cause: error,
    });
  }
  const grpc = isGrpcServiceError(error) ? error : (error as { cause?: unknown } | undefined)?.cause;
  if (isGrpcServiceError(grpc)) {
    return new BatonError('ESC_TEMPORAL_UNAVAILABLE', `gRPC status ${grpc.code}`, { cause: error });
  }
  return error;
}
