// What `baton config check` prints.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConfiguration, printFault } from '../../contract/check';

describe('the check of a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-check-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const check = (text: string): ReturnType<typeof checkConfiguration> => {
    writeFileSync(join(folder, 'baton.yaml'), text);
    return checkConfiguration(join(folder, 'baton.yaml'), { env: { KEY: 'a key of sixteen and more' } });
  };

  it('prints each fault as file:line:column, path, message and remedy, and fails', () => {
    const { exitCode, lines } = check('version: 2\ntenants:\n  acme: {}\nother: 1\n');

    expect(exitCode).toBe(1);
    expect(lines[0]).toBe(
      `${folder}/baton.yaml:1:10  version  is not one of the values allowed  -> Use \`1\`.`,
    );
    expect(lines.at(-1)).toBe(`${folder}/baton.yaml: 6 faults`);
    expect(lines).toHaveLength(7);
  });

  it('passes a good file, with its warnings', () => {
    const { exitCode, lines } = check(`tenants:
  acme:
    apiKeys: { backend: "sha256:abababababababababababababababababababababababababababababababab" }
    bots:
      shop: { platform: x, notices: { webhook: { url: 'http://bot.example', secret: '\${env:KEY}' } } }
    connectors: {}
    integrations: {}
`);

    expect(exitCode).toBe(0);
    expect(lines[0]).toMatch(
      /baton\.yaml:5:55 {2}tenants\.acme\.bots\.shop\.notices\.webhook\.url {2}warning: .* {2}-> Use https\.$/,
    );
    expect(lines[1]).toMatch(/fine \(tenants: 1, integrations: 0/);
  });

  it('leaves out the path where a fault has none', () => {
    const fault = { file: 'f', line: 1, column: 2, path: '', message: 'is empty', remedy: 'Fill it.' };

    expect(printFault(fault)).toBe('f:1:2  is empty  -> Fill it.');
  });
});
