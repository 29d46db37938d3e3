// Idempotency keys (draft-ietf-httpapi-idempotency-key-header), durable in Temporal and nowhere else. Starting the
// claim's workflow is the claim; the answer is read from its history. Neither takes a worker.
import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, type WorkflowExecutionDescription } from '@temporalio/client';
import { BatonError } from '../../domain/errors';
import { idempotencyWorkflowId } from '../../domain/ids';
import { isKeptAnswer, type KeptAnswer } from '../../domain/kept-answer';
import { IDEMPOTENCY_WORKFLOW, TASK_QUEUE } from '../../domain/task-queue';
import type { GatewayDeps } from '../settings';
import { asAttributes } from '../../workflows/attributes';
import { withTemporal } from '../../temporal/faults';
import { signalsOf } from '../../temporal/history';

/** A gateway that still lives has answered by then, but for what the caller wants to wait. */
const ANSWER_WITHIN_MS = 15_000;
const ASK_AGAIN_MS = 1_000;
/**
 * Until a worker looks at the claim: more than any answer takes. While a workflow task runs, signals are in no history,
 * and the answer of a call could not be found just after it was given.
 */
const START_DELAY_MS = 120_000;

/** One call under a key. */
export interface KeyedCall {
  readonly tenant: string;
  /** As the header has it: bare or quoted, which is the same key. */
  readonly key: string;
  /** The body as it was read. */
  readonly body: unknown;
  /** How long the caller lets the answer wait. */
  readonly waitMs: number;
  /** Where to look meanwhile. */
  readonly url: string;
}

interface ClaimMemo {
  readonly fingerprint: string;
  readonly waitMs: number;
  readonly url: string;
}

/** Answers each key once. */
export interface Idempotency {
  /**
   * The kept answer of the key, or else that of `answer`, which is kept if it is a success.
   * @throws BatonError `ESC_IDEMPOTENCY_MISMATCH`, `ESC_IDEMPOTENCY_IN_PROGRESS`, and what `answer` throws
   */
  once(
    call: KeyedCall,
    answer: () => Promise<KeptAnswer>,
  ): Promise<KeptAnswer & { readonly replayed: boolean }>;
}

/** The keys of a gateway. */
export function createIdempotency(deps: GatewayDeps): Idempotency {
  return {
    once: async (call, answer) => {
      const workflowId = idempotencyWorkflowId(call.tenant, digestOf(unquoted(call.key)));
      const memo = { fingerprint: digestOf(canonical(call.body)), waitMs: call.waitMs, url: call.url };
      const kept = await claim(deps, workflowId, call.tenant, memo);
      if (kept) return { ...kept, replayed: true };
      const given = await answer();
      await keep(deps, workflowId, given);
      return { ...given, replayed: false };
    },
  };
}

/** Undefined: the key is this call's to answer. */
async function claim(
  deps: GatewayDeps,
  workflowId: string,
  tenant: string,
  memo: ClaimMemo,
): Promise<KeptAnswer | undefined> {
  if (await started(deps, workflowId, tenant, memo, 'REJECT_DUPLICATE')) return undefined;
  const { client } = deps;
  const {
    runId,
    status,
    startTime,
    memo: known,
  } = await withTemporal(client, () => client.workflow.getHandle(workflowId).describe());
  const first = (known ?? {}) as Partial<ClaimMemo>;
  if (first.fingerprint !== memo.fingerprint)
    throw new BatonError('ESC_IDEMPOTENCY_MISMATCH', 'the body differs from the first one under this key');
  const answers = await signalsOf(client, client.workflow.getHandle(workflowId, runId), 'answered');
  const kept = answers.find(isKeptAnswer);
  if (kept) return kept;
  const isAlive = Date.now() < startTime.getTime() + ANSWER_WITHIN_MS + (first.waitMs ?? 0);
  if (isAlive && status.name === 'RUNNING') throw inProgress(memo.url);
  // Whoever had it died. Everything behind the answer is idempotent by the request's id, so it can be made again.
  if (!isRunning(status) && !(await started(deps, workflowId, tenant, memo, 'ALLOW_DUPLICATE')))
    throw inProgress(memo.url);
  return undefined;
}

function isRunning({ name }: WorkflowExecutionDescription['status']): boolean {
  return name === 'RUNNING';
}

async function started(
  { client }: GatewayDeps,
  workflowId: string,
  tenant: string,
  memo: ClaimMemo,
  workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE',
): Promise<boolean> {
  try {
    await withTemporal(client, () =>
      client.workflow.start(IDEMPOTENCY_WORKFLOW, {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [],
        startDelay: START_DELAY_MS,
        workflowIdReusePolicy,
        typedSearchAttributes: asAttributes({ BatonTenant: tenant }),
        memo: { ...memo },
        staticSummary: 'Claim of an idempotency key',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** An answer that cannot be kept is given all the same: it is true, and it can be made again. */
async function keep({ client, log }: GatewayDeps, workflowId: string, answer: KeptAnswer): Promise<void> {
  try {
    await withTemporal(client, () => client.workflow.getHandle(workflowId).signal('answered', answer));
  } catch {
    log.warn({ event: 'gateway.answer_not_kept' }, 'the answer of an idempotency key was not kept');
  }
}

function inProgress(url: string): BatonError {
  return new BatonError('ESC_IDEMPOTENCY_IN_PROGRESS', 'the first call under this key is not answered yet', {
    facts: { url },
    retryAfterMs: ASK_AGAIN_MS,
  });
}

function unquoted(key: string): string {
  return /^"(.*)"$/.exec(key)?.[1] ?? key;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The same JSON text for the same value, whatever the order of its members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
