// Loads the configuration for a command, with what the platforms and the sandbox know about it.
import { checkScript } from '../activities/transform';
import { printFault } from '../contract/check';
import { loadConfiguration, type LoadOptions } from '../contract/load-configuration';
import type { Configuration } from '../domain/configuration';
import { PLATFORMS } from '../platforms';
import { configurationChecks } from '../platforms/configuration-checks';
import { environment } from './environment';

/** Environment and platform checks for loading. */
export function loadOptions(): LoadOptions {
  return { env: environment(), platforms: configurationChecks(PLATFORMS) };
}

/** The configuration, or every fault on standard error and exit code 1. */
export function requireConfiguration(file: string): Configuration {
  const loaded = loadConfiguration(file, loadOptions());
  const faults = loaded.ok ? scriptFaults(loaded.configuration) : loaded.faults.map(printFault);
  if (loaded.ok && faults.length === 0) return loaded.configuration;
  process.stderr.write(`${[...faults, `${file} cannot be used: see the lines above`].join('\n')}\n`);
  process.exit(1);
}

/** Syntax errors of Transform Result Scripts, a line each. */
export function scriptFaults(configuration: Configuration): string[] {
  return Object.entries(configuration.tenants).flatMap(([tenant, { integrations }]) =>
    Object.entries(integrations).flatMap(([name, { transformResultScript }]) =>
      checkScript(transformResultScript ?? '').map(
        ({ line, message }) =>
          `tenants.${tenant}.integrations.${name}.transformResultScript  line ${line}: ${message}  -> Mend the script.`,
      ),
    ),
  );
}
