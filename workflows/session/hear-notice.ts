// What the escalation tells: the bot hears it in its own words, and the conversation goes on with whoever has it now.
import type { Receiver } from '../../domain/bot-session';
import { becomeFree, handedOff, hop, isAboutHandOff, noteAnswered } from '../../domain/bot-session-hand-off';
import type { BotSessionState, HandOff, SessionNotice } from '../../domain/bot-session-state';
import { callWithRetries, faultName } from '../calls';
import { endSession, inform } from './ask-bot';
import { narrate } from './show';
import { failTransfer, giveUp, takeTurn } from './take-turn';

const READ_MS = 60_000;
/** The bot distinguishes that nobody is there from everything else (Einstein Bots API v5, transferFailed). */
const NOBODY_THERE: readonly string[] = ['no_agents', 'closed_hours', 'timed_out'];

/** Takes one notice. What is not about the handoff at hand changes nothing. */
export async function hearNotice(state: BotSessionState, notice: SessionNotice): Promise<void> {
  const { handOff, phase } = state;
  if (!handOff || !isAboutHandOff(state, notice)) return;
  const { type, requestId } = notice;
  if (phase === 'handing_off') {
    noteAnswered(state, [handOff.requestId, requestId]);
    if (type === 'escalation.connected' || type === 'escalation.queued')
      return takenOver(state, handOff, notice);
    if (type === 'escalation.abandoned') return userLeft(state);
    if (type === 'escalation.returned') return givenBack(state);
    return notTakenOver(state, handOff, notice);
  }
  if (type === 'escalation.returned') givenBack(state);
  else if (type === 'escalation.abandoned') await userLeft(state);
}

async function takenOver(
  state: BotSessionState,
  { inReplyTo }: HandOff,
  { type, targetKind }: SessionNotice,
): Promise<void> {
  narrate(state, 'taken_over', `${type}${targetKind === undefined ? '' : ` by ${targetKind}`}`);
  const { session } = state;
  if (session && inReplyTo !== undefined)
    await inform(state, session, { kind: 'transferSucceeded', inReplyTo });
  // Where the session stands now is what it was told last.
  if (state.session) await endSession(state, state.session, inReplyTo === undefined ? 'error' : 'transfer');
  const receiver = targetKind === 'bot' ? await readReceiver(state) : undefined;
  if (!receiver || !state.plan) return handedOff(state);
  hop(state);
  narrate(state, 'bot_took_over', `bot ${receiver.botId} on ${receiver.connector}`);
  await takeTurn(state, state.plan, receiver, receiver);
}

async function readReceiver(state: BotSessionState): Promise<Receiver | undefined> {
  const { tenant, conversationId } = state;
  const read = await callWithRetries(
    'readReceiver',
    { tenant, conversationId },
    { summary: 'Which bot has taken over?', deadlineAt: Date.now() + READ_MS },
  );
  if (read.kind === 'done' && read.value) return read.value;
  narrate(state, 'no_receiver', read.kind === 'done' ? 'the escalation knows none' : faultName(read));
  return undefined;
}

async function notTakenOver(
  state: BotSessionState,
  { inReplyTo, requestId }: HandOff,
  { reason = 'error', detail }: SessionNotice,
): Promise<void> {
  if (inReplyTo === undefined || !state.plan) return giveUp(state, requestId);
  const why = detail === undefined ? reason : `${reason}: ${detail}`;
  await failTransfer(state, state.plan, inReplyTo, {
    reason: NOBODY_THERE.includes(reason) ? 'no_agents' : 'error',
    detail: why,
  });
}

async function userLeft(state: BotSessionState): Promise<void> {
  narrate(state, 'user_left');
  if (state.session) await endSession(state, state.session, 'user');
  becomeFree(state, 'over');
}

/** Whoever had the conversation is done. What the user says next begins with the first bot. */
function givenBack(state: BotSessionState): void {
  narrate(state, 'given_back');
  becomeFree(state, 'idle');
}
