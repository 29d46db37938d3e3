// Guards for what is said in a chat, where it reaches a workflow without passing the gateway: see guards.ts. Of a list
// of news each word counts by itself, so that one that is bad takes nothing with it.
import type { Attachment, ChatEvent, ChatMessage, ChatState } from './chat';
import type { DeskNewsSignal, DeskWord } from './desk-event';
import { checkEvent, isBotState, MAX_TRANSFER_ID_CHARS } from './guards';
import { checkPassOn, type PassOn } from './passage';
import {
  bad,
  isCount,
  isId,
  isOptional,
  isRecord,
  isString,
  MAX_ID_CHARS,
  oneOf,
  type Checked,
} from './shapes';
import type { UserMessage } from './user-message';

/** In UTF-16 units. Longer than what a platform takes: it is sent in parts. */
const MAX_TEXT_CHARS = 64 * 1024;
const MAX_URL_CHARS = 2_000;
const MAX_TYPE_CHARS = 200;
const MAX_NAME_CHARS = 300;
/** A desk's state is at most 8 KB; this bounds what somebody else may send. */
const MAX_CHAT_CHARS = 16 * 1024;
const CHAT_EVENT_KINDS = ['message', 'agentChanged', 'agentLeft', 'delivered'] as const;

/** News of a desk, and what was wrong with those words that were left out. */
export interface CheckedNews {
  readonly news: DeskNewsSignal;
  readonly problems: readonly string[];
}

/** Checks a message of the user. */
export function checkChatMessage(input: unknown): Checked<ChatMessage> {
  if (!isRecord(input)) return bad('the message is not an object');
  const { id, text, attachment } = input;
  if (!isId(id)) return bad(`id is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!isOptional(text, isText)) return bad(`text is not a string of 1 to ${MAX_TEXT_CHARS} characters`);
  if (!isOptional(attachment, isAttachment)) return bad('attachment is not {url, name, mediaType}');
  if (text === undefined && !attachment) return bad('the message has neither text nor attachment');
  return {
    ok: true,
    value: { id, ...(text !== undefined && { text }), ...(attachment && { attachment: copyOf(attachment) }) },
  };
}

/** The same, with what its signal may bring besides. */
export function checkUserMessage(input: unknown): Checked<UserMessage> {
  const checked = checkChatMessage(input);
  if (!checked.ok) return checked;
  const { botState, ...others } = input as Readonly<Record<string, unknown>>;
  const further: { otherwise?: PassOn; ifTaken?: PassOn } = {};
  for (const name of ['otherwise', 'ifTaken'] as const) {
    if (others[name] === undefined) continue;
    const passOn = checkPassOn(others[name]);
    if (!passOn.ok) return bad(`${name}: ${passOn.problem}`);
    further[name] = passOn.value;
  }
  // Without the state the message is as good.
  return { ok: true, value: { ...checked.value, ...(isBotState(botState) && { botState }), ...further } };
}

/** Checks what a desk says. */
export function checkDeskNews(input: unknown): Checked<CheckedNews> {
  if (!isRecord(input)) return bad('the news is not an object');
  const { transferId, connector, news, chat } = input;
  if (!isString(transferId) || transferId.length > MAX_TRANSFER_ID_CHARS)
    return bad(`transferId is not a string of at most ${MAX_TRANSFER_ID_CHARS} characters`);
  if (!isOptional(connector, isId))
    return bad(`connector is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!Array.isArray(news)) return bad('news is not a list');
  if (!isOptional(chat, isChatState)) return bad('chat is not a state with a generation');
  const words: { id: string; word: DeskWord }[] = [];
  const problems: string[] = [];
  for (const one of news as unknown[]) {
    const checked = checkWord(one);
    if (checked.ok) words.push(checked.value);
    else problems.push(checked.problem);
  }
  return {
    ok: true,
    value: {
      news: { transferId, ...(connector !== undefined && { connector }), news: words, ...(chat && { chat }) },
      problems,
    },
  };
}

function checkWord(input: unknown): Checked<{ id: string; word: DeskWord }> {
  if (!isRecord(input) || !isId(input['id'])) return bad('a word of the news has no id');
  const { id, word } = input;
  const kind = isRecord(word) ? oneOf(CHAT_EVENT_KINDS, word['kind']) : undefined;
  const checked: Checked<DeskWord> = isRecord(word) && kind ? checkChatEvent(kind, word) : checkEvent(word);
  return checked.ok ? { ok: true, value: { id, word: checked.value } } : checked;
}

function checkChatEvent(kind: ChatEvent['kind'], word: Record<string, unknown>): Checked<ChatEvent> {
  const { message, agentId, agentName, count } = word;
  const name = isString(agentName) ? { agentName: agentName.slice(0, MAX_NAME_CHARS) } : {};
  if (kind === 'agentLeft') return { ok: true, value: { kind } };
  if (kind === 'agentChanged')
    return { ok: true, value: { kind, ...(isId(agentId) && { agentId }), ...name } };
  if (kind === 'delivered')
    return isCount(count) ? { ok: true, value: { kind, count } } : bad('word.count is not a count');
  const checked = checkChatMessage(message);
  return checked.ok ? { ok: true, value: { kind, message: checked.value, ...name } } : checked;
}

/** Whether a desk's state can be kept; what is in it is its platform's business. */
export function isChatState(value: unknown): value is ChatState {
  return isRecord(value) && isCount(value['generation']) && JSON.stringify(value).length <= MAX_CHAT_CHARS;
}

function isText(value: unknown): value is string {
  return isWithin(value, MAX_TEXT_CHARS);
}

function isAttachment(value: unknown): value is Attachment {
  if (!isRecord(value)) return false;
  const { url, name, mediaType } = value;
  return (
    isWithin(url, MAX_URL_CHARS) &&
    /^https?:\/\/\S+$/.test(url) &&
    isWithin(name, MAX_NAME_CHARS) &&
    isWithin(mediaType, MAX_TYPE_CHARS)
  );
}

function isWithin(value: unknown, chars: number): value is string {
  return isString(value) && value.length > 0 && value.length <= chars;
}

function copyOf({ url, name, mediaType }: Attachment): Attachment {
  return { url, name, mediaType };
}
