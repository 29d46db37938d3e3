// Baton's id of a conversation with a Certainly bot: `<user id>@<bot id>`. The bot's part is the configuration's, so
// that it is the same whatever a webhook says of the bot.
import { isId } from '../../domain/shapes';
import type { CertainlyOptions } from './options';

/** Control and format characters, line separators, half characters. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** Whether an id can stand in the path of a URL by itself: `.` and `..` would lead elsewhere. */
export function isPathSegment(id: string): boolean {
  return isPrintableId(id) && id !== '.' && id !== '..';
}

/** Whether a text can be an id: 1 to 200 printable characters without space at its ends. */
export function isPrintableId(id: string): boolean {
  return isId(id) && !UNPRINTABLE.test(id) && id.trim() === id;
}

/** The conversation of a user; undefined for a user whose id cannot be carried. */
export function conversationIdOf(
  options: Pick<CertainlyOptions, 'botId' | 'deploymentId'>,
  user: string,
): string | undefined {
  const id = `${user}${suffixOf(options)}`;
  return isPathSegment(user) && isPrintableId(id) ? id : undefined;
}

/** The user of a conversation; undefined if it is none of this bot. */
export function userOf(
  options: Pick<CertainlyOptions, 'botId' | 'deploymentId'>,
  conversationId: string,
): string | undefined {
  const suffix = suffixOf(options);
  if (!conversationId.endsWith(suffix)) return undefined;
  const user = conversationId.slice(0, -suffix.length);
  return isPathSegment(user) ? user : undefined;
}

function suffixOf({ botId, deploymentId }: Pick<CertainlyOptions, 'botId' | 'deploymentId'>): string {
  return `@${botId ?? deploymentId}`;
}
