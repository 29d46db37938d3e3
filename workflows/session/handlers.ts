// The handlers of a conversation with a bot. They only note what came, and cannot throw: see handlers.ts.
import { setHandler } from '@temporalio/workflow';
import { checkHandedOver, checkNotice, checkUserSays } from '../../domain/bot-session-guards';
import { noteHandedOver, noteLeaving, noteNotice, noteUserSays } from '../../domain/bot-session-inbox';
import { sessionStatus, tellSession, type BotSessionState } from '../../domain/bot-session-state';
import type { Checked } from '../../domain/shapes';
import { takeInTurn } from '../in-turn';
import { endSignal, handedOverSignal, noticeSignal, sessionQuery, userSaysSignal } from '../messages';

/** Connects the messages to the state. */
export function registerSessionHandlers(state: BotSessionState): void {
  setHandler(userSaysSignal, noting(state, 'userSays', checkUserSays, noteUserSays), {
    description: 'The user wrote or chose something',
  });
  setHandler(handedOverSignal, noting(state, 'handedOver', checkHandedOver, noteHandedOver), {
    description: 'A client hands over the session that it had with the bot',
  });
  setHandler(noticeSignal, noting(state, 'notice', checkNotice, noteNotice), {
    description: 'How the escalation went',
  });
  setHandler(endSignal, () => takeInTurn(() => noteLeaving(state)), { description: 'The user left' });
  setHandler(sessionQuery, () => sessionStatus(state), {
    description: 'Where the conversation with the bot stands',
  });
}

function noting<T>(
  state: BotSessionState,
  signal: string,
  check: (input: unknown) => Checked<T>,
  note: (state: BotSessionState, at: number, value: T) => void,
): (input: unknown) => void {
  const take = (input: unknown): void => {
    try {
      const checked = check(input);
      if (checked.ok) note(state, Date.now(), checked.value);
      else tellSession(state, Date.now(), 'dead_letter', `${signal}: ${checked.problem}`);
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      tellSession(state, Date.now(), 'dead_letter', `${signal}: ${name}`);
    }
  };
  return (input) => takeInTurn(() => take(input));
}
