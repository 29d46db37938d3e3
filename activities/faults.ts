// Turns what an activity throws into what Temporal's retry policy understands: the registry's code as the type,
// its retry meaning, and the platform's wish to wait. Message text and secrets are never in it.
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import { BatonError } from '../domain/errors';

const SERVER_FIRST_MS = 1_000;

/** What the workflow reads from a failure's details. */
export interface FaultDetail {
  readonly retryAfterMs?: number;
  readonly resultUnknown?: boolean;
}

/**
 * Runs an activity's body and translates its faults. The signal aborts on cancellation and at the activity's own
 * timeout, of which an activity that does not heartbeat never hears: without it, a call that was held back could
 * reach the platform long after the workflow has gone on.
 */
export async function withFaults<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { cancellationSignal, info } = Context.current();
  const signal = AbortSignal.any([cancellationSignal, AbortSignal.timeout(ownTimeoutMs(info))]);
  try {
    return await body(signal);
  } catch (error) {
    if (cancellationSignal.aborted) throw new CancelledFailure('the call was given up');
    throw toFailure(error);
  }
}

/**
 * When the body is aborted, in milliseconds. An activity that heartbeats hears of its timeout from the server, and
 * must not be faster: a watch that ends with its rung's time would at times be written as failed, with a stack trace
 * that makes the history a tenth larger, instead of as timed out.
 */
export function ownTimeoutMs(info: { startToCloseTimeoutMs: number; heartbeatTimeoutMs?: number }): number {
  return info.startToCloseTimeoutMs + (info.heartbeatTimeoutMs === undefined ? 0 : SERVER_FIRST_MS);
}

/** The failure that Temporal records for an error. */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (!(error instanceof BatonError)) {
    const name = error instanceof Error ? error.name : 'unknown error';
    return ApplicationFailure.create({
      type: 'ESC_INTERNAL',
      message: `unexpected ${name}`,
      cause: withoutMessage(error),
    });
  }
  const detail: FaultDetail = {
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    ...(error.resultUnknown && { resultUnknown: true }),
  };
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    // A desk has refreshed its credential by itself before it says "auth".
    nonRetryable: error.retry !== 'retryable',
    details: [detail],
    ...(error.retryAfterMs !== undefined && { nextRetryDelay: error.retryAfterMs }),
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Where an unexpected error came from. What it says stays out of the history: a parser's message quotes its text. */
function withoutMessage(error: unknown): Error {
  const where = new Error('see the stack');
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  where.stack = lines.filter((line) => /^\s+at /.test(line)).join('\n');
  return where;
}
