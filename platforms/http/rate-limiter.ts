// Keeps the calls to one account under its rate: a token bucket with a fair queue, for one worker process.
import { BatonError } from '../../domain/errors';

/** A connector's `rateLimit`. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** One bucket per connector. */
export interface RateLimiter {
  /**
   * Resolves when a call may be made, in order of asking.
   *
   * Give it a signal with a deadline: a call that waited past the end of its rung must not be sent.
   *
   * @throws BatonError when the signal aborts first: `ESC_PLATFORM_RATE_LIMITED` with what is left to wait while
   * held back, else `ESC_PLATFORM_TIMEOUT`. The call was never sent.
   */
  acquire(signal: AbortSignal): Promise<void>;
  /** Lets nobody through for so long: for a Retry-After, which speaks for the whole account. */
  holdBack(ms: number): void;
}

/** Without a limit only {@link RateLimiter.holdBack} makes callers wait. */
export function createRateLimiter(limit?: RateLimit): RateLimiter {
  const perMs = (limit?.perSecond ?? Infinity) / 1000;
  const burst = Math.max(1, limit?.burst ?? Infinity);
  const waiting: (() => void)[] = [];
  let tokens = burst;
  let filledAt = Date.now();
  let heldUntil = 0;
  let timer: NodeJS.Timeout | undefined;

  function waitMs(now: number): number {
    if (limit) tokens = Math.min(burst, tokens + Math.max(0, now - filledAt) * perMs);
    filledAt = now;
    const refillMs = tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perMs);
    return Math.max(refillMs, heldUntil - now);
  }

  function drain(): void {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) {
      const ms = waitMs(Date.now());
      if (ms > 0) {
        timer = setTimeout(drain, ms);
        return;
      }
      tokens -= 1;
      waiting.shift()?.();
    }
  }

  return {
    acquire(signal) {
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.splice(waiting.indexOf(pass), 1);
          reject(gaveUp(signal, heldUntil - Date.now()));
          drain();
        };
        const pass = (): void => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        if (signal.aborted) return reject(gaveUp(signal, heldUntil - Date.now()));
        signal.addEventListener('abort', leave, { once: true });
        waiting.push(pass);
        if (waiting.length === 1) drain();
      });
    },
    holdBack(ms) {
      heldUntil = Math.max(heldUntil, Date.now() + ms);
    },
  };
}

function gaveUp({ reason: cause }: AbortSignal, heldMs: number): BatonError {
  if (heldMs <= 0)
    return new BatonError('ESC_PLATFORM_TIMEOUT', 'the call waited for its turn until its deadline', {
      cause,
    });
  return new BatonError('ESC_PLATFORM_RATE_LIMITED', 'the account is held back by an earlier answer', {
    cause,
    retryAfterMs: heldMs,
  });
}
