import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { obtainTimeSkippingServer } from '../../servers/time-skipping-server';
import { fakeMachine, type FakeMachine } from './fake-tools';

const NATIVE = 'temporal-test-server-native-1.38.0';
const LAUNCHER = 'temporal-test-server-java-1.38.0/temporal-test-server';
// Puts a jar where Maven was told to.
const MAVEN = `for a in "$@"; do case "$a" in -DoutputDirectory=*) /bin/mkdir -p "\${a#*=}"; : > "\${a#*=}/temporal-test-server-1.38.0.jar";; esac; done`;

describe('obtaining the time-skipping server', () => {
  let machine: FakeMachine;
  const obtain = (): Promise<{ path: string }> =>
    obtainTimeSkippingServer({ log: () => undefined, env: machine.env });

  beforeEach(() => {
    machine = fakeMachine();
  });
  afterEach(() => {
    machine.remove();
  });

  it('takes the executable that the environment names before that of the cache', async () => {
    machine.cached(NATIVE);
    machine.env['BATON_TIME_SKIPPING_SERVER'] = machine.tool('my-server', 'exit 0');

    expect((await obtain()).path).toBe(machine.env['BATON_TIME_SKIPPING_SERVER']);
  });

  it('prefers the downloaded one in the cache to the one that needs Java', async () => {
    machine.tool('java', 'exit 0');
    machine.cached(LAUNCHER);
    const native = machine.cached(NATIVE);

    expect((await obtain()).path).toBe(native);
  });

  it('fetches it with Maven behind a launcher that runs Java with the arguments it gets', async () => {
    machine.tool('java', 'echo java "$@"');
    machine.tool('mvn', MAVEN);

    const { path } = await obtain();

    expect(path).toBe(join(machine.cache, LAUNCHER));
    expect(readdirSync(machine.cache)).toEqual(['temporal-test-server-java-1.38.0']);
    const { stdout } = spawnSync(path, ['12345'], {
      env: { PATH: `${machine.env['PATH']}:/usr/bin:/bin` },
      encoding: 'utf8',
    });
    expect(stdout).toContain(`-cp ${join(machine.cache, 'temporal-test-server-java-1.38.0')}/lib/*`);
    expect(stdout).toContain('io.temporal.testserver.TestServer 12345');
  });

  it('says that Java is missing when the cached one needs it', async () => {
    machine.cached(LAUNCHER);
    machine.tool('mvn', MAVEN);

    await expect(obtain()).rejects.toThrow(
      /is there, but "java" is not on the PATH[^]*Maven artifact run with Java: "java" is not/,
    );
  });

  it('does not keep what Maven left unfinished', async () => {
    machine.tool('java', 'exit 0');
    machine.tool('mvn', 'exit 0');

    await expect(obtain()).rejects.toMatchObject({ code: 'ESC_SERVER_NOT_OBTAINED' });
    expect(readdirSync(machine.cache)).toEqual([]);
  });
});
