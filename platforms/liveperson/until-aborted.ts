// Lets one caller give up on work that others share.
import { BatonError } from '../../domain/errors';

/** The promise's outcome, or a rejection when the signal aborts; the work itself goes on. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(gaveUp(signal));
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

/** The error of a call whose caller stopped waiting before anything was sent. */
export function gaveUp(signal: AbortSignal): BatonError {
  return new BatonError('ESC_PLATFORM_TIMEOUT', 'LivePerson could not be asked within the time of the call', {
    cause: signal.reason,
  });
}
