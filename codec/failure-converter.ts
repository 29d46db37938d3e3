// Moves message and stack trace of a failure into a payload, which the codec then encrypts. The SDK loads this file by
// its path, in the worker and inside the workflow bundle: it must import nothing but @temporalio/common.
import { DefaultFailureConverter } from '@temporalio/common';

/** The SDK looks for this name. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
