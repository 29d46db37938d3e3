// Says at the start that Temporal is not up yet, and when it is. Until then the gateway listens and answers 503.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { PlatformLog } from '../../platforms/platform';
import { temporalAnswers } from '../../temporal/faults';

const ASK_EVERY_MS = 1_000;
const SAY_EVERY_MS = 5_000;

/** Resolves when Temporal has answered for the first time, or the gateway stops. */
export async function announceTemporal(client: Client, log: PlatformLog, stop: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  let saidAt = 0;
  while (!stop.aborted && !(await temporalAnswers(client))) {
    if (Date.now() - saidAt >= SAY_EVERY_MS) {
      saidAt = Date.now();
      const waitedS = Math.round((saidAt - startedAt) / 1_000);
      log.warn({ event: 'gateway.waiting', waitedS }, 'waiting for Temporal');
    }
    await sleep(ASK_EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
  }
  if (saidAt > 0 && !stop.aborted) log.info({ event: 'gateway.temporal_answers' }, 'Temporal answers');
}
