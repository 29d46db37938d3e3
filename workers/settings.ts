// What a worker process is started with.
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { Configuration } from '../domain/configuration';
import type { PlatformLog } from '../platforms/platform';

/** Settings of {@link runWorker}. */
export interface WorkerSettings {
  /** How to reach Temporal; `address` is named in messages. */
  readonly connection: NativeConnectionOptions;
  readonly namespace: string;
  readonly configuration: Configuration;
  /** Port of `/livez` and `/readyz`; undefined: none. */
  readonly healthPort?: number;
  readonly healthHost?: string;
  /** Give up when Temporal cannot be reached for this long at the start. @default 300000 */
  readonly connectTimeoutMs?: number;
  /** Worker Deployment Versioning: escalations stay on the build they began with. Absent: unversioned. */
  readonly deployment?: { readonly name: string; readonly buildId: string };
  readonly log: PlatformLog;
  /** Aborted: stop polling, finish what runs, return. */
  readonly stop: AbortSignal;
  /** Called once the worker polls. */
  readonly onReady?: () => void;
}
