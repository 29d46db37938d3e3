// What the stages of a platform's two halves have in common in the matrix: the system, and a vendor that is both.
import { startEinsteinOrg, type EinsteinOrg } from './einstein-org';
import type { System } from './system';

/** See the file's comment. */
export interface Shared {
  readonly system: System;
  /** Started when first asked for. */
  einsteinOrg(): Promise<EinsteinOrg>;
  close(): Promise<void>;
}

/** Nothing is started. */
export function shareOn(system: System): Shared {
  let org: Promise<EinsteinOrg> | undefined;
  return {
    system,
    einsteinOrg: () => (org ??= startEinsteinOrg()),
    async close() {
      await (await org)?.close();
    },
  };
}
