// Salesforce's ids: 15 characters that tell upper from lower case, or the same with three more that make them safe
// where case is lost. And ids that Baton makes for Salesforce, the same on every try.
import { createHash } from 'node:crypto';

const ID = /^\d[A-Za-z0-9]{14}(?:[A-Za-z0-9]{3})?$/;
const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** Whether a text is an id rather than a name. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** The 18-character form, so that two forms of one id compare equal. */
export function toId18(id: string): string {
  if (id.length !== 15) return id;
  const suffix = [0, 5, 10].map((start) => {
    const bits = [...id.slice(start, start + 5)].map((char, at) => (/[A-Z]/.test(char) ? 1 << at : 0));
    return SUFFIX[bits.reduce((sum, bit) => sum + bit, 0)] ?? '';
  });
  return id + suffix.join('');
}

/** A lower-case uuid of version 4's form, always the same for the same parts. */
export function uuidOf(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
