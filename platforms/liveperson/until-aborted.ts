// Lets one caller give up on work that others share.
import { BatonError } from '../../domain/errors';
import { untilAborted as untilAbortedOr } from '../until-aborted';

const DETAIL = 'LivePerson could not be asked within the time of the call';

/** The promise's outcome, or a rejection when the signal aborts; the work itself goes on. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return untilAbortedOr(work, signal, DETAIL);
}

/** The error of a call whose caller stopped waiting before anything was sent. */
export function gaveUp(signal: AbortSignal): BatonError {
  return new BatonError('ESC_PLATFORM_TIMEOUT', DETAIL, { cause: signal.reason });
}
