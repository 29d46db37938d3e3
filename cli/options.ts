// Options that several commands share, each with its environment variable.
import { InvalidArgumentError, Option } from 'commander';
import { LOG_LEVELS } from './log';

/** `--config FILE`. */
export function configOption(): Option {
  return new Option('--config <file>', 'the configuration').env('BATON_CONFIG').default('baton.yaml');
}

/** `--log-level LEVEL`. */
export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'least severe lines to write')
    .env('BATON_LOG_LEVEL')
    .choices(LOG_LEVELS)
    .default('info');
}

/** A TCP port; 0 picks a free one. */
export function portOption(flags: string, description: string, port: number, variable?: string): Option {
  const option = new Option(flags, description).argParser(parsePort).default(port);
  return variable === undefined ? option : option.env(variable);
}

/** A TCP port that is used only if it is named. */
export function optionalPortOption(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).argParser(parsePort).env(variable);
}

function parsePort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Expected 0 to 65535.');
  return port;
}
