// Updates of a conversation's workflow, which take a worker: sent once for each id, their refusals in the registry's
// words, and a run that closed in between told apart from everything else.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowHandle,
  type WorkflowStartOptions,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { BatonError, type ErrorCode } from '../../domain/errors';
import type { Ownership } from '../../domain/ownership';
import { ESCALATION_WORKFLOW } from '../../domain/task-queue';
import { blameWorkers, withTemporal } from '../../temporal/faults';

/** Until a worker has looked at the update; one that crashed holds its workflows for two seconds more. */
const ACCEPT_WITHIN_MS = 8_000;
/** The workflow gives up earlier. */
const ANSWER_WITHIN_MS = 14_000;
/** What the server makes of an update that was accepted when its workflow closed. */
const CLOSED_BEFORE_ANSWER = 'AcceptedUpdateCompletedWorkflow';
const BUSY: ErrorCode = 'ESC_WORKFLOW_BUSY';
const CODES: readonly ErrorCode[] = ['ESC_REQUEST_INVALID', 'ESC_NOT_OWNER', BUSY];
/** Local activities take a moment. */
const BUSY_AGAIN_MS = 200;

/** One update. */
export interface Update<Input> {
  readonly name: 'say' | 'returned';
  /** The same id is the same update, within a run. */
  readonly id: string;
  readonly input: Input;
}

/** An answer, or that the run has closed, and took no notice. */
export type Updated<Result> =
  { readonly kind: 'answered'; readonly result: Result } | { readonly kind: 'closed' };

/** Updates an open run. @throws BatonError `ESC_NOT_OWNER`, `ESC_MESSAGE_NOT_POSTED`, `ESC_NO_WORKER` */
export function updateRun<Result, Input>(
  client: Client,
  handle: WorkflowHandle,
  { name, id, input }: Update<Input>,
): Promise<Updated<Result>> {
  return send(client, () =>
    handle.startUpdate<Result, [Input]>(name, { args: [input], updateId: id, waitForStage: 'ACCEPTED' }),
  );
}

/** Starts a run, if none is open, and updates whichever is; `closed`: one that its reuse policy forbids to follow. @throws BatonError as {@link updateRun} */
export function startAndUpdate<Result, Input>(
  client: Client,
  start: WorkflowStartOptions & { readonly workflowId: string },
  { name, id, input }: Update<Input>,
): Promise<Updated<Result>> {
  return send(client, () =>
    client.workflow.startUpdateWithStart<never, Result, [Input]>(name, {
      args: [input],
      updateId: id,
      waitForStage: 'ACCEPTED',
      startWorkflowOperation: new WithStartWorkflowOperation(ESCALATION_WORKFLOW, {
        ...start,
        workflowIdConflictPolicy: 'USE_EXISTING',
      }) as never,
    }),
  );
}

/** What became of an update: `none` of this id has come to this run, or it left no trace there. */
export type Earlier<Result> =
  { readonly kind: 'answered'; readonly result: Result } | { readonly kind: 'refused' | 'none' };

/** What became of the update of this id in this run; waits for one that is being worked on. */
export async function earlierUpdate<Result>(
  client: Client,
  handle: WorkflowHandle,
  id: string,
): Promise<Earlier<Result>> {
  try {
    const answer = (): Promise<Result> => handle.getUpdateHandle<Result>(id).result();
    return { kind: 'answered', result: await withTemporal(client, answer, ANSWER_WITHIN_MS) };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return { kind: 'refused' };
    if (isNotFound(error)) return { kind: 'none' };
    throw await blameWorkers(client, error);
  }
}

async function send<Result>(
  client: Client,
  start: () => Promise<WorkflowUpdateHandle<Result>>,
): Promise<Updated<Result>> {
  const acceptUntil = Date.now() + ACCEPT_WITHIN_MS;
  let accepted = false;
  try {
    const result = await untilNotBusy(async () => {
      accepted = false;
      const handle = await client.connection.withDeadline(acceptUntil, start);
      accepted = true;
      const answer = (): Promise<Result> => handle.result();
      return client.connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, answer);
    }, acceptUntil);
    return { kind: 'answered', result };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return refused(error);
    if (isNotFound(error)) return { kind: 'closed' };
    const blamed = await blameWorkers(client, error);
    // A worker has accepted it: what is late is the post.
    if (accepted && blamed instanceof BatonError && blamed.code === 'ESC_NO_WORKER')
      throw new BatonError('ESC_MESSAGE_NOT_POSTED', 'no answer in time', { cause: error });
    throw blamed;
  }
}

/** Sends an update again that its workflow refused only for the moment. */
export async function untilNotBusy<T>(update: () => Promise<T>, until: number): Promise<T> {
  for (;;) {
    try {
      return await update();
    } catch (error) {
      if (!isBusy(error) || Date.now() + BUSY_AGAIN_MS > until) throw error;
    }
    await sleep(BUSY_AGAIN_MS);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof WorkflowUpdateFailedError && refusalOf(error) === BUSY;
}

function refusalOf({ cause }: WorkflowUpdateFailedError): string {
  return cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
}

function isNotFound(error: unknown): boolean {
  return (
    error instanceof WorkflowExecutionAlreadyStartedError ||
    error instanceof WorkflowNotFoundError ||
    (error instanceof BatonError && error.code === 'ESC_ESCALATION_NOT_FOUND')
  );
}

function refused(error: WorkflowUpdateFailedError): { readonly kind: 'closed' } {
  const type = refusalOf(error);
  if (type === CLOSED_BEFORE_ANSWER) return { kind: 'closed' };
  const code = CODES.find((known) => known === type);
  // A worker that is older than this gateway knows no such update.
  if (!code) throw new BatonError('ESC_NO_WORKER', 'the workers do not know this message', { cause: error });
  throw new BatonError(code, 'the workflow refused it', {
    facts: { ...ownershipIn(error.cause) },
    cause: error,
  });
}

function ownershipIn(cause: Error | undefined): Partial<Ownership> {
  return (cause as ApplicationFailure).details?.[0] ?? {};
}
