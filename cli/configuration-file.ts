// Loads the configuration for a command, with what the platforms and the sandbox know about it.
import { checkScript } from '../activities/transform';
import { printFault } from '../contract/check';
import type { TargetForm } from '../contract/check-platforms';
import { loadConfiguration, type LoadOptions } from '../contract/load-configuration';
import { assertNever } from '../domain/assert-never';
import type { BotConfiguration, Configuration, ConnectorConfiguration } from '../domain/configuration';
import { PLATFORMS } from '../platforms';
import type { OptionFault } from '../platforms/platform';
import { environment } from './environment';

/** Environment and platform checks for loading. */
export function loadOptions(): LoadOptions {
  return {
    env: environment(),
    platforms: {
      checkPlatform: (kind, platform, value) => checkPlatform(kind, platform, value),
      targetForm: (platform, kind, id) => targetForm(platform, kind, id),
    },
  };
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

function checkPlatform(
  kind: 'bot' | 'connector',
  name: string,
  value: BotConfiguration | ConnectorConfiguration,
): readonly OptionFault[] {
  const platform = Object.hasOwn(PLATFORMS, name) ? PLATFORMS[name] : undefined;
  switch (kind) {
    case 'bot':
      return platform?.botSide?.checkBot(value as BotConfiguration) ?? unknownPlatform('bots');
    case 'connector':
      return platform?.desk?.checkConnector(value as ConnectorConfiguration) ?? unknownPlatform('connectors');
    default:
      return assertNever(kind);
  }
}

function targetForm(name: string, kind: string, id: string): TargetForm {
  const platform = Object.hasOwn(PLATFORMS, name) ? PLATFORMS[name] : undefined;
  if (!platform) return 'unknown_platform';
  if (!platform.desk) return 'no_desk';
  return platform.desk.isValidTargetId(kind, id) ? 'valid' : 'invalid';
}

function unknownPlatform(kind: string): readonly OptionFault[] {
  const known = Object.values(PLATFORMS)
    .filter((platform) => (kind === 'bots' ? platform.botSide : platform.desk))
    .map((platform) => platform.name);
  return [
    { path: ['platform'], message: `no such platform for ${kind}`, remedy: `Known: ${known.join(', ')}.` },
  ];
}
