// Secrets that have to travel in a workflow's state, such as the token of a chat: encrypted (AES-256-GCM), and bound to
// what they belong to, so that they cannot be moved elsewhere.
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isEncryptionKey } from '../domain/encryption-key';
import { BatonError } from '../domain/errors';

const CIPHER = 'aes-256-gcm';
/** 96 bits, as NIST SP 800-38D wants it; random, which is safe for 2^32 secrets of one key. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 's1';
const KEY_ID = /^[\w-]{1,63}$/;

/** Seals and opens with the same keys on every worker. */
export interface Sealer {
  /** `owner` names whose it is, e.g. the transfer's id: it has to be given again to open it. */
  seal(plain: string, owner: string): string;
  /** @throws BatonError `ESC_SESSION_KEY_UNKNOWN`, `ESC_SESSION_UNREADABLE` */
  unseal(sealed: string, owner: string): string;
}

/**
 * Reads `sealingKeys` of a connector's credentials: `id:key`, several with commas during a rotation, each key base64
 * of 32 bytes. The first seals, all of them open. Undefined: it is not of this form.
 */
export function readSealer(text: string): Sealer | undefined {
  const keys = new Map<string, KeyObject>();
  for (const entry of text.split(',')) {
    const [, id = '', key = ''] = /^([^:]*):(.*)$/.exec(entry.trim()) ?? [];
    if (!KEY_ID.test(id) || !isEncryptionKey(key) || keys.has(id)) return undefined;
    keys.set(id, createSecretKey(key, 'base64'));
  }
  const [active] = keys.keys();
  return active === undefined ? undefined : createSealer(active, keys);
}

function createSealer(active: string, keys: ReadonlyMap<string, KeyObject>): Sealer {
  const keyOf = (id: string): KeyObject => {
    const key = keys.get(id);
    if (!key) throw new BatonError('ESC_SESSION_KEY_UNKNOWN', `key ${id}`);
    return key;
  };
  return {
    seal(plain, owner) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, keyOf(active), iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(contextOf(active, owner));
      const parts = [iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return `${FORMAT}.${active}.${Buffer.concat(parts).toString('base64url')}`;
    },
    unseal(sealed, owner) {
      const [format, id = '', data = '', ...more] = sealed.split('.');
      if (format !== FORMAT || !KEY_ID.test(id) || more.length > 0) throw unreadable('unknown format');
      const key = keyOf(id);
      const bytes = Buffer.from(data, 'base64url');
      if (bytes.length < IV_BYTES + TAG_BYTES) throw unreadable('too short');
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(contextOf(id, owner)).setAuthTag(bytes.subarray(-TAG_BYTES));
        const plain = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
        return Buffer.concat(plain).toString('utf8');
      } catch {
        // What went wrong could quote what was decrypted.
        throw unreadable(`sealed with key ${id}`);
      }
    },
  };
}

/** Written so that no two pairs of an id and an owner have the same bytes. */
function contextOf(id: string, owner: string): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, id, owner]));
}

function unreadable(detail: string): BatonError {
  return new BatonError('ESC_SESSION_UNREADABLE', detail);
}
