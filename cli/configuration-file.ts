// Loads the configuration for a command, with what the platforms and the sandbox know about it.
import { checkScript } from '../activities/transform';
import { printFault } from '../contract/check';
import { loadConfiguration, type LoadOptions } from '../contract/load-configuration';
import type { Configuration } from '../domain/configuration';
import { PLATFORMS } from '../platforms';
import { configurationChecks } from '../platforms/configuration-checks';
import { environment } from './environment';

/** Environment, platform checks and script check for loading. */
export function loadOptions(): LoadOptions {
  return { env: environment(), platforms: configurationChecks(PLATFORMS), checkScript };
}

/** The configuration, or every fault on standard error and exit code 1. */
export function requireConfiguration(file: string): Configuration {
  const loaded = loadConfiguration(file, loadOptions());
  if (loaded.ok) return loaded.configuration;
  process.stderr.write(
    `${[...loaded.faults.map(printFault), `${file} cannot be used: see the lines above`].join('\n')}\n`,
  );
  process.exit(1);
}
