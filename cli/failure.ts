// How a command ends that could not do its work: what happened, what to do, no stack trace, a non-zero code.
import { BatonError, ERRORS } from '../domain/errors';

/** Ends the process with a message on standard error. */
export function fail(error: unknown): never {
  process.stderr.write(`${describe(error)}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  if (error instanceof BatonError)
    return `${error.code}: ${error.message}\n  -> ${ERRORS[error.code].remedy}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/**
 * Aborts on the first Ctrl-C or SIGTERM; a second one ends the process at once. A child of `baton start` also stops
 * when its parent is gone, however that went.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.once('disconnect', stop);
  process.channel?.unref();
  return controller.signal;
}
