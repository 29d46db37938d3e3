// Keeps every answer of an activity far below what Temporal accepts: a result over 2 MB fails the activity after
// its side effect, and a workflow input over 2 MB terminates the workflow.
import { BatonError } from '../domain/errors';

/** Largest answer of an activity as JSON, in bytes. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;
/** Largest raw answer of a platform that is kept for the result script, in bytes of JSON. */
export const MAX_RAW_BYTES = 64 * 1024;

/** The value itself. @throws BatonError `ESC_PAYLOAD_TOO_LARGE` */
export function withinLimit<T>(value: T, what: string): T {
  const bytes = jsonBytes(value);
  if (bytes > MAX_PAYLOAD_BYTES) throw new BatonError('ESC_PAYLOAD_TOO_LARGE', `${what} has ${bytes} bytes`);
  return value;
}

/** Whether a raw answer may be kept. */
export function isKeepable(raw: unknown): boolean {
  return raw !== undefined && jsonBytes(raw) <= MAX_RAW_BYTES;
}

function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? 0 : Buffer.byteLength(json);
}
