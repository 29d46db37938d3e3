// `baton keys create` and `baton keys hash`: keys of the gateway. The key is shown once and kept nowhere; the
// configuration has its hash.
import { createHash, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { hashText } from '../../contract/gateway';
import { NAME_RULES } from '../../contract/names';

/** A key is this and the base64url of {@link KEY_BYTES} random bytes: scanners for lost secrets find it by that. */
const KEY_PREFIX = 'baton_';
const KEY_BYTES = 32;
/** What a header can carry, and long enough that nobody guesses it. */
const USABLE_KEY = /^[\x21-\x7e]{32,200}$/;

/** Where a command reads and writes. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Adds the commands. */
export function addKeysCommand(program: Command, streams: Streams = process): void {
  const keys = program.command('keys').description('Make keys of the gateway.');
  keys
    .command('create')
    .description('Print a new key on standard output, and what to do with it on standard error.')
    .addOption(nameOption())
    .action(({ name }: { name: string }) => create(name, streams));
  const hash = keys
    .command('hash')
    .description('Read a key from standard input and print its line of the configuration.')
    .addOption(nameOption())
    .action(async ({ name }: { name: string }) => {
      const key = (await text(streams.stdin)).replace(/\r?\n$/, '');
      if (!USABLE_KEY.test(key))
        hash.error('error: a key is one line of 32 to 200 visible ASCII characters, without spaces');
      streams.stdout.write(`${lineOf(name, key)}\n`);
    });
}

function create(name: string, { stdout, stderr }: Streams): void {
  const key = `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`;
  stderr.write(`The key, which is shown only now:\n`);
  stdout.write(`${key}\n`);
  stderr.write(
    `\nIts line of the configuration, under \`apiKeys\` of a tenant or \`operatorKeys\` of the gateway:\n${lineOf(name, key)}\n` +
      `\nCallers send it as \`Authorization: Bearer <key>\`. Gateways know it once they have been restarted with the line.\n`,
  );
}

function lineOf(name: string, key: string): string {
  return `${name}: ${hashText(createHash('sha256').update(key).digest('hex'))}`;
}

function nameOption(): Option {
  return new Option('--name <name>', 'name of the key, for logs and for finding it again')
    .default(`key-${new Date().toISOString().slice(0, 10)}`, "today's date")
    .argParser((name) => {
      const { is, remedy } = NAME_RULES.apiKeys;
      if (!is.test(name)) throw new InvalidArgumentError(remedy);
      return name;
    });
}
