// What an encryption key looks like where it is written down: standard base64 of 32 bytes, padding and all.

/** Bytes of an AES-256 key. */
export const ENCRYPTION_KEY_BYTES = 32;
/** 43 characters and one of padding; the last of them holds four bits, so that there is one spelling only. */
const KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Whether the text is a key. Surrounding white space is not part of one. */
export function isEncryptionKey(text: string): boolean {
  return KEY.test(text);
}
