// Asks for escalations: the one that a bot wants, and the one that takes the place of a bot which does not work.
import type { RequestTaken } from '../../activities/session-types';
import { askingOnError, type Asking } from '../../domain/bot-session-request';
import { becomeFree, beginHandOff } from '../../domain/bot-session-hand-off';
import type { BotSessionState, SessionPlan } from '../../domain/bot-session-state';
import { escalationWorkflowId } from '../../domain/ids';
import { callWithRetries, faultName, type CallResult } from '../calls';
import { endSession } from './ask-bot';
import { signalEscalation } from './escalation';
import { narrate } from './show';
import { apologize } from './tell-user';

/** Temporal itself takes the request: what is not taken by then is given up. */
const ASK_MS = 300_000;
/** An outcome that was told before this request was known to be taken is on its way by then. */
const KNOWN_MS = 60_000;

/** Asks for the escalation. Answers with the code of what went wrong; undefined: it was taken. */
export async function askForEscalation(state: BotSessionState, asking: Asking): Promise<string | undefined> {
  const { tenant, conversationId } = state;
  const { request } = asking;
  beginHandOff(state, asking.handOff);
  narrate(state, 'escalation_asked', `request ${request.requestId} (${asking.handOff.reason})`);
  const asked = await callWithRetries(
    'askForEscalation',
    { tenant, conversationId, request },
    { summary: `Ask for an escalation by ${request.integration}`, deadlineAt: Date.now() + ASK_MS },
  );
  if (asked.kind === 'done') {
    const { kind, isCarried } = asked.value as Partial<RequestTaken>;
    beginHandOff(state, {
      ...asking.handOff,
      // Activities of earlier versions did not say.
      ...(isCarried === false && { waits: true }),
      ...(kind === 'known' && { giveUpAt: Date.now() + KNOWN_MS }),
    });
    return undefined;
  }
  const code = faultName(asked);
  narrate(state, 'escalation_not_taken', code);
  // It may have been taken all the same, and the bot is told otherwise.
  const isRefused = asked.kind === 'fault' && asked.fault.terminal;
  if (!isRefused) await signalEscalation(escalationWorkflowId(tenant, conversationId), 'cancel', {});
  return code;
}

/** The bot does not work: the user is handed off without it. */
export async function botFailed(
  state: BotSessionState,
  plan: SessionPlan,
  result: Exclude<CallResult<unknown>, { kind: 'done' }>,
  of: string,
): Promise<void> {
  narrate(state, 'bot_failed', faultName(result));
  const { session } = state;
  await askInstead(state, plan, of);
  if (session && !state.leaving) {
    await endSession(state, session, 'error');
    delete state.session;
  }
}

/** Without a session that could be ended. `of`: what the bot failed at. */
export async function askInstead(state: BotSessionState, plan: SessionPlan, of: string): Promise<void> {
  const refused = await askForEscalation(state, askingOnError(state, plan, of));
  if (refused === undefined) return;
  await apologize(state, plan.defaultResponse, of);
  if (!state.leaving) becomeFree(state, 'over');
}
