// `baton worker`: one worker process, until it is stopped.
import type { Command } from 'commander';
import { installRuntime } from '../../workers/runtime-log';
import { runWorker } from '../../workers/run-worker';
import { requireConfiguration } from '../configuration-file';
import { connectTimeoutMs, deploymentVersion, temporalSettings } from '../environment';
import { fail, stopSignal } from '../failure';
import { createLog } from '../log';
import { configOption, logLevelOption, optionalPortOption, portOption } from '../options';

interface Options {
  readonly config: string;
  readonly healthPort: number;
  readonly metricsPort?: number;
  readonly logLevel: string;
}

/** Adds the command. */
export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('Run a worker: it carries out escalations. As many as needed.')
    .addOption(configOption())
    .addOption(portOption('--health-port <port>', 'port of /livez and /readyz', 9465, 'BATON_HEALTH_PORT'))
    .addOption(
      optionalPortOption(
        '--metrics-port <port>',
        'port of Prometheus metrics; off by default',
        'BATON_METRICS_PORT',
      ),
    )
    .addOption(logLevelOption())
    .action(async (options: Options) => {
      const timeoutMs = connectTimeoutMs();
      const deployment = deploymentVersion();
      const log = createLog('worker', options.logLevel);
      const configuration = requireConfiguration(options.config);
      installRuntime({
        log,
        ...(options.metricsPort !== undefined && { metricsPort: options.metricsPort }),
      });
      await runWorker({
        ...temporalSettings(),
        configuration,
        healthPort: options.healthPort,
        log,
        stop: stopSignal(),
        ...(timeoutMs !== undefined && { connectTimeoutMs: timeoutMs }),
        ...(deployment && { deployment }),
      }).catch(fail);
    });
}
