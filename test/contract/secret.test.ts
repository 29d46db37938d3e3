// A secret shows itself to reveal() alone.
import { format, inspect } from 'node:util';
import { parseReference, SecretText } from '../../contract/secret';
import { CANARY } from '../support/tenant-builders';

describe('a secret', () => {
  const secret = new SecretText(CANARY);

  it('gives its value where it is used', () => {
    expect(secret.reveal()).toBe(CANARY);
  });

  it.each<[string, (value: unknown) => string]>([
    ['JSON.stringify', (value) => JSON.stringify({ value })],
    ['a template string', (value) => `${String(value)}`],
    ['concatenation', (value) => (value as string) + ''],
    ['util.inspect', (value) => inspect({ value }, { showHidden: true, depth: 9 })],
    ['util.format', (value) => format('%s %o %j', value, value, value)],
    ['an error text', (value) => new Error(String(value)).message],
  ])('prints as [secret] in %s', (_, print) => {
    const printed = print(secret);

    expect(printed).toContain('[secret]');
    expect(printed).not.toContain(CANARY);
  });

  it('is not among the values of its object', () => {
    expect(Object.values(secret)).toEqual([]);
    expect(Reflect.ownKeys(secret)).toEqual([]);
  });
});

describe('a reference', () => {
  it('is a whole value', () => {
    expect(parseReference('${env:API_KEY}')).toEqual({ kind: 'env', name: 'API_KEY' });
    expect(parseReference('${file:/run/secrets/key}')).toEqual({ kind: 'file', name: '/run/secrets/key' });
  });

  it.each([
    'x${env:A}',
    '${env:A} ',
    '${env:A}${env:B}',
    '${ENV:A}',
    '${env:}',
    '${env:1A}',
    '${vault:a}',
    '$env:A',
    '${env:A-B}',
  ])('is not %j', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});
