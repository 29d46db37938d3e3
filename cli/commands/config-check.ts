// `baton config check FILE`: every fault of a configuration, with its line and what to do.
import type { Command } from 'commander';
import { checkConfiguration } from '../../contract/check';
import { loadConfiguration } from '../../contract/load-configuration';
import { loadOptions, scriptFaults } from '../configuration-file';

/** Adds the command. */
export function addConfigCommand(program: Command): void {
  program
    .command('config')
    .description('Work with a configuration file.')
    .command('check <file>')
    .description('Report every fault of a configuration, with file, line and remedy.')
    .action((file: string) => {
      const { exitCode, lines } = checkConfiguration(file, loadOptions());
      const loaded = loadConfiguration(file, loadOptions());
      const scripts = loaded.ok ? scriptFaults(loaded.configuration) : [];
      process.stdout.write(`${[...scripts, ...lines].join('\n')}\n`);
      process.exitCode = scripts.length > 0 ? 1 : exitCode;
    });
}
