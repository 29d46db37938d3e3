// Lets one caller give up on work that others share.
import { BatonError } from '../domain/errors';

/**
 * The promise's outcome, or `ESC_PLATFORM_TIMEOUT` with `detail` when the signal aborts; the work itself goes on.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal, detail: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void =>
      reject(new BatonError('ESC_PLATFORM_TIMEOUT', detail, { cause: signal.reason }));
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}
