// Sends what the Temporal SDK logs through Baton's own log, so that a worker's output is one kind of line. Only the
// members that name things are kept: an SDK log may carry whole objects.
import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogEntry } from '@temporalio/worker';
import type { PlatformLog } from '../platforms/platform';

const KEPT = [
  'sdkComponent',
  'taskQueue',
  'workflowId',
  'runId',
  'workflowType',
  'activityType',
  'attempt',
  'state',
];

const MAX_CAUSE_CHARS = 500;

/** Options of {@link installRuntime}. */
export interface RuntimeOptions {
  readonly log: PlatformLog;
  /** Port of Prometheus metrics at `/metrics`; undefined: none. */
  readonly metricsPort?: number;
}

/** Once per process, before anything connects to Temporal. */
export function installRuntime({ log, metricsPort }: RuntimeOptions): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', (entry) => write(log, entry)),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metricsPort !== undefined && {
        metrics: { prometheus: { bindAddress: `0.0.0.0:${metricsPort}` } },
      }),
    },
  });
}

function write(log: PlatformLog, { level, message, meta = {} }: LogEntry): void {
  const named = Object.fromEntries(KEPT.flatMap((name) => (name in meta ? [[name, meta[name]]] : [])));
  const fields = { event: 'temporal.sdk', ...named, ...cause(meta['error']) };
  if (level === 'ERROR' || level === 'WARN') log.warn({ ...fields, sdkLevel: level }, message);
  else log.info(fields, message);
}

/** The reason of a warning; the core gives it as text, the rest of the SDK as an error. */
function cause(error: unknown): { cause?: string } {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : error;
  return typeof text === 'string' ? { cause: text.slice(0, MAX_CAUSE_CHARS) } : {};
}
