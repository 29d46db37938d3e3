// Posts a message to a conversation so that it is there once, whatever happened before: each carries its id as
// ExternalId, and is looked for among the conversation's messages before it is sent.
import type { Answer } from './connection';
import { parseValue } from '../parse-body';
import { isRefusal } from './runtime';
import type { Runtime } from './runtime';
import { messagesSchema } from './wire';

/** What is posted. */
export interface Message {
  readonly id: string;
  readonly text: string;
  /** @default ALL, which the user sees */
  readonly audience?: 'ALL' | 'AGENTS_AND_MANAGERS';
}

/** `gone`: the conversation is closed. */
export type Posting =
  | { readonly kind: 'posted' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly answer: Answer };

const QUERY = '.ams.ms.QueryMessages';
const PUBLISH = '.ams.ms.PublishEvent';
/** The size of a page is not documented; a shorter one than this is taken for the last. */
const SMALLEST_PAGE = 50;

/** Posts unless it is there already. @throws BatonError as the session's request does */
export async function postOnce(
  { session }: Runtime,
  dialogId: string,
  message: Message,
  signal: AbortSignal,
): Promise<Posting> {
  const found = await find({ session }, dialogId, message.id, signal);
  if (found.kind !== 'absent') return found;
  const answer = await session.request(
    {
      type: PUBLISH,
      body: {
        dialogId,
        event: { type: 'ContentEvent', contentType: 'text/plain', message: message.text },
        messageAudience: message.audience ?? 'ALL',
      },
      metadata: [{ type: 'ExternalId', id: message.id }],
    },
    signal,
  );
  return isRefusal(answer) ? refused(answer) : { kind: 'posted' };
}

async function find(
  { session }: Pick<Runtime, 'session'>,
  dialogId: string,
  messageId: string,
  signal: AbortSignal,
): Promise<Posting | { readonly kind: 'absent' }> {
  // Sequences begin at 0, so that "newer than 0" would miss the first message.
  let after = -1;
  for (;;) {
    const answer = await session.request(
      { type: QUERY, body: { dialogId, newerThanSequence: after } },
      signal,
    );
    if (isRefusal(answer)) return refused(answer);
    const page = parseValue(messagesSchema, answer.body, QUERY);
    if (
      page.some(({ metadata }) => metadata?.some(({ type, id }) => type === 'ExternalId' && id === messageId))
    )
      return { kind: 'posted' };
    const last = Math.max(after, ...page.map(({ sequence }) => sequence ?? after));
    if (page.length < SMALLEST_PAGE || last === after) return { kind: 'absent' };
    after = last;
  }
}

function refused(answer: Answer): Posting {
  return saysClosed(answer) ? { kind: 'gone' } : { kind: 'refused', answer };
}

/** The exact words are not documented; the vendor names this outcome "conversation closed". */
export function saysClosed(answer: Answer): boolean {
  return /clos/i.test(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? ''));
}
