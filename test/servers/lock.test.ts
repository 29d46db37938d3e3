import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../servers/lock';

describe('the lock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-lock-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };

    await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'lock'), () => undefined, work)));

    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes over the lock of a process that has died', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(join(folder, 'lock'), `${dead} token`);

    const result = await withLock(
      join(folder, 'lock'),
      () => undefined,
      () => Promise.resolve('worked'),
    );

    expect(result).toBe('worked');
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  it('names the process it waits for', async () => {
    const lines: string[] = [];
    let release = (): void => undefined;
    const first = withLock(
      join(folder, 'lock'),
      () => undefined,
      () => new Promise<void>((resolve) => (release = resolve)),
    );
    while (!existsSync(join(folder, 'lock'))) await new Promise((resolve) => setImmediate(resolve));

    const second = withLock(
      join(folder, 'lock'),
      (line) => {
        lines.push(line);
        release();
      },
      () => Promise.resolve(),
    );
    await Promise.all([first, second]);

    expect(lines).toEqual([`waiting for process ${process.pid}, which is obtaining the same server …`]);
  });

  it('is free again after work that failed', async () => {
    await expect(
      withLock(
        join(folder, 'lock'),
        () => undefined,
        () => Promise.reject(new Error('failed')),
      ),
    ).rejects.toThrow('failed');

    expect(readdirSync(folder)).toEqual([]);
  });
});
