// What a gateway process is started with.
import type { Client } from '@temporalio/client';
import type { Configuration } from '../domain/configuration';
import type { Platform, PlatformLog } from '../platforms/platform';

/** What the gateway's parts are made with. */
export interface GatewayDeps {
  readonly configuration: Configuration;
  readonly platforms: Readonly<Record<string, Platform>>;
  /** One client for the whole process. */
  readonly client: Client;
  readonly log: PlatformLog;
  /** Aborted: answer what waits, now. */
  readonly stop?: AbortSignal;
}
