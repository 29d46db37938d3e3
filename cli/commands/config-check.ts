// `baton config check FILE`: every fault of a configuration, with its line and what to do.
import type { Command } from 'commander';
import { checkConfiguration } from '../../contract/check';
import { loadOptions } from '../configuration-file';

/** Adds the command. */
export function addConfigCommand(program: Command): void {
  program
    .command('config')
    .description('Work with a configuration file.')
    .command('check <file>')
    .description('Report every fault of a configuration, with file, line and remedy.')
    .action((file: string) => {
      const { exitCode, lines } = checkConfiguration(file, loadOptions());
      process.stdout.write(`${lines.join('\n')}\n`);
      process.exitCode = exitCode;
    });
}
