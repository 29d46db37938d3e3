// The one place of the command line that reads the environment.
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';

/** Longest wait for the first connection, in seconds, before a process gives up. */
const CONNECT_TIMEOUT_VARIABLE = 'BATON_CONNECT_TIMEOUT_S';

/** How to reach Temporal: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`, or a profile. */
export interface TemporalSettings {
  readonly connection: NativeConnectionOptions;
  readonly namespace: string;
}

/** Reads how to reach Temporal. */
export function temporalSettings(): TemporalSettings {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return { connection: connectionOptions, namespace: namespace ?? 'default' };
}

/** Milliseconds to wait for Temporal at the start; undefined: the default. */
export function connectTimeoutMs(): number | undefined {
  const seconds = Number(process.env[CONNECT_TIMEOUT_VARIABLE]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}

/** The worker deployment version, if one is set. */
export function deploymentVersion(): { name: string; buildId: string } | undefined {
  const name = process.env['BATON_DEPLOYMENT_NAME'];
  const buildId = process.env['BATON_BUILD_ID'];
  return name && buildId ? { name, buildId } : undefined;
}

/** The environment itself, for `${env:NAME}` references and child processes. */
export function environment(): NodeJS.ProcessEnv {
  return process.env;
}
