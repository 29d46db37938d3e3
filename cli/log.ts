// The process log: one JSON object a line on standard error, ids only.
import { pino, destination } from 'pino';
import type { PlatformLog } from '../platforms/platform';

/** Levels of the log. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Writes to standard error, so that standard output stays for answers. */
export function createLog(component: string, level: string): PlatformLog {
  return pino(
    { base: { component }, level, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime },
    destination(2),
  );
}
