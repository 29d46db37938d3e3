import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { obtainDevelopmentServer, tooOld } from '../../servers/development-server';
import { fakeMachine, type FakeMachine } from './fake-tools';

const CACHED = 'temporal-cli-1.5.1-sqlite-1.44.3';
const CACHED_EARLIER = 'temporal-cli-1.5.1';
const NEW_ENOUGH = 'echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"';
// Writes its own kind of server to where Go would, and what it was to build to where the test finds it.
const GO = `read_all() { while read -r line; do echo "$line"; done; }
read_all < go.mod >> "$HOME/go-mods"
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\n' > "$2"; /bin/chmod +x "$2"`;

describe('obtaining the development server', () => {
  let machine: FakeMachine;
  let lines: string[];
  const obtain = (): Promise<{ path: string }> =>
    obtainDevelopmentServer({ log: (line) => lines.push(line), env: machine.env });

  beforeEach(() => {
    machine = fakeMachine();
    lines = [];
  });
  afterEach(() => {
    machine.remove();
  });

  it('takes the executable that the environment names before any other', async () => {
    machine.tool('temporal', NEW_ENOUGH);
    machine.env['BATON_DEVELOPMENT_SERVER'] = machine.tool('my-temporal', NEW_ENOUGH);

    expect(await obtain()).toEqual({ type: 'existing-path', path: machine.env['BATON_DEVELOPMENT_SERVER'] });
  });

  it('says so when the environment names a file that cannot be run', async () => {
    machine.env['BATON_DEVELOPMENT_SERVER'] = '/nowhere/temporal';
    machine.tool('temporal', NEW_ENOUGH);

    await expect(obtain()).rejects.toThrow(
      'BATON_DEVELOPMENT_SERVER is /nowhere/temporal, which is not an executable file',
    );
  });

  it('prefers the one on the PATH to the one in the cache', async () => {
    machine.cached(CACHED);
    const path = machine.tool('temporal', NEW_ENOUGH);

    expect((await obtain()).path).toBe(path);
  });

  it('passes over one on the PATH that is too old, and says why', async () => {
    const path = machine.tool('temporal', 'echo "temporal version 1.2.0 (Server 1.26.2, UI 2.34.0)"');
    const cached = machine.cached(CACHED);

    expect((await obtain()).path).toBe(cached);
    expect(lines).toEqual([
      `not using ${path}: version 1.3 or newer is needed, this is "temporal version 1.2.0 (Server 1.26.2, UI 2.34.0)"`,
    ]);
  });

  it('passes over one on the PATH that does not run', async () => {
    machine.tool('temporal', 'exit 3');
    const cached = machine.cached(CACHED);

    expect((await obtain()).path).toBe(cached);
    expect(lines.join()).toContain('exit code 3');
  });

  it('builds it with Go into the cache when nothing else is left, and only once for two who ask', async () => {
    machine.tool('go', GO);

    const [first, second] = await Promise.all([obtain(), obtain()]);

    expect(first.path).toBe(join(machine.cache, CACHED));
    expect(second).toEqual(first);
    const modules = readFileSync(join(machine.home, 'go-mods'), 'utf8');
    expect(modules.match(/^module /gm)).toHaveLength(1);
    expect(modules).toContain('github.com/temporalio/cli v1.5.1');
    expect(modules).toContain('modernc.org/sqlite v1.44.3');
    expect(readdirSync(machine.cache)).toEqual([CACHED]);
    expect(lines.filter((line) => line.startsWith('waiting for process'))).toHaveLength(1);
  });

  it('makes do with what an earlier release built, where nothing else can be had', async () => {
    const path = machine.cached(CACHED_EARLIER);
    machine.tool('go', 'exit 1');

    expect((await obtain()).path).toBe(path);
    expect(lines.join()).toContain('the build did not work');
  });

  it('lists all that was tried and what to do when every way fails, and leaves nothing half done', async () => {
    machine.tool('go', 'echo "no space left on device"; exit 1');

    const error = await obtain().then(
      () => undefined,
      (caught: unknown) => caught,
    );

    expect(error).toMatchObject({ code: 'ESC_SERVER_NOT_OBTAINED' });
    const { message } = error as Error;
    for (const part of [
      'environment variable BATON_DEVELOPMENT_SERVER: not set',
      '"temporal" on the PATH: not there',
      `cache ${machine.cache}: no ${CACHED} there`,
      'download by the Temporal SDK: no network',
      'build with Go: exit code 1: no space left on device',
      `what an earlier Baton built: no ${CACHED_EARLIER} there`,
      'What to do: install the Temporal CLI 1.3 or newer',
    ]) {
      expect(message).toContain(part);
    }
    expect(existsSync(machine.cache) ? readdirSync(machine.cache) : []).toEqual([]);
  });
});

describe('the version line of the temporal command', () => {
  it.each([
    'temporal version 1.3.0 (Server 1.27.1, UI 2.36.0)',
    'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)',
    'temporal version 2.0.0 (Server 2.0.0, UI 3.0.0)',
    'temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)',
  ])('accepts %s', (line) => {
    expect(tooOld(line)).toBeUndefined();
  });

  it.each([
    'temporal version 1.2.9 (Server 1.26.2, UI 2.34.0)',
    'temporal version 0.13.2 (Server 1.24.2, UI 2.28.0)',
    'temporal version 0.0.0-DEV (Server 1.25.0, UI 2.30.0)',
    'something else',
  ])('refuses %s', (line) => {
    expect(tooOld(line)).toContain('version 1.3 or newer is needed');
  });
});
