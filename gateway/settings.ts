// What a gateway process is started with.
import type { Client } from '@temporalio/client';
import type { Configuration } from '../domain/configuration';
import type { Platform, PlatformLog } from '../platforms/platform';
import type { KeyTimes } from './access/provider-keys';
import type { ConnectionLimits } from './http/connections';

/** What the gateway's parts are made with. */
export interface GatewayDeps {
  readonly configuration: Configuration;
  readonly platforms: Readonly<Record<string, Platform>>;
  /** One client for the whole process. */
  readonly client: Client;
  readonly log: PlatformLog;
  /** Aborted: answer what waits, now. */
  readonly stop?: AbortSignal;
  /** @default CONNECTION_LIMITS */
  readonly connectionLimits?: ConnectionLimits;
  /** Of the identity providers' keys. @default KEY_TIMES */
  readonly keyTimes?: KeyTimes;
}
