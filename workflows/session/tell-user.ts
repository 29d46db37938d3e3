// What a bot says is shown to the user in its order, each word after its delay and once the one before is acknowledged.
import { condition } from '@temporalio/workflow';
import type { BotWord } from '../../domain/bot-session';
import { noteLeaving } from '../../domain/bot-session-inbox';
import type { BotSessionState } from '../../domain/bot-session-state';
import { ownMessageId } from '../../domain/ids';
import type { BotMessage } from '../../domain/request';
import { call } from '../calls';
import { narrate } from './show';

/** A bot is seen writing for no longer than this, whatever it asks for. */
const LONGEST_DELAY_MS = 10_000;
/** What several words together may hold up the answer to a client that shows them itself. */
const LONGEST_DELAYS_MS = 30_000;
/** A word is tried this long; then the conversation goes on without it. */
const POST_MS = 60_000;

/** Words that are shown at once, one after the other. */
interface Group {
  readonly delayMs: number;
  readonly words: BotWord[];
}

/** Shows the words. A user who leaves meanwhile reads no more of them. */
export async function showWords(state: BotSessionState, said: readonly BotWord[], of: string): Promise<void> {
  for (const { delayMs, words } of grouped(said)) {
    await waitAsWriting(state, delayMs);
    const messages = words.map(({ id, text, choices }) => ({
      id: ownMessageId(state.conversationId, of, id),
      text,
      ...(choices && { choices }),
    }));
    if (state.leaving) return;
    await post(state, messages, 'what the bot says');
  }
}

/** Waits as long as the words are being shown by whoever shows them. */
export async function waitForWords(state: BotSessionState, said: readonly BotWord[]): Promise<void> {
  const delays = said.map(({ delayMs }) => Math.min(delayMs, LONGEST_DELAY_MS));
  const delayMs = Math.min(
    delays.reduce((sum, each) => sum + each, 0),
    LONGEST_DELAYS_MS,
  );
  await waitAsWriting(state, delayMs);
}

/** Tells the user in the bot's place that there is no answer. `of` makes its id. */
export async function apologize(state: BotSessionState, text: string, of: string): Promise<void> {
  const id = ownMessageId(state.conversationId, of, 'no-answer');
  await post(state, [{ id, text }], "the bot's default response");
}

/** Those without a delay of their own come with the one before. */
function grouped(said: readonly BotWord[]): readonly Group[] {
  const groups: Group[] = [];
  for (const word of said) {
    const last = groups.at(-1);
    if (last && word.delayMs === 0) last.words.push(word);
    else groups.push({ delayMs: Math.min(word.delayMs, LONGEST_DELAY_MS), words: [word] });
  }
  return groups;
}

async function waitAsWriting(state: BotSessionState, delayMs: number): Promise<void> {
  if (delayMs <= 0 || state.leaving) return;
  await condition(() => state.leaving === true, delayMs, { summary: 'The bot is seen writing' });
}

async function post(state: BotSessionState, messages: readonly BotMessage[], what: string): Promise<void> {
  const { tenant, bot, conversationId } = state;
  const result = await call(
    'postToUser',
    { tenant, bot, conversationId, messages },
    {
      summary: `Show the user ${what}`,
      deadlineAt: Date.now() + POST_MS,
      interrupted: () => state.leaving === true,
    },
  );
  if (result.kind === 'fault') return narrate(state, 'not_shown', `${what}: ${result.fault.code}`);
  if (result.kind !== 'done' || result.value.kind === 'posted') return;
  narrate(state, 'user_gone', 'the conversation is over at the user');
  noteLeaving(state);
}
