// One gateway process: listens, answers 503 while Temporal does not, and closes cleanly.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { dataConverterFor } from '../codec';
import type { Configuration } from '../domain/configuration';
import { BatonError } from '../domain/errors';
import { PLATFORMS } from '../platforms';
import type { PlatformLog } from '../platforms/platform';
import { startCodecServer } from './codec/run-codec-server';
import { announceTemporal } from './temporal/announce';
import { createGateway } from './create-gateway';

/** A caller waits for no longer than this while there is no connection; every call tries again. */
const CONNECT_TIMEOUT_MS = 3_000;

/** Settings of {@link runGateway}. */
export interface GatewaySettings {
  readonly connection: ConnectionOptions;
  readonly namespace: string;
  readonly configuration: Configuration;
  readonly port: number;
  readonly host: string;
  /** Port of the codec server; absent: none. */
  readonly codecPort?: number;
  readonly log: PlatformLog;
  /** Aborted: finish running requests and return. */
  readonly stop: AbortSignal;
  readonly onReady?: (port: number) => void;
}

/** Serves until `settings.stop` aborts. @throws BatonError `ESC_SERVER_PORT_BUSY` */
export async function runGateway(settings: GatewaySettings): Promise<void> {
  const connection = Connection.lazy({ connectTimeout: CONNECT_TIMEOUT_MS, ...settings.connection });
  const { configuration, namespace, log } = settings;
  const client = new Client({ connection, namespace, ...dataConverterFor(configuration, namespace) });
  const app = createGateway({ configuration, platforms: PLATFORMS, client, log, stop: settings.stop });
  let closeCodecServer = (): Promise<void> => Promise.resolve();
  try {
    closeCodecServer = await startCodecServer(settings);
    await app.listen({ port: settings.port, host: settings.host }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE' ? portBusy(settings.port, error) : error;
    });
    const { port } = app.server.address() as AddressInfo;
    log.info({ event: 'gateway.ready', port }, 'gateway listens');
    settings.onReady?.(port);
    const announced = announceTemporal(client, log, settings.stop);
    await aborted(settings.stop);
    // It uses the connection, which is closed below.
    await announced;
  } finally {
    await closeCodecServer();
    await app.close();
    await connection.close();
  }
  log.info({ event: 'gateway.stopped' }, 'gateway has stopped');
}

function portBusy(port: number, cause: Error): BatonError {
  const detail = `port ${port} for the gateway: choose another with --port or BATON_PORT`;
  return new BatonError('ESC_SERVER_PORT_BUSY', detail, { cause });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
