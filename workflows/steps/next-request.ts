// Waits for the bot: for its first request, or for it to ask again after a failure.
import { condition } from '@temporalio/workflow';
import { mustStop } from '../../domain/escalation-interrupts';
import { beginAttempt } from '../../domain/escalation-requests';
import type { EscalationState } from '../../domain/escalation-state';
import type { EscalationRequest } from '../../domain/request';
import { isSaying } from '../../domain/speaking';
import { enter, publish } from '../inspect';

/** A workflow that was started without a usable request gives up after this long. */
const FIRST_REQUEST_WAIT_MS = 60_000;

/** The next request to work on; undefined when none came in time, or none is wanted any more. */
export async function nextRequest(state: EscalationState): Promise<EscalationRequest | undefined> {
  if (!state.pending && !mustStop(state)) await waitForTheBot(state);
  // What the bot said before it asked is read before what Baton says; nothing more is taken meanwhile.
  if (state.pending && isSaying(state)) await condition(() => !isSaying(state));
  return state.pending ? beginAttempt(state) : undefined;
}

async function waitForTheBot(state: EscalationState): Promise<void> {
  const waitMs = state.plan?.retryWindowMs ?? FIRST_REQUEST_WAIT_MS;
  if (state.attempt > 0) {
    enter(state, 'awaiting_bot', { for: 'the bot to ask again', until: Date.now() + waitMs });
    publish({ BatonPhase: 'awaiting_bot' });
  }
  const summary = state.attempt > 0 ? 'The bot may ask again' : 'No usable request yet';
  await condition(() => state.pending !== undefined || mustStop(state), waitMs, { summary });
}
