// Who has a conversation after the bot: what is kept of an escalation that was asked for, and when it is one too many.
import type { RequestedTarget } from './bot-session';
import type { BotSessionState, HandOff, SessionNotice } from './bot-session-state';

const MAX_ANSWERED = 50;

/** Transfers that failed one after the other, while the user said nothing. */
const MAX_FAILURES = 5;

/** An escalation is asked for: nothing is said to the bot until it is known how that went. */
export function beginHandOff(state: BotSessionState, handOff: HandOff): void {
  state.phase = 'handing_off';
  state.handOff = handOff;
}

/** Whether a notice is about the escalation at hand: under the name of another's request, if that was there before. */
export function isAboutHandOff({ handOff, answered }: BotSessionState, notice: SessionNotice): boolean {
  if (!handOff) return false;
  return notice.requestId === handOff.requestId || !answered.includes(notice.requestId);
}

/** The outcome of a request is known. */
export function noteAnswered(state: BotSessionState, requestIds: readonly string[]): void {
  state.answered.push(...requestIds);
  state.answered.splice(0, Math.max(state.answered.length - MAX_ANSWERED, 0));
}

/** Somebody has taken the conversation over from the bot, whose session is over. */
export function handedOff(state: BotSessionState): void {
  state.phase = 'handed_off';
  forgetBot(state);
  state.hops = 0;
}

/** Another bot takes over. Its session is heard next. */
export function hop(state: BotSessionState): void {
  state.hops += 1;
  forgetBot(state);
}

/**
 * Nobody has the conversation: what the user says next begins a session. What is told later of a handoff that was not
 * waited for is not about the next one.
 */
export function becomeFree(state: BotSessionState, phase: 'idle' | 'over'): void {
  if (state.handOff) noteAnswered(state, [state.handOff.requestId]);
  state.phase = phase;
  forgetBot(state);
  delete state.handOff;
  state.hops = 0;
  state.failures = 0;
}

function forgetBot(state: BotSessionState): void {
  delete state.session;
  delete state.intent;
  state.offered = [];
}

/** Which of the targets may be tried: once so many bots have taken over one after the other, no further bot. */
export function withinLoopBudget(
  { hops, plan }: BotSessionState,
  targets: readonly RequestedTarget[],
): readonly RequestedTarget[] {
  return plan && hops >= plan.maxHops ? targets.filter(({ kind }) => kind !== 'bot') : targets;
}

/** Whether the bot asks again and again, and nobody says anything between. */
export function failsForEver({ failures }: BotSessionState): boolean {
  return failures >= MAX_FAILURES;
}
