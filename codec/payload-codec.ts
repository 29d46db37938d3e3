// Encrypts every payload before it leaves the process, and decrypts it when it comes back. The whole payload is
// encrypted, its own metadata included. The namespace and the key's id are authenticated with it, so that a payload
// cannot be moved to another namespace. Never logs: what passes here are messages of users.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { BatonError } from '../domain/errors';
import type { KeyRing, RingKey } from './key-ring';

/** Metadata that names the key of an encrypted payload. */
export const KEY_ID_METADATA = 'encryption-key-id';
const ENCODING_METADATA = 'encoding';
const ENCRYPTED = 'binary/encrypted';

const CIPHER = 'aes-256-gcm';
/** 96 bits, as NIST SP 800-38D wants it for GCM; random, which is safe for 2^32 payloads of one key. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

const PayloadProto = temporal.api.common.v1.Payload;

/** What the codec is made with. */
export interface PayloadCodecOptions {
  readonly ring: KeyRing;
  /** The Temporal namespace that payloads belong to. */
  readonly namespace: string;
}

/**
 * The codec. Payloads of any other encoding pass through on the way back, so that what was written before encryption
 * was turned on can still be read.
 * The workflow id is not authenticated: the Temporal UI and CLI do not tell it to the codec server.
 * @throws BatonError `ESC_CODEC_KEY_UNKNOWN`, `ESC_CODEC_UNREADABLE` when decoding
 */
export function createPayloadCodec({ ring, namespace }: PayloadCodecOptions): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => encrypt(payload, ring.active, namespace)),
    decode: async (payloads) => payloads.map((payload) => decrypt(payload, ring, namespace)),
  };
}

/** The id of the key that encrypted this payload; undefined when none did. */
export function keyIdOf(payload: Payload): string | undefined {
  if (textOf(payload, ENCODING_METADATA) !== ENCRYPTED) return undefined;
  return textOf(payload, KEY_ID_METADATA) ?? '';
}

function encrypt(payload: Payload, { id, key }: RingKey, namespace: string): Payload {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(contextOf(namespace, id));
  const plain = PayloadProto.encode(payload).finish();
  const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { metadata: { [ENCODING_METADATA]: bytesOf(ENCRYPTED), [KEY_ID_METADATA]: bytesOf(id) }, data };
}

function decrypt(payload: Payload, ring: KeyRing, namespace: string): Payload {
  const id = keyIdOf(payload);
  if (id === undefined) return payload;
  const { key } = ring.find(id);
  const data = payload.data ?? new Uint8Array();
  if (data.length < IV_BYTES + TAG_BYTES) throw unreadable(id);
  const decipher = createDecipheriv(CIPHER, key, data.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(contextOf(namespace, id));
  decipher.setAuthTag(data.subarray(-TAG_BYTES));
  try {
    const plain = [decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
    return PayloadProto.decode(Buffer.concat(plain));
  } catch {
    // The cause says nothing, and must not: which part was wrong is nobody's business.
    throw unreadable(id);
  }
}

function contextOf(namespace: string, keyId: string): Buffer {
  return Buffer.from(`baton/1\0${namespace}\0${keyId}`);
}

function unreadable(keyId: string): BatonError {
  return new BatonError('ESC_CODEC_UNREADABLE', `encrypted with key ${keyId}`);
}

function textOf(payload: Payload, name: string): string | undefined {
  const value = payload.metadata?.[name];
  return value && Buffer.from(value).toString();
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}
