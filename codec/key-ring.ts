// The keys that payloads are encrypted with: one is active and encrypts, all of them decrypt. That is what makes a
// rotation possible while escalations run (docs/encryption.md).
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { EncryptionConfiguration } from '../domain/configuration';
import { BatonError } from '../domain/errors';
import { ENCRYPTION_KEY_BYTES, isEncryptionKey } from '../domain/encryption-key';

/** A key and the id that stands beside what it encrypted. */
export interface RingKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** All keys of a process. */
export interface KeyRing {
  readonly active: RingKey;
  /** @throws BatonError `ESC_CODEC_KEY_UNKNOWN` */
  find(id: string): RingKey;
}

/** The ring of a configuration, whose keys have been checked when it was read. */
export function createKeyRing({ activeKey, keys }: EncryptionConfiguration): KeyRing {
  const ring = new Map(
    Object.entries(keys).map(([id, secret]): [string, RingKey] => [
      id,
      { id, key: keyOf(id, secret.reveal()) },
    ]),
  );
  const find = (id: string): RingKey => {
    const found = ring.get(id);
    if (!found) throw new BatonError('ESC_CODEC_KEY_UNKNOWN', `key ${printable(id)}`);
    return found;
  };
  return { active: find(activeKey), find };
}

/** A new key, as the configuration's references lead to it: base64 of 32 random bytes. */
export function generateKey(): string {
  return randomBytes(ENCRYPTION_KEY_BYTES).toString('base64');
}

function keyOf(id: string, text: string): KeyObject {
  // A shorter key would be taken for another cipher's, or padded by nobody: refuse it here as well.
  if (!isEncryptionKey(text))
    throw new BatonError('ESC_CODEC_KEY_UNKNOWN', `what is named ${id} is not a key`);
  return createSecretKey(text, 'base64');
}

/** The id comes from a payload: only what could be one may stand in a log. */
function printable(id: string): string {
  return /^[\w.-]{1,63}$/.test(id) ? id : '(not a key id)';
}
