// A chat's session as it may stand in a workflow's state: its secrets encrypted (AES-256-GCM), its numbers plain, so
// that a workflow can join what a poll and a POST gave back. Bound to its chat: it cannot be moved to another.
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isEncryptionKey } from '../../domain/encryption-key';
import { BatonError } from '../../domain/errors';
import { chatSessionSchema } from './chat-session';
import type { ChatSession } from './chat-session';

const FORMAT = 'la1';
const CIPHER = 'aes-256-gcm';
/** 96 bits, as NIST SP 800-38D wants it; random, which is safe for 2^32 sessions of one key. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[\w-]{1,63}$/;

/** What changes with nearly every call, and is no secret. */
type Numbers = Pick<ChatSession, 'sequence' | 'ack' | 'offset' | 'resyncs' | 'isResuming'>;

/** A sealed session. Two with the same `secret` differ in their numbers only. */
export interface SealedSession extends Numbers {
  /** `la1.<key id>.<base64url>`. Changes only when the chat moves: keep the old text while `resyncs` is the same. */
  readonly secret: string;
}

/** Keys that open; the first of them seals. */
export interface SealingKeys {
  readonly active: string;
  readonly byId: ReadonlyMap<string, KeyObject>;
}

/**
 * Reads `sealingKeys` of a connector's credentials: `id:key`, several with commas during a rotation, each key base64
 * of 32 bytes. The first seals, all of them open. Undefined: it is not of this form.
 */
export function readSealingKeys(text: string): SealingKeys | undefined {
  const entries = text.split(',').map((entry) => /^([^:]*):(.*)$/.exec(entry.trim()));
  const byId = new Map<string, KeyObject>();
  for (const entry of entries) {
    const [, id = '', key = ''] = entry ?? [];
    if (!KEY_ID.test(id) || !isEncryptionKey(key) || byId.has(id)) return undefined;
    byId.set(id, createSecretKey(key, 'base64'));
  }
  const [active] = byId.keys();
  return active === undefined ? undefined : { active, byId };
}

/** `chat` names whose it is, e.g. the transfer's id: it has to be given again to open it. */
export function seal(session: ChatSession, keys: SealingKeys, chat: string): SealedSession {
  const { sequence, ack, offset, resyncs, isResuming, ...secrets } = session;
  const id = keys.active;
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(keys, id), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(contextOf(id, chat));
  const sealed = [iv, cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final(), cipher.getAuthTag()];
  return {
    secret: `${FORMAT}.${id}.${Buffer.concat(sealed).toString('base64url')}`,
    sequence,
    ack,
    resyncs,
    ...(offset !== undefined && { offset }),
    ...(isResuming && { isResuming }),
  };
}

/** @throws BatonError `ESC_SESSION_KEY_UNKNOWN`, `ESC_SESSION_UNREADABLE` */
export function unseal(sealed: SealedSession, keys: SealingKeys, chat: string): ChatSession {
  const { secret, ...numbers } = sealed;
  const [format, id = '', data = '', ...more] = secret.split('.');
  if (format !== FORMAT || !KEY_ID.test(id) || more.length > 0) throw unreadable('its format is not known');
  const key = keyOf(keys, id);
  const bytes = Buffer.from(data, 'base64url');
  if (bytes.length < IV_BYTES + TAG_BYTES) throw unreadable('it is too short');
  try {
    const iv = bytes.subarray(0, IV_BYTES);
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(contextOf(id, chat)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    return chatSessionSchema.parse({ ...(JSON.parse(plain.toString('utf8')) as object), ...numbers });
  } catch {
    // What went wrong could quote what was decrypted.
    throw unreadable(`sealed with key ${id}`);
  }
}

function keyOf({ byId }: SealingKeys, id: string): KeyObject {
  const key = byId.get(id);
  if (!key) throw new BatonError('ESC_SESSION_KEY_UNKNOWN', `key ${id}`);
  return key;
}

/** Written so that no two pairs of an id and a chat have the same bytes. */
function contextOf(id: string, chat: string): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, id, chat]));
}

function unreadable(detail: string): BatonError {
  return new BatonError('ESC_SESSION_UNREADABLE', detail);
}
