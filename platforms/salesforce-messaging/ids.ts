// Ids that Baton makes for Salesforce: the same transfer and the same message get the same id on every worker and on
// every try, so that a repeat is recognised.
import { createHash } from 'node:crypto';

/** A lower-case uuid of version 4's form, always the same for the same parts. */
export function uuidOf(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Id of the user's message with this number, counted from 1 over the whole chat. */
export function messageId(conversation: string, number: number): string {
  return uuidOf('message', conversation, String(number));
}

/** Id of a message with which Baton tells the agent what was said before. */
export function contextMessageId(conversation: string, number: number): string {
  return uuidOf('context', conversation, String(number));
}

/** Whether an id can travel in a routing attribute: what it means is up to the org's flow. */
export function isValidTargetId(_kind: string, id: string): boolean {
  return /^[^\p{Cc}]{1,200}$/u.test(id);
}
