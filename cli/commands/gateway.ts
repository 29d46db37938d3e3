// `baton gateway`: one gateway process, until it is stopped.
import type { Command } from 'commander';
import { runGateway } from '../../gateway/run-gateway';
import { requireConfiguration } from '../configuration-file';
import { temporalSettings } from '../environment';
import { fail, stopSignal } from '../failure';
import { createLog } from '../log';
import { configOption, logLevelOption, optionalPortOption, portOption } from '../options';

interface Options {
  readonly config: string;
  readonly port: number;
  readonly codecPort?: number;
  readonly host: string;
  readonly logLevel: string;
}

/** Adds the command. */
export function addGatewayCommand(program: Command): void {
  program
    .command('gateway')
    .description('Run a gateway: bot backends and desks talk to it over HTTP.')
    .addOption(configOption())
    .addOption(portOption('--port <port>', 'port to listen on', 8080, 'BATON_PORT'))
    .addOption(
      optionalPortOption(
        '--codec-port <port>',
        'port of the codec server for the Temporal UI and CLI; without it there is none',
        'BATON_CODEC_PORT',
      ),
    )
    .option('--host <host>', 'address to listen on', '0.0.0.0')
    .addOption(logLevelOption())
    .action(async (options: Options) => {
      await runGateway({
        ...temporalSettings(),
        configuration: requireConfiguration(options.config),
        port: options.port,
        host: options.host,
        ...(options.codecPort !== undefined && { codecPort: options.codecPort }),
        log: createLog('gateway', options.logLevel),
        stop: stopSignal(),
      }).catch(fail);
      // A retry of the Temporal client that still waits would find its connection closed, and throw from its timer.
      process.exit();
    });
}
