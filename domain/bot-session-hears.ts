// What user and bot said in a conversation, and how the bot is told what the user said.
import type { BotTurn, ToBot } from './bot-session';
import type { UserSays } from './bot-session-messages';
import type { BotSessionState } from './bot-session-state';
import { withLine, withLines } from './bot-session-transcript';
import type { EarlierMessage } from './request';

const MAX_OFFERED = 50;

/** What the user said as the bot is told; undefined: nothing that it could be told. */
export function asToBot({ text, choiceId }: UserSays): ToBot | undefined {
  if (choiceId !== undefined) return { kind: 'choice', choiceId };
  return text === undefined ? undefined : { kind: 'text', text };
}

/** What the user said as text: of a choice its label, if the client gave none. */
export function textOf(state: BotSessionState, { text, choiceId }: UserSays): string | undefined {
  return text ?? state.offered.find(({ id }) => id === choiceId)?.label;
}

/** The user said something that is being answered. */
export function heardUser(state: BotSessionState, said: UserSays): void {
  state.failures = 0;
  const text = textOf(state, said);
  if (text === undefined) return;
  state.lastWords = text;
  state.transcript = withLine(state.transcript, { from: 'user', text });
}

/** What was said before somebody handed the session over: what the user said last is what they want. */
export function heardBefore(state: BotSessionState, transcript: readonly EarlierMessage[]): void {
  state.transcript = withLines(state.transcript, transcript);
  const last = transcript.findLast(({ from }) => from === 'user');
  if (last) state.lastWords = last.text;
}

/** The number of the next message to the bot. */
export function nextSequence(state: BotSessionState): number {
  state.sequence += 1;
  return state.sequence;
}

/** A bot has answered: where its session stands, and what it said. */
export function heardBot(
  state: BotSessionState,
  where: { readonly connector: string; readonly botId: string },
  turn: BotTurn,
): void {
  const { connector, botId } = where;
  const { sessionId } = turn;
  state.phase = 'talking';
  delete state.handOff;
  state.session = { connector, botId, state: turn.session, ...(sessionId !== undefined && { sessionId }) };
  const [intent] = turn.intents ?? [];
  if (intent) state.intent = intent.label;
  const offered = turn.said.flatMap(({ choices }) => choices ?? []);
  if (turn.said.length > 0) state.offered = offered.slice(0, MAX_OFFERED);
  for (const { text } of turn.said) state.transcript = withLine(state.transcript, { from: 'bot', text });
}
