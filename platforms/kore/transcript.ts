// What was said before the handoff, from the platform's list of messages: `incoming` is the user's, and the text is in
// the first component (BotKit's page of the history; other places seen in the field).
import { z } from 'zod';
import type { EarlierMessage } from '../../domain/request';
import { parseBody } from '../parse-body';
import { at, firstText } from './payload';
import { fitting } from './speaker';

const MAX_LINE_BYTES = 2_000;

const listSchema = z.object({ messages: z.array(z.looseObject({})).default([]) });

/** The lines of an answer of getMessages, oldest first, whichever way they came. @throws BatonError `ESC_PLATFORM_PROTOCOL` */
export function readMessages(body: string): readonly EarlierMessage[] {
  const { messages } = parseBody(listSchema, body, 'getMessages');
  return messages
    .toReversed()
    .map((message, index) => ({ message, index, time: timeOf(message.createdOn) }))
    .toSorted((one, other) => one.time - other.time || one.index - other.index)
    .flatMap(({ message }) => {
      const text = textOf(message);
      if (text === undefined) return [];
      return [{ from: message.type === 'incoming' ? ('user' as const) : ('bot' as const), text }];
    });
}

/** Without a time, or with one that cannot be read, the order is the list's, newest first. */
function timeOf(value: unknown): number {
  const time = typeof value === 'number' ? value : Date.parse(typeof value === 'string' ? value : '');
  return Number.isFinite(time) ? time : 0;
}

function textOf(message: unknown): string | undefined {
  const component = at(message, 'components', '0');
  const text = firstText(
    at(component, 'data', 'text'),
    at(component, 'data', 'payload', 'text'),
    at(component, 'cInfo', 'body'),
    at(message, 'message'),
  );
  const shown = text?.trimStart().startsWith('{') ? textOfTemplate(text) : text;
  return shown === undefined ? undefined : fitting(shown.trim(), MAX_LINE_BYTES);
}

/** A template is JSON in a text: only what it says is for the agent; a template without words is no line. */
function textOfTemplate(text: string): string | undefined {
  try {
    const template: unknown = JSON.parse(text);
    return firstText(at(template, 'payload', 'text'), at(template, 'text'), at(template, 'message'));
  } catch {
    return text;
  }
}
