// `baton keys`: what it prints opens the gateway, and only the hash is kept.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Command, type CommanderError } from 'commander';
import { parse } from 'yaml';
import { addKeysCommand } from '../../cli/commands/keys';
import { findKey } from '../../gateway/access/api-keys';

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly refusal?: string;
}

/** Runs `baton keys …` with a text on standard input. */
async function keys(args: readonly string[], input = ''): Promise<Printed> {
  const printed = { stdout: '', stderr: '' };
  const to = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (printed[name] += text) });
  const program = new Command('baton').exitOverride();
  addKeysCommand(program, { stdin: Readable.from([input]), stdout: to('stdout'), stderr: to('stderr') });
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    command.commands.forEach(quiet);
  };
  quiet(program);
  const refusal = await program.parseAsync(['keys', ...args], { from: 'user' }).then(
    () => undefined,
    (error: CommanderError) => error.message,
  );
  return { ...printed, ...(refusal !== undefined && { refusal }) };
}

const lineIn = (text: string): string => /^\S+: sha256:.*$/m.exec(text)?.[0] ?? 'no line';

describe('baton keys create', () => {
  it('prints nothing but the key on standard output, so that it can be piped', async () => {
    const { stdout } = await keys(['create']);

    expect(stdout).toMatch(/^baton_[A-Za-z0-9_-]{43}\n$/);
  });

  it('prints the line of the configuration by which the gateway finds the key', async () => {
    const { stdout, stderr } = await keys(['create', '--name', 'backend-2']);
    const [[name, hash] = []] = Object.entries(parse(lineIn(stderr)) as Record<string, string>);

    expect(name).toBe('backend-2');
    const known = { name: 'backend-2', sha256: String(hash).replace('sha256:', ''), owner: 'acme' };
    expect(findKey([known], stdout.trim())).toBe(known);
    expect(findKey([known], `${stdout.trim()}x`)).toBeUndefined();
  });

  it('shows the key nowhere else', async () => {
    const { stdout, stderr } = await keys(['create']);

    expect(stderr).not.toContain(stdout.trim());
    expect(stderr).not.toContain(stdout.trim().slice(6));
  });

  it('makes another key each time, named by the day', async () => {
    const [one, two] = await Promise.all([keys(['create']), keys(['create'])]);

    expect(one.stdout).not.toBe(two.stdout);
    expect(lineIn(one.stderr)).toMatch(/^key-\d{4}-\d\d-\d\d: sha256:/);
  });

  it.each(['two words', 'a/b', '', 'x'.repeat(64)])('refuses the name "%s"', async (name) => {
    const { refusal, stdout } = await keys(['create', '--name', name]);

    expect(refusal).toContain('63 at most');
    expect(stdout).toBe('');
  });
});

describe('baton keys hash', () => {
  const key = 'a-key-from-a-vault-0123456789-abcdef';
  const line = `vault: sha256:${createHash('sha256').update(key).digest('hex')}\n`;

  it.each([
    ['as it is', key],
    ['with the line end of an editor', `${key}\n`],
    ['with the line end of another editor', `${key}\r\n`],
  ])('prints the line of a key that comes %s', async (_what, input) => {
    expect(await keys(['hash', '--name', 'vault'], input)).toEqual({ stdout: line, stderr: '' });
  });

  it('agrees with baton keys create', async () => {
    const { stdout, stderr } = await keys(['create', '--name', 'n']);

    expect((await keys(['hash', '--name', 'n'], stdout)).stdout.trim()).toBe(lineIn(stderr));
  });

  it.each([
    ['nothing', ''],
    ['one that can be guessed', 'hunter2'],
    ['one with a space', `${key} ${key}`],
    ['two lines', `${key}\n${key}\n`],
  ])('refuses %s without repeating it', async (_what, input) => {
    const { refusal, stdout } = await keys(['hash'], input);

    expect(refusal).toContain('32 to 200');
    expect(refusal).not.toContain(input || 'something');
    expect(stdout).toBe('');
  });
});
