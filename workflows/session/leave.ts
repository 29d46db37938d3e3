// The ends of a conversation: the user left, nothing happened for too long, or an operator ended it.
import { assertNever } from '../../domain/assert-never';
import type { UserSays } from '../../domain/bot-session-messages';
import { becomeFree } from '../../domain/bot-session-hand-off';
import { textOf } from '../../domain/bot-session-hears';
import { putBack } from '../../domain/bot-session-inbox';
import type { BotSessionState } from '../../domain/bot-session-state';
import { escalationWorkflowId } from '../../domain/ids';
import { endSession } from './ask-bot';
import { signalEscalation } from './escalation';
import { narrate } from './show';

/** The user left: whoever has the conversation is told. */
export async function leave(state: BotSessionState): Promise<void> {
  const { phase, session } = state;
  narrate(state, 'user_left');
  becomeFree(state, 'over');
  if (phase === 'handing_off' || phase === 'handed_off')
    await signalEscalation(escalationOf(state), 'userLeft');
  if (session) await endSession(state, session, 'user');
}

/** What the user says is for whoever has the conversation. If nobody has it any more, it is for the bot. */
export async function forward(state: BotSessionState, said: UserSays): Promise<void> {
  const text = textOf(state, said);
  if (text === undefined) return narrate(state, 'nothing_said');
  if (await signalEscalation(escalationOf(state), 'userMessage', { id: said.id, text })) {
    narrate(state, 'forwarded');
    return;
  }
  const { session } = state;
  narrate(state, 'escalation_over');
  becomeFree(state, 'idle');
  putBack(state, said);
  if (session) await endSession(state, session, 'other');
}

/** Nothing has happened for as long as may be. True: the conversation is over. */
export async function expire(state: BotSessionState): Promise<boolean> {
  const { phase, session } = state;
  switch (phase) {
    case 'idle':
    case 'over':
      return true;
    case 'handing_off':
      if (state.handOff?.giveUpAt !== undefined) {
        narrate(state, 'not_waited_for', 'the request was answered in an escalation that is over');
        becomeFree(state, 'idle');
        if (session) await endSession(state, session, 'other');
        return false;
      }
      break;
    case 'talking':
    case 'handed_off':
      break;
    default:
      assertNever(phase);
  }
  narrate(state, 'expired');
  becomeFree(state, 'over');
  if (session) await endSession(state, session, 'expired');
  return true;
}

function escalationOf({ tenant, conversationId }: BotSessionState): string {
  return escalationWorkflowId(tenant, conversationId);
}
