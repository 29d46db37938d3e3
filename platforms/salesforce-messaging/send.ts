// The user's messages on their way to the agent. Each has an id made of its number; what may have been sent before is
// looked for among the entries first, since nobody promises that Salesforce drops a repeat.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatMessage } from '../../domain/chat';
import { BatonError } from '../../domain/errors';
import type { SendReceipt } from '../desk';
import type { MessagingClient } from './client';
import type { EndUser } from './end-users';
import { messageId } from './ids';
import type { Entry } from './wire';

/** So many numbers before the first tell that the list went back far enough. */
const LOOK_BACK = 20;

/** Messages to send. */
export interface Batch {
  readonly first: number;
  readonly messages: readonly ChatMessage[];
  readonly gapMs?: number;
}

/** @throws BatonError when the first could not be sent */
export async function sendMessages(
  client: MessagingClient,
  user: EndUser,
  { first, messages, gapMs = 0 }: Batch,
  signal: AbortSignal,
): Promise<SendReceipt> {
  const there = await alreadyThere(client, user, first, signal);
  if (!there) return { taken: 0, gone: true };
  let wasSent = false;
  for (const [index, message] of messages.entries()) {
    const id = messageId(user.conversation, first + index);
    if (there.has(id)) continue;
    if (wasSent && gapMs > 0) await sleep(gapMs, undefined, { signal });
    wasSent = true;
    try {
      const outcome = await sendOne(client, user, { id, text: textOf(message) }, signal);
      if (outcome === 'gone') return { taken: index, gone: true };
      if (outcome === 'rejected') return { taken: index, refused: 'rejected' };
    } catch (error) {
      if (index === 0) throw error;
      return { taken: index };
    }
  }
  return { taken: messages.length };
}

/** A session that lapsed is opened anew; one that somebody ended is not, or another agent would be called. */
async function sendOne(
  client: MessagingClient,
  user: EndUser,
  message: { readonly id: string; readonly text: string },
  signal: AbortSignal,
): Promise<'sent' | 'gone' | 'rejected'> {
  try {
    const outcome = await client.send(user, message, signal);
    if (outcome !== 'ended') return outcome;
    if (await isOver(client, user, signal)) return 'gone';
    const again = await client.send(user, { ...message, routingAttributes: {} }, signal);
    return again === 'sent' ? 'sent' : 'gone';
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'ESC_PLATFORM_REJECTED') throw error;
    // How a closed conversation is refused is not documented.
    return (await isOver(client, user, signal)) ? 'gone' : 'rejected';
  }
}

async function isOver(client: MessagingClient, user: EndUser, signal: AbortSignal): Promise<boolean> {
  const ofSession = ({ type }: Entry): boolean =>
    type === 'SessionStatusChanged' || type === 'CloseConversation';
  const entries = await client.entriesBack(user, 'any', (found) => found.some(ofSession), signal);
  const newest = entries?.find(ofSession);
  if (!entries || newest?.type === 'CloseConversation') return true;
  return newest?.payload.sessionStatus === 'Ended';
}

/** Ids of own messages that are there; undefined: there is no conversation. */
async function alreadyThere(
  client: MessagingClient,
  user: EndUser,
  first: number,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const earlier = new Set<string>();
  for (let number = Math.max(1, first - LOOK_BACK); number < first; number += 1)
    earlier.add(messageId(user.conversation, number));
  const isEnough = (entries: readonly Entry[]): boolean => entries.some(({ id }) => earlier.has(id));
  const entries = await client.entriesBack(user, 'Message', isEnough, signal);
  return entries && new Set(entries.map(({ id }) => id));
}

/** Files go as links: the agent's console opens them. */
function textOf({ text, attachment }: ChatMessage): string {
  const link = attachment && `${attachment.name}: ${attachment.url}`;
  return [text, link].filter((part) => part !== undefined && part !== '').join('\n');
}
