// The message webhook: what the user writes while an agent has the conversation. Certainly documents one member of its
// body, so that everything else is looked for where it is likely to be.
import type { Attachment, ChatMessage } from '../../domain/chat';
import { isRecord } from '../../domain/shapes';
import { splitMessage } from '../../domain/split-message';
import { keyOf } from './authorization';
import { conversationIdOf, isPrintableId } from './conversation-id';
import { derivedId, slotOf } from './derived-id';
import { textAt, textOf, valueAt, type Body } from './fields';
import type { CertainlyOptions } from './options';

/** Longer ones are taken in parts: a message may have 8,192 bytes, also once it is masked. In UTF-16 units of one byte. */
const MAX_ASCII_CHARS = 7_500;
/** The same where a unit may be three bytes. */
const MAX_CHARS = 2_500;
const MAX_URL_CHARS = 2_000;
const MAX_NAME_CHARS = 300;
const MAX_ATTACHMENTS = 10;
/** The message's own id, and room for the number of a part. */
const MAX_OWN_ID_CHARS = 180;
/** Only these turns are the user's; the bot's own come by the same webhook. */
const USER = 'user';

/** What came: `passed` is of the bot or of another bot. */
export type UserMessages =
  | { readonly kind: 'messages'; readonly conversationId: string; readonly messages: readonly ChatMessage[] }
  | { readonly kind: 'passed' }
  | { readonly kind: 'unusable'; readonly why: string };

/** `at`: when it arrived, in epoch milliseconds. */
export function readUserMessages(options: CertainlyOptions, body: Body, at: number): UserMessages {
  const { message } = options;
  if (textAt(body, message.interlocutor)?.toLowerCase() !== USER) return { kind: 'passed' };
  const bot = textAt(body, message.bot);
  if (options.botId !== undefined && bot !== undefined && bot !== options.botId) return { kind: 'passed' };
  const user = textAt(body, message.user);
  const conversationId = user === undefined ? undefined : conversationIdOf(options, user);
  if (conversationId === undefined)
    return { kind: 'unusable', why: `no user id in ${message.user.join(', ')}` };
  const text = textAt(body, message.text);
  const attachments = attachmentsOf(options, body);
  if (text === undefined && attachments.length === 0)
    return {
      kind: 'unusable',
      why: `no text in ${message.text.join(', ')} and no link in ${message.attachments.join(', ')}`,
    };
  const id = messageIdOf(options, body, { conversationId, text, attachments, at });
  return { kind: 'messages', conversationId, messages: messagesOf(id, text, attachments) };
}

function messagesOf(
  id: string,
  text: string | undefined,
  [first, ...others]: readonly Attachment[],
): readonly ChatMessage[] {
  const whole = { id, ...(text !== undefined && { text }), ...(first && { attachment: first }) };
  const more = others.map((attachment, index): ChatMessage => ({ id: `${id}@${index + 2}`, attachment }));
  const isAscii = text?.length === Buffer.byteLength(text ?? '');
  return [...splitMessage(whole, isAscii ? MAX_ASCII_CHARS : MAX_CHARS), ...more];
}

interface Content {
  readonly conversationId: string;
  readonly text: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly at: number;
}

/** The message's own, or one made of what was said and when: by the message's own time, or else by the clock here. */
function messageIdOf(options: CertainlyOptions, body: Body, content: Content): string {
  const own = textAt(body, options.message.id);
  if (own !== undefined && own.length <= MAX_OWN_ID_CHARS && isPrintableId(own)) return own;
  const { conversationId, text, attachments, at } = content;
  const time = textAt(body, options.message.time);
  const when = time === undefined ? ['slot', slotOf(at, options.sameWithin)] : ['time', time];
  const urls = attachments.map(({ url }) => url);
  return derivedId('message', keyOf(options.webhooks), [conversationId, own, text, ...urls, ...when]);
}

function attachmentsOf({ message }: CertainlyOptions, body: Body): readonly Attachment[] {
  const found = message.attachments
    .flatMap((place) => valueAt(body, place))
    .map(attachmentOf)
    .filter((each) => each !== undefined);
  const byUrl = new Map(found.map((each) => [each.url, each]));
  return [...byUrl.values()].slice(0, MAX_ATTACHMENTS);
}

/** A link, or an object with one. */
function attachmentOf(value: unknown): Attachment | undefined {
  const body: Body = isRecord(value) ? value : { url: value };
  const url = textAt(body, ['url', 'payload.url', 'link', 'href']);
  const path = url === undefined ? undefined : pathOf(url);
  if (url === undefined || path === undefined) return undefined;
  const name = textAt(body, ['name', 'filename', 'fileName', 'title']) ?? path.split('/').at(-1);
  const type = textAt(body, ['mediaType', 'mimeType', 'mime_type', 'contentType', 'content_type', 'type']);
  return {
    url,
    name: textOf(name)?.slice(0, MAX_NAME_CHARS) ?? 'file',
    mediaType:
      type !== undefined && /^[\w.+-]+\/[\w.+-]{1,100}$/.test(type) ? type : 'application/octet-stream',
  };
}

function pathOf(url: string): string | undefined {
  if (url.length > MAX_URL_CHARS || !/^https?:\/\/\S+$/.test(url) || !URL.canParse(url)) return undefined;
  return new URL(url).pathname;
}
