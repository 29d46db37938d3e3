// Deadlines and pauses that end early when the caller aborts.
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `work` with a signal that aborts after `ms`, or with `signal`; the timer ends with the work. */
export async function withDeadline<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), ms);
  try {
    return await work(signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits. @throws the reason of `signal` */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal && { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}
