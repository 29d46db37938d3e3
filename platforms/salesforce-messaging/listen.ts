// Hears a conversation until it is over: opens its stream again and again, with growing waits, until it has said all.
import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '../../domain/errors';
import { createListener } from './listener';
import type { ListenCall, ListenDeps } from './listener';

const BACKOFF_GROWTH = 1.5;
const MAX_BACKOFF_MS = 30_000;
/** After so many attempts in a row another token is tried, and after twice as many the listener gives up. */
const ATTEMPTS = 10;

/** Resolves when the conversation is over. @throws BatonError; whatever `deliver` throws */
export async function listen(deps: ListenDeps, call: ListenCall): Promise<void> {
  try {
    await listenOn(deps, call);
  } catch (cause) {
    if (!call.signal.aborted) throw cause;
    throw new BatonError('ESC_PLATFORM_TIMEOUT', 'listening was given up by its caller', { cause });
  }
}

/** Opens the stream again and again. */
async function listenOn(deps: ListenDeps, call: ListenCall): Promise<void> {
  const listener = createListener(deps, call);
  const { reconnectMs } = deps.connector;
  for (let failures = 0; ;) {
    let error: Error | undefined;
    try {
      const heard = await listener.connection();
      if (heard === 'over') return;
    } catch (caught) {
      error = caught as Error;
    }
    call.signal.throwIfAborted();
    if (error && listener.failed()) throw error;
    if (error instanceof BatonError && error.retry !== 'retryable') throw error;
    if (error !== undefined && !(error instanceof BatonError)) throw error;
    failures = listener.hadNews() ? 1 : failures + 1;
    deps.log.debug(
      { failures, code: error instanceof BatonError ? error.code : 'ended' },
      'the stream broke',
    );
    if (failures >= 2 * ATTEMPTS && error !== undefined) throw error;
    if (failures === ATTEMPTS) await call.user.renew(call.signal).catch(() => undefined);
    const waitMs = Math.min(reconnectMs * BACKOFF_GROWTH ** (failures - 1), MAX_BACKOFF_MS);
    await sleep(Math.max(waitMs, retryAfterOf(error)), undefined, { signal: call.signal });
  }
}

function retryAfterOf(error: unknown): number {
  return error instanceof BatonError ? (error.retryAfterMs ?? 0) : 0;
}
