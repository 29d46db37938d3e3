// Connects to Temporal at the start, which the SDK does not retry: says what it waits for, and gives up in the end.
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { BatonError } from '../domain/errors';
import type { WorkerSettings } from './settings';

const RETRY_MS = 1_000;
const SAY_EVERY_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 300_000;

/** A connection that has answered once. @throws BatonError `ESC_TEMPORAL_UNAVAILABLE` */
export async function connectToTemporal(settings: WorkerSettings): Promise<NativeConnection> {
  const address = settings.connection.address ?? 'localhost:7233';
  const timeoutMs = settings.connectTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  const startedAt = Date.now();
  let saidAt = 0;
  for (;;) {
    try {
      return await NativeConnection.connect(settings.connection);
    } catch (error) {
      const waitedMs = Date.now() - startedAt;
      if (settings.stop.aborted || waitedMs >= timeoutMs) throw unreachable(address, waitedMs, error);
      if (Date.now() - saidAt >= SAY_EVERY_MS) {
        saidAt = Date.now();
        settings.log.warn(
          { event: 'worker.waiting', address, waitedS: Math.round(waitedMs / 1000) },
          'waiting for Temporal',
        );
      }
      await sleep(RETRY_MS);
    }
  }
}

function unreachable(address: string, waitedMs: number, cause: unknown): BatonError {
  const detail = `no answer from ${address} for ${Math.round(waitedMs / 1000)} s`;
  return new BatonError('ESC_TEMPORAL_UNAVAILABLE', detail, { cause });
}
