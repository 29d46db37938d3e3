// The sections `encryption` and `masking` of baton.yaml: what is refused, where, and with which words.
import { readConfiguration } from '../../contract/load-configuration';
import { aKey } from '../support/encryption';

const TOKEN = 'token-of-the-codec-server';
const env = { API_KEY: 'k'.repeat(20), ONE: aKey(1), TWO: aKey(2), SHORT: 'c2hvcnQ=', TOKEN };

function read(encryption: unknown, masking?: unknown) {
  const tenant = { apiKeys: {}, bots: {}, connectors: {}, integrations: {}, masking };
  const file = { tenants: { acme: tenant }, encryption };
  return readConfiguration(JSON.stringify(file), { file: 'baton.yaml', env });
}

function faults(encryption: unknown, masking?: unknown): string[] {
  const result = read(encryption, masking);
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path} ${message}`);
}

const KEYS = { old: '${env:ONE}', new: '${env:TWO}' };

describe('the section encryption', () => {
  it('is read with its keys as secrets', () => {
    const result = read({ activeKey: 'new', keys: KEYS });

    expect(result.ok && result.configuration.encryption?.keys['old']?.reveal()).toBe(aKey(1));
    expect(JSON.stringify(result)).not.toContain(aKey(1));
  });

  it('may be left out', () => {
    const result = read(undefined);

    expect(result.ok && result.configuration.encryption).toBeUndefined();
  });

  it.each([
    [{ activeKey: 'newer', keys: KEYS }, 'encryption.activeKey is none of the keys'],
    [{ activeKey: 'constructor', keys: KEYS }, 'encryption.activeKey is none of the keys'],
    [{ activeKey: 'a', keys: { a: '${env:SHORT}' } }, 'encryption.keys.a is not the base64 of 32 bytes'],
    [{ activeKey: 'a', keys: { a: aKey(1) } }, 'encryption.keys.a is a secret written in the file'],
    [
      { activeKey: 'a', keys: { a: '${env:NONE}' } },
      'encryption.keys.a environment variable NONE is not set',
    ],
    [
      {
        activeKey: 'new',
        keys: KEYS,
        codecServer: { token: '${env:TOKEN}', uiOrigin: 'https://ui.example/' },
      },
      'encryption.codecServer.uiOrigin is not an origin',
    ],
    [
      { activeKey: 'new', keys: KEYS, codecServer: { token: '${env:TOKEN}', uiOrigin: '*' } },
      'encryption.codecServer.uiOrigin is not an origin',
    ],
    [
      {
        activeKey: 'new',
        keys: KEYS,
        codecServer: { token: '${env:SHORT}', uiOrigin: 'http://localhost:8233' },
      },
      'encryption.codecServer.token leads to fewer than 16 characters',
    ],
  ])('refuses %j', (encryption, fault) => {
    expect(faults(encryption)).toContain(fault);
  });

  it('refuses an id that could not stand beside what its key encrypts', () => {
    expect(faults({ activeKey: 'a b', keys: { 'a b': '${env:ONE}' } }).join()).toContain(
      'is not an id of a key',
    );
  });
});

describe('the section masking', () => {
  it.each([
    [{ pattern: '(?=x)x' }, 'is not a regular expression of RE2'],
    [{ pattern: '(a)\\1' }, 'is not a regular expression of RE2'],
    [{ pattern: '(' }, 'is not a regular expression of RE2'],
    [{ pattern: 'x*' }, 'finds nothing everywhere'],
    [{ pattern: '[a-z]{900}' }, 'is too large'],
    [{ pattern: 'x', name: '[x]' }, 'is not a name of a pattern'],
  ])('refuses the pattern %j', (pattern, message) => {
    expect(faults(undefined, { patterns: [{ name: 'own', ...pattern }] }).join()).toContain(message);
  });

  it('runs patterns in linear time that would hang another engine', () => {
    const result = read(undefined, { patterns: [{ name: 'x', pattern: '(x+x+)+y' }] });
    const replace = result.ok && result.configuration.tenants['acme']?.masking?.patterns[0]?.replaceAll;

    expect(replace && replace(`${'x'.repeat(60_000)}!`, '[x]')).toHaveLength(60_001);
  });

  it('leaves the places alone where a pattern finds nothing', () => {
    const result = read(undefined, { patterns: [{ name: 'x', pattern: '\\b' }] });
    const replace = result.ok && result.configuration.tenants['acme']?.masking?.patterns[0]?.replaceAll;

    expect(replace && replace('two words', '[x]')).toBe('two words');
  });
});
