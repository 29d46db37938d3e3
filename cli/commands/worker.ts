// `baton worker`: one worker process, until it is stopped.
import type { Command } from 'commander';
import { runWorker } from '../../workers/run-worker';
import { requireConfiguration } from '../configuration-file';
import { connectTimeoutMs, deploymentVersion, temporalSettings } from '../environment';
import { fail, stopSignal } from '../failure';
import { createLog } from '../log';
import { configOption, logLevelOption, portOption } from '../options';

interface Options {
  readonly config: string;
  readonly healthPort: number;
  readonly logLevel: string;
}

/** Adds the command. */
export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('Run a worker: it carries out escalations. As many as needed.')
    .addOption(configOption())
    .addOption(portOption('--health-port <port>', 'port of /livez and /readyz', 9465, 'BATON_HEALTH_PORT'))
    .addOption(logLevelOption())
    .action(async (options: Options) => {
      const timeoutMs = connectTimeoutMs();
      const deployment = deploymentVersion();
      await runWorker({
        ...temporalSettings(),
        configuration: requireConfiguration(options.config),
        healthPort: options.healthPort,
        log: createLog('worker', options.logLevel),
        stop: stopSignal(),
        ...(timeoutMs !== undefined && { connectTimeoutMs: timeoutMs }),
        ...(deployment && { deployment }),
      }).catch(fail);
    });
}
