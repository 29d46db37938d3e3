// `baton codec keygen`: a key for the `encryption` section of the configuration.
import type { Command } from 'commander';
import { generateKey } from '../../codec';

/** Adds the command. */
export function addCodecCommand(program: Command): void {
  program
    .command('codec')
    .description('Work with the encryption of what Temporal keeps.')
    .command('keygen')
    .description('Print a new key: base64 of 32 random bytes, for a secret file or variable.')
    .action(() => {
      process.stdout.write(`${generateKey()}\n`);
    });
}
