// Bounds every call to Temporal and puts its faults into the registry's words.
import {
  isGrpcServiceError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { BatonError } from '../domain/errors';

/** Longest wait for Temporal's answer to one call, in milliseconds. */
export const TEMPORAL_DEADLINE_MS = 5_000;
/** A worker that crashed holds its workflows for two seconds more; see the worker's sticky timeout. */
const QUERY_DEADLINE_MS = 6_000;
const PING_DEADLINE_MS = 2_000;
const ASK_AGAIN_MS = 5_000;

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

/**
 * Asks a workflow, which takes a worker.
 * @throws BatonError `ESC_NO_WORKER` if Temporal answers and no worker does; and as {@link withTemporal}
 */
export async function askWorkflow<T>(
  client: Client,
  handle: WorkflowHandle,
  query: string,
  ...args: unknown[]
): Promise<T> {
  try {
    return await withTemporal(client, () => handle.query<T, unknown[]>(query, ...args), QUERY_DEADLINE_MS);
  } catch (error) {
    throw await blameWorkers(client, error);
  }
}

/**
 * Calls Temporal until `signal` aborts: then it rejects at once, and what is under way is cancelled.
 * @throws the reason of `signal`; and as `call` does
 */
export async function unlessAborted<T>(
  client: Client,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  // The connection never lets go of a signal that it was given: each call gets one of its own.
  const calling = new AbortController();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      calling.abort();
      // A call that is between two tries of the connection hears of no cancellation.
      reject(signal.reason as Error);
    };
  });
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([client.connection.withAbortSignal(calling.signal, call), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** What a call that needs a worker failed of: of Temporal, or of the workers if Temporal answers otherwise. */
export async function blameWorkers(client: Client, error: unknown): Promise<unknown> {
  const translated = translate(error);
  const unavailable = translated instanceof BatonError && translated.code === 'ESC_TEMPORAL_UNAVAILABLE';
  if (!unavailable || !(await temporalAnswers(client))) return translated;
  return new BatonError('ESC_NO_WORKER', 'Temporal answers, and no worker', {
    cause: error,
    retryAfterMs: ASK_AGAIN_MS,
  });
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

/** The gRPC status of an error or of its cause, if it has one. */
export function grpcCodeOf(error: unknown): number | undefined {
  for (let each = error; each !== undefined && each !== null; each = (each as { cause?: unknown }).cause)
    if (isGrpcServiceError(each)) return each.code;
  return undefined;
}

function translate(error: unknown): unknown {
  if (error instanceof BatonError) return error;
  if (error instanceof WorkflowNotFoundError) {
    return new BatonError('ESC_ESCALATION_NOT_FOUND', 'no open escalation of this conversation', {
      cause: error,
    });
  }
  const code = grpcCodeOf(error);
  if (code === undefined) return error;
  return new BatonError('ESC_TEMPORAL_UNAVAILABLE', `gRPC status ${code}`, { cause: error });
}
