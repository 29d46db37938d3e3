// Ids that Baton makes for Salesforce: the same transfer and the same message get the same id on every worker and on
// every try, so that a repeat is recognised.
import { uuidOf } from '../salesforce/ids';

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
