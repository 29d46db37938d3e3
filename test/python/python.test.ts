// Where the tests' Python comes from, and what is said when there is none.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '../support/find-python';
import { describeWithPython, OBTAIN_PYTHON_MS, obtainPython } from '../support/python';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-python-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a machine without Python', () => {
  it('is told every place that was looked at, and what to do', async () => {
    const env = { PATH: folder };

    expect(findPython(env)).toMatchObject({ kind: 'absent' });
    await expect(obtainPython(env)).rejects.toThrow(/python3: is not there[\s\S]*BATON_PYTHON/);
  });

  it('is told that its Python is too old', () => {
    const old = script('old', `echo '["/usr/bin/python3", [3, 9, 2], "cpython", "linux", "x86_64"]'`);

    expect(findPython({ PATH: process.env['PATH'], BATON_PYTHON: old })).toEqual({
      kind: 'absent',
      tried: [`${old}: is 3.9.2, needed is 3.11`],
    });
  });

  it('is told when what BATON_PYTHON names does not run, and nothing else is taken instead', () => {
    const broken = script('broken', 'exit 3');

    expect(findPython({ PATH: process.env['PATH'], BATON_PYTHON: broken })).toEqual({
      kind: 'absent',
      tried: [`${broken}: does not run`],
    });
  });
});

describeWithPython('the pinned Python packages', () => {
  it(
    'are installed once and run',
    async () => {
      const [one, other] = await Promise.all([obtainPython(), obtainPython()]);
      const { stdout } = spawnSync(one.command, ['-m', 'schemathesis.cli', '--version'], {
        env: { ...process.env, ...one.env },
        encoding: 'utf8',
      });

      expect(stdout).toMatch(/version 4\./);
      expect(other).toEqual(one);
    },
    OBTAIN_PYTHON_MS,
  );
});

function script(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}
