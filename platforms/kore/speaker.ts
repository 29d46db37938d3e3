// Whose conversation an event is about, and what the user wrote last. `channel` comes in two shapes: with `channelInfos`
// in it, or flat (BotKit; field).
import { at, firstText, type Json } from './payload';

/** The longest id that Baton takes. */
const MAX_ID_CHARS = 200;
const MAX_TEXT_BYTES = 8_192;
/** Kore.ai's ids of messages begin so (context object, documented sample). */
const MESSAGE_ID = /^ms-[\w-]{1,190}$/;

/** What systems behind would choke on. */
const DAMAGED = /\0|\p{Surrogate}/gu;

/** Baton's id of the user's conversation with a bot: `<user id>@<bot id>`; undefined: the event names no user. */
export function conversationOf(body: Json, botId: string): string | undefined {
  const { context } = body;
  const user = firstText(
    at(context, 'session', 'UserContext', '_id'),
    at(context, 'session', 'opts', 'userId'),
    channelUserOf(body),
  );
  if (user === undefined) return undefined;
  const id = `${user.trim()}@${botId}`;
  return id.length <= MAX_ID_CHARS && !/\p{C}/u.test(id) ? id : undefined;
}

/** The user's id on the channel, by which the platform lists messages. */
export function channelUserOf({ channel }: Json): string | undefined {
  return firstText(at(channel, 'channelInfos', 'from'), at(channel, 'from'));
}

/** The platform's id of the user's message, where the event has it. */
export function messageIdOf({ channel }: Json): string | undefined {
  const id = firstText(at(channel, 'channelInfos', 'requestId'), at(channel, 'requestId'));
  return id !== undefined && MESSAGE_ID.test(id) ? id : undefined;
}

/** What the user wrote last. */
export function lastWordsOf({ context, channel }: Json): string | undefined {
  const lastMessage = at(context, 'session', 'BotUserSession', 'lastMessage');
  const words = firstText(
    at(lastMessage, 'messagePayload', 'message', 'body'),
    at(channel, 'channelInfos', 'body'),
    at(channel, 'body'),
  );
  return words === undefined ? undefined : fitting(words);
}

/** A text that every desk takes: bounded, and without half characters and NUL. */
export function fitting(text: string, maxBytes = MAX_TEXT_BYTES): string {
  const whole = text.replace(DAMAGED, '');
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  // A cut character is written as U+FFFD, which is taken off.
  return Buffer.from(whole)
    .subarray(0, maxBytes)
    .toString('utf8')
    .replace(/\uFFFD$/, '');
}
