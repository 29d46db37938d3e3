// What a bot asks of an escalation: its requests, which attempt answers each, and how an attempt begins. Pure
// transitions of the state.
import {
  handOver,
  isTalking,
  remember,
  tell,
  type AttemptRecord,
  type EscalationState,
} from './escalation-state';
import type { EscalationRequest } from './request';

/**
 * Takes a bot's request. The same `requestId` again is the same request; while one is worked on, another is
 * answered with the running one. A bot may ask again as soon as its attempt has ended, even before it has been
 * told; what comes when the end is decided is kept for the next run.
 */
export function acceptRequest(state: EscalationState, at: number, request: EscalationRequest): void {
  const { requestId } = request;
  if (state.requests.some((known) => known.requestId === requestId)) return;
  const talking = isTalking(state);
  const ending = !talking && isEnding(state);
  if (ending && !state.next) state.next = request;
  else if (!ending && !talking && attemptIsOver(state) && !state.pending) state.pending = request;
  else tell(state, at, 'request_merged', `request ${requestId} is answered with the running one`);
  const attempt = ending ? 0 : state.attempt + (state.pending ? 1 : 0);
  remember(state.requests, { requestId, attempt });
}

function isEnding(state: EscalationState): boolean {
  return state.interrupt !== undefined || state.outcome !== undefined || state.phase === 'closed';
}

/** How the attempt that answers a request ended; undefined while it runs, or if another run answers it. */
export function answerOf(state: EscalationState, requestId: string): AttemptRecord | undefined {
  const accepted = state.requests.find((known) => known.requestId === requestId);
  return state.attempts.find((record) => record.attempt === accepted?.attempt);
}

/** Starts the attempt of the pending request. */
export function beginAttempt(state: EscalationState): EscalationRequest {
  const request = state.pending;
  if (!request) throw new Error('beginAttempt needs a pending request');
  delete state.pending;
  delete state.rung;
  delete state.waiting;
  delete state.result;
  state.request = request;
  state.messageDue = true;
  state.attempt += 1;
  state.phase = 'planning';
  handOver(state, 'baton');
  return request;
}

function attemptIsOver(state: EscalationState): boolean {
  return state.attempts.length >= state.attempt;
}
