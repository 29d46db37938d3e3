// A chat that Baton carries to a bot: what the user writes goes to the bot's session in order, and what the bot says
// comes with the answers. Nobody there takes a second handoff further, so that a bot which asks for one hears that it
// failed, and the chat is over.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BotTurn } from '../../domain/bot-session';
import type { ChatMessage, ChatState } from '../../domain/chat';
import { BatonError } from '../../domain/errors';
import type { Call, ChatCapabilities, DeskChat, DeskNews, SendReceipt } from '../desk';
import type { PlatformLog } from '../platform';
import { readState } from './session-state';
import type { EinsteinSessions } from './sessions';

/** What a chat with a bot can do. The vendor names no longest message; this one is ours. */
export const EINSTEIN_CHAT: ChatCapabilities = {
  always: false,
  maxChars: 4_000,
  attachments: 'as_link',
  typing: { toAgent: false, toUser: false },
  repeats: 'by_sequence',
  resumes: 'in_answers',
  context: { inlineChars: 0, messages: 0 },
};

type Words = NonNullable<DeskNews['words']>;

/** One message's answer: what was said, and whether that was the end. */
interface Reply {
  readonly words: Words;
  readonly chat: ChatState;
  readonly isOver: boolean;
}

/** See the file's comment. */
export function createEinsteinChat(sessions: EinsteinSessions, log: PlatformLog): DeskChat {
  return {
    async send(ref, { first, messages, gapMs = 0 }, call): Promise<SendReceipt> {
      const state = readState(ref.chat);
      if (!state || state.over) return { taken: 0, gone: true };
      const words: Words[number][] = [];
      let chat: ChatState = state;
      const receipt = (taken: number): SendReceipt => ({ taken, chat, ...(words.length > 0 && { words }) });
      for (const [index, message] of messages.entries()) {
        // The number of a message is its place in the session: an answer came for it before.
        if (first + index <= state.last) continue;
        try {
          if (index > 0 && gapMs > 0) await sleep(gapMs, undefined, { signal: call.signal });
          const reply = await tell(sessions, log, { chat, sequence: first + index, message }, call);
          words.push(...reply.words);
          chat = reply.chat;
          if (reply.isOver) return receipt(index + 1);
        } catch (error) {
          if (error instanceof BatonError && error.code === 'ESC_BOT_SESSION_GONE')
            return { ...receipt(index), gone: true };
          if (error instanceof BatonError && error.code === 'ESC_PLATFORM_REJECTED')
            return { ...receipt(index), refused: 'rejected' };
          if (index === 0) throw error;
          return receipt(index);
        }
      }
      return receipt(messages.length);
    },
    async close({ chat }, call) {
      if (chat) await sessions.end(chat, 'user', call);
    },
  };
}

interface Telling {
  readonly chat: ChatState;
  readonly sequence: number;
  readonly message: ChatMessage;
}

async function tell(
  sessions: EinsteinSessions,
  log: PlatformLog,
  { chat, sequence, message }: Telling,
  call: Call,
): Promise<Reply> {
  const turn = await sessions.say(chat, { sequence, message: { kind: 'text', text: textOf(message) } }, call);
  const words = wordsOf(turn);
  if (turn.escalates) {
    const { messageId } = turn.escalates;
    const last = await refuse(sessions, log, { turn, messageId, sequence: sequence + 1 }, call);
    const all = [...words, ...(last ? wordsOf(last) : []), ended(messageId)];
    return { words: all, chat: { ...(last ?? turn).session, over: true }, isOver: true };
  }
  if (turn.ended) return { words: [...words, ended(turn.session)], chat: turn.session, isOver: true };
  return { words, chat: turn.session, isOver: false };
}

interface Refusing {
  readonly turn: BotTurn;
  readonly messageId: string;
  readonly sequence: number;
}

/** What the bot has said already must not be lost by what fails here: the session then ends by itself. */
async function refuse(
  sessions: EinsteinSessions,
  log: PlatformLog,
  { turn, messageId, sequence }: Refusing,
  call: Call,
): Promise<BotTurn | undefined> {
  let last: BotTurn | undefined;
  try {
    const message = { kind: 'transferFailed', inReplyTo: messageId, reason: 'error' } as const;
    last = await sessions.say(turn.session, { sequence, message }, call);
    await sessions.end(last.session, 'error', call);
  } catch (error) {
    const code = error instanceof BatonError ? error.code : 'unknown';
    log.warn({ event: 'einstein_bots.refusal_lost', code }, 'a bot was not told that it cannot hand off');
  }
  return last;
}

function wordsOf({ said }: BotTurn): Words {
  return said.map(({ id, text }) => ({ id, word: { kind: 'message', message: { id, text } } }));
}

function ended(of: string | ChatState): Words[number] {
  const id = typeof of === 'string' ? of : String(of['session']);
  return { id: `${id}/ended`, word: { kind: 'ended', by: 'agent' } };
}

/** The platform has no files of users: they go as links. */
function textOf({ text, attachment }: ChatMessage): string {
  const link = attachment && `${attachment.name}: ${attachment.url}`;
  return [text, link].filter((part) => part !== undefined && part !== '').join('\n');
}
