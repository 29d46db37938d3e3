// What a command loads: the file, with what the platforms and the sandbox know about it.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadOptions } from '../../cli/configuration-file';
import { childEnvironment, type StartOptions } from '../../cli/start/settings';
import { checkConfiguration } from '../../contract/check';

const DEMO = readFileSync(resolve(__dirname, '../../baton.demo.yaml'), 'utf8');
const file = join(mkdtempSync(join(tmpdir(), 'baton-config-')), 'baton.yaml');
const options = {
  ...loadOptions(),
  env: childEnvironment({}, {
    botPort: 1,
    livepersonPort: 2,
    messagingPort: 3,
    certainlyPort: 4,
    einsteinBotsPort: 5,
    omniPort: 6,
    korePort: 7,
    liveAgentPort: 8,
  } as StartOptions),
};

test('reports a script that does not compile as a fault at its line, and nothing as fine', () => {
  const setting = '        customDataFields:';
  writeFileSync(file, DEMO.replace(setting, `        transformResultScript: "var = 1"\n${setting}`));
  const line = DEMO.split('\n').indexOf(setting) + 1;

  const { exitCode, lines } = checkConfiguration(file, options);

  expect(exitCode).toBe(1);
  expect(lines[0]).toContain(`${file}:${line}:`);
  expect(lines[0]).toContain(
    'tenants.demo.integrations.to-human.transformResultScript  line 1 of the script: ',
  );
  expect(lines.at(-1)).toBe(`${file}: 1 fault`);
});

test('finds the demo’s own configuration fine', () => {
  writeFileSync(file, DEMO);

  expect(checkConfiguration(file, options).exitCode).toBe(0);
});
