// What dealing with escalations in Temporal takes, in the gateway as in an activity.
import type { Client } from '@temporalio/client';
import type { Configuration } from '../domain/configuration';
import type { Platform } from '../platforms/platform';

/** See the file's comment. */
export interface TemporalDeps {
  readonly configuration: Configuration;
  readonly platforms: Readonly<Record<string, Platform>>;
  /** One client for the whole process. */
  readonly client: Client;
}
