// Names the build of a worker in the histories of what it worked on.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const LENGTH = 12;

/**
 * The first characters of the workflow bundle's SHA-256. Temporal writes it in every started and completed task, so
 * it is short: the SDK's own, the package's name and a whole hash, makes a plain success a tenth larger.
 */
export function bundleBuildId(bundlePath: string): string {
  return createHash('sha256').update(readFileSync(bundlePath)).digest('hex').slice(0, LENGTH);
}
