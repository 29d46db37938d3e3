// The calls to bots. One at a time, and each with its own number; what a bot says meanwhile of others waits.
import type { SessionEnd, ToBot } from '../../domain/bot-session';
import type { BotTurn } from '../../domain/bot-session';
import { nextSequence } from '../../domain/bot-session-hears';
import type { BotSessionState, OpenSession } from '../../domain/bot-session-state';
import { callWithRetries, faultName, type CallResult } from '../calls';
import { narrate } from './show';

/** A bot that works on another message says so for half a minute. */
export const ANSWER_MS = 120_000;
/** A bot's answer may take as long as what it calls itself. */
export const ONE_ANSWER_MS = 25_000;
/** For what the bot should know, and nobody waits for. */
const TELL_MS = 90_000;

/** Says something to the bot and waits for its answer. A user who leaves is not waited with. */
export function ask(
  state: BotSessionState,
  session: OpenSession,
  message: ToBot,
): Promise<CallResult<BotTurn>> {
  return tell(state, session, message, ANSWER_MS, () => state.leaving === true);
}

/** Says something to which the answer does not matter. */
export async function inform(state: BotSessionState, session: OpenSession, message: ToBot): Promise<void> {
  const told = await tell(state, session, message, TELL_MS);
  if (told.kind === 'done') {
    state.session = { ...session, state: told.value.session };
    narrate(state, 'bot_told', message.kind);
  } else narrate(state, 'bot_not_told', `${message.kind}: ${faultName(told)}`);
}

/** Ends a session, as far as that succeeds. */
export async function endSession(
  state: BotSessionState,
  session: OpenSession,
  why: SessionEnd,
): Promise<void> {
  const { tenant } = state;
  const input = { tenant, connector: session.connector, session: session.state, why };
  const ended = await callWithRetries('endSession', input, {
    summary: `End the session: ${why}`,
    deadlineAt: Date.now() + TELL_MS,
  });
  narrate(
    state,
    ended.kind === 'done' ? 'session_ended' : 'session_not_ended',
    ended.kind === 'done' ? why : `${why}: ${faultName(ended)}`,
  );
}

function tell(
  state: BotSessionState,
  session: OpenSession,
  message: ToBot,
  withinMs: number,
  interrupted?: () => boolean,
): Promise<CallResult<BotTurn>> {
  const { tenant } = state;
  const { connector } = session;
  const sequence = nextSequence(state);
  return callWithRetries(
    'sayToBot',
    { tenant, connector, session: session.state, sequence, message },
    {
      summary: `Tell the bot: ${message.kind}`,
      deadlineAt: Date.now() + withinMs,
      tryMs: ONE_ANSWER_MS,
      ...(interrupted && { interrupted }),
    },
  );
}
