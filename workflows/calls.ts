// How the workflow calls the world: one short local try, which costs no workflow task of its own, then a regular
// activity with retries for what is left of the time. Both carry the same idempotency key in their input.
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { SessionActivities } from '../activities/session-types';
import type { EscalationActivities } from '../activities/types';
import { asLocal, awaitTurn, isLocalUnderWay } from './in-turn';

const LOCAL_TRY_MS = 3_000;
const REGULAR_TRY_MS = 15_000;
/** A call that is tried once has this long, from where a worker takes it. */
const ONE_TRY_MS = 5_000;
const RETRY = { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 15_000 };
/** A regular activity needs a moment to reach a worker; with less time than this left, the call is over. */
const SHORTEST_CALL_MS = 100;

/** The fault of a call that did not succeed in its time. */
export interface CallFault {
  /** Code of the error registry, or `ESC_PLATFORM_TIMEOUT` when time ran out. */
  readonly code: string;
  /** Trying again cannot help. */
  readonly terminal: boolean;
  /** The call may have had its effect. */
  readonly resultUnknown: boolean;
  /** How long the platform asked to wait. */
  readonly retryAfterMs?: number;
}

/** How a call ended. */
export type CallResult<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'fault'; readonly fault: CallFault }
  | { readonly kind: 'interrupted' };

/** Limits of one call. */
export interface CallOptions {
  /** What the history shows; no message text, no names. */
  readonly summary: string;
  /** Epoch milliseconds; retries end here. */
  readonly deadlineAt: number;
  /** True: give up waiting at once. @default never */
  readonly interrupted?: () => boolean;
}

type Activities = EscalationActivities & SessionActivities;
type Activity = keyof Activities;
type Input<K extends Activity> = Parameters<Activities[K]>[0];
type Output<K extends Activity> = Awaited<ReturnType<Activities[K]>>;

/** Calls an activity: locally once, then with retries until the deadline or the interrupt. */
export async function call<K extends Activity>(
  activity: K,
  input: Input<K>,
  options: CallOptions,
): Promise<CallResult<Output<K>>> {
  const first = await tryLocally(activity, input, options);
  if (first.kind !== 'fault' || first.fault.terminal) return first;
  const { retryAfterMs: waitMs = 0 } = first.fault;
  if (waitMs > 0 && !(await pause(waitMs, options))) return outOfTime(options, first.fault);
  return callWithRetries(activity, input, options, first.fault);
}

/**
 * Calls an activity that may do everything twice if it is called again. Each try is an activity of its own, which no
 * server and no worker repeats, and another follows only when the one before certainly did nothing.
 */
export async function callUnrepeatable<K extends Activity>(
  activity: K,
  input: Input<K>,
  options: CallOptions,
): Promise<CallResult<Output<K>>> {
  for (let backoffMs = RETRY.initialInterval; ; backoffMs *= RETRY.backoffCoefficient) {
    const result = await callWithRetries(activity, input, { ...options, once: true, tryMs: REGULAR_TRY_MS });
    if (result.kind !== 'fault' || result.fault.terminal || result.fault.resultUnknown) return result;
    const waitMs = Math.max(result.fault.retryAfterMs ?? 0, Math.min(backoffMs, RETRY.maximumInterval));
    const summary = `Wait ${Math.ceil(waitMs / 1000)} s: the platform could not take the call`;
    if (!(await pause(waitMs, options, summary))) return outOfTime(options, result.fault);
  }
}

/**
 * A regular activity, cancelled when interrupted; its own timeout is the deadline. A try that is under way then is
 * waited for, because what it does next must not overtake it; one that heartbeats only watches and is left at once.
 * `once`: without retries, five seconds long unless said otherwise; what it failed with is known then.
 */
export async function callWithRetries<K extends Activity>(
  activity: K,
  input: Input<K>,
  options: CallOptions & { readonly heartbeatMs?: number; readonly once?: true; readonly tryMs?: number },
  earlier?: CallFault,
): Promise<CallResult<Output<K>>> {
  const leftMs = options.deadlineAt - Date.now();
  if (leftMs < SHORTEST_CALL_MS || options.interrupted?.()) return outOfTime(options, earlier);
  const tryMs = options.tryMs ?? (options.once ? ONE_TRY_MS : REGULAR_TRY_MS);
  const proxy = proxyActivities<Activities>({
    scheduleToCloseTimeout: leftMs,
    startToCloseTimeout: options.heartbeatMs === undefined ? Math.min(tryMs, leftMs) : leftMs,
    ...(options.heartbeatMs !== undefined && { heartbeatTimeout: options.heartbeatMs }),
    retry: options.once ? { maximumAttempts: 1 } : RETRY,
    cancellationType:
      options.heartbeatMs === undefined
        ? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        : ActivityCancellationType.TRY_CANCEL,
    summary: options.summary,
  });
  const running = start(() => run(proxy, activity, input), options.once ?? false);
  await condition(
    () => !isLocalUnderWay() && (running.result() !== undefined || (options.interrupted?.() ?? false)),
  );
  const result = running.result();
  if (result) return result;
  running.cancel();
  const summary = 'Wait for the call under way to end';
  await condition(() => running.result() !== undefined, REGULAR_TRY_MS + SHORTEST_CALL_MS, { summary });
  const last = running.result();
  return last?.kind === 'done' ? last : { kind: 'interrupted' };
}

/** One local try, without retries; three seconds long unless said otherwise. */
export async function tryLocally<K extends Activity>(
  activity: K,
  input: Input<K>,
  options: CallOptions & { readonly tryMs?: number },
): Promise<CallResult<Output<K>>> {
  const leftMs = options.deadlineAt - Date.now();
  if (leftMs <= 0 || options.interrupted?.()) return outOfTime(options);
  const proxy = proxyLocalActivities<Activities>({
    startToCloseTimeout: Math.min(options.tryMs ?? LOCAL_TRY_MS, leftMs),
    retry: { maximumAttempts: 1 },
    summary: options.summary,
  });
  try {
    return { kind: 'done', value: await asLocal(() => run(proxy, activity, input)) };
  } catch (error) {
    return { kind: 'fault', fault: faultOf(error) };
  }
}

function run<K extends Activity>(
  proxy: { readonly [A in Activity]: (input: never) => Promise<unknown> },
  activity: K,
  input: Input<K>,
): Promise<Output<K>> {
  return proxy[activity](input as never) as Promise<Output<K>>;
}

/** A call under way. */
interface Running<T> {
  result(): CallResult<T> | undefined;
  cancel(): void;
}

/** Starts a call in a scope of its own; a failure is a result, never an unhandled rejection. */
function start<T>(body: () => Promise<T>, isOnlyTry: boolean): Running<T> {
  const scope = new CancellationScope();
  let result: CallResult<T> | undefined;
  void scope.run(body).then(
    async (value) => {
      await awaitTurn();
      result = { kind: 'done', value };
    },
    async (error: unknown) => {
      await awaitTurn();
      const fault = faultOf(error);
      // Only the last of several tries is known here: an earlier one may have had its effect.
      result = { kind: 'fault', fault: isOnlyTry ? fault : { ...fault, resultUnknown: true } };
    },
  );
  return { result: () => result, cancel: () => scope.cancel() };
}

/** Waits as the platform asked; false if that is past the deadline, or when an interrupt comes first. */
async function pause(
  waitMs: number,
  options: CallOptions,
  summary = `Wait ${Math.ceil(waitMs / 1000)} s: the platform limits the rate of calls`,
): Promise<boolean> {
  if (waitMs >= options.deadlineAt - Date.now()) return false;
  return !(await condition(() => options.interrupted?.() ?? false, waitMs, { summary }));
}

function outOfTime(options: CallOptions, earlier?: CallFault): CallResult<never> {
  if (options.interrupted?.()) return { kind: 'interrupted' };
  const fault = earlier ?? { code: 'ESC_PLATFORM_TIMEOUT', terminal: false, resultUnknown: true };
  return { kind: 'fault', fault };
}

/** Why a call was not done: the code of what went wrong, or that it was interrupted. */
export function faultName(result: Exclude<CallResult<unknown>, { kind: 'done' }>): string {
  return result.kind === 'fault' ? result.fault.code : result.kind;
}

/** What the workflow needs to know of a failed activity. */
export function faultOf(error: unknown): CallFault {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const detail = (cause.details?.[0] ?? {}) as { resultUnknown?: boolean; retryAfterMs?: number };
    return {
      code: cause.type ?? 'ESC_INTERNAL',
      terminal: cause.nonRetryable ?? false,
      resultUnknown: detail.resultUnknown ?? false,
      ...(detail.retryAfterMs !== undefined && { retryAfterMs: detail.retryAfterMs }),
    };
  }
  if (cause instanceof TimeoutFailure) {
    // Out of time over all retries: the last failure, if any, tells more than "timed out".
    const last = cause.cause instanceof ApplicationFailure ? faultOf(cause.cause) : undefined;
    return { code: last?.code ?? 'ESC_PLATFORM_TIMEOUT', terminal: false, resultUnknown: true };
  }
  return { code: 'ESC_INTERNAL', terminal: false, resultUnknown: true };
}
