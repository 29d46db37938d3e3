// Encryption configurations of tests, with keys that are nobody's.
import { SecretText } from '../../contract/secret';
import type { EncryptionConfiguration } from '../../domain/configuration';

/** A key that is the same in every run. */
export function aKey(seed: number): string {
  return Buffer.alloc(32, seed).toString('base64');
}

/** Keys by id, the first of them active. */
export function anEncryption(
  keys: Readonly<Record<string, string>>,
  overrides: Partial<EncryptionConfiguration> = {},
): EncryptionConfiguration {
  return {
    activeKey: Object.keys(keys)[0] ?? '',
    keys: Object.fromEntries(Object.entries(keys).map(([id, key]) => [id, new SecretText(key)])),
    ...overrides,
  };
}
