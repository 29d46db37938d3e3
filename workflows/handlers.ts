// The workflow's handlers. Obligations: (1) set before the first await, (2) synchronous but for what updates wait for,
// (3) never throw: a plain error in a handler would freeze the escalation, so what is bad becomes a dead letter.
import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, condition, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { acceptDeskEvent, acceptDeskNews, acceptUserMessage, noteBotState } from '../domain/escalation-hears';
import { interrupt } from '../domain/escalation-interrupts';
import { acceptRequest, answerOf } from '../domain/escalation-requests';
import { deadLetter, type AttemptRecord, type EscalationState } from '../domain/escalation-state';
import { receiverOf } from '../domain/escalation-transfers';
import { checkDeskNews, checkUserMessage } from '../domain/chat-guards';
import { explain } from '../domain/explain';
import { checkDeskEvent, checkRequest } from '../domain/guards';
import { noticeLog } from '../domain/notice-log';
import type { EscalationRequest } from '../domain/request';
import { statusOf } from '../domain/status';
import {
  cancelSignal,
  chatQuery,
  deskEventSignal,
  deskNewsSignal,
  escalateAndWaitUpdate,
  escalateSignal,
  explainQuery,
  noticesQuery,
  receiverQuery,
  statusQuery,
  userLeftSignal,
  userMessageSignal,
} from './messages';
import { refuseWhileBusy, takeInTurn } from './in-turn';
import { passOn } from './steps/pass-on';
import { tellUndelivered } from './steps/relay/tell-user';
import { registerSpeakingHandlers } from './speaking-handlers';

/** An unknown signal's name is kept this far. */
const MAX_NAME_CHARS = 100;

/** Connects the messages to the state. */
export function registerHandlers(state: EscalationState): void {
  setHandler(
    escalateSignal,
    guarded(state, 'escalate', (input) => takeRequest(state, input)),
    {
      description: 'Start the escalation, or ask again after a failure',
    },
  );
  setHandler(
    cancelSignal,
    guarded(state, 'cancel', () => interrupt(state, Date.now(), { kind: 'cancelled', by: 'bot' })),
    {
      description: 'The bot takes the handoff back',
    },
  );
  setHandler(
    userLeftSignal,
    guarded(state, 'userLeft', () => interrupt(state, Date.now(), { kind: 'userLeft' })),
    {
      description: 'The user left the conversation',
    },
  );
  setHandler(
    deskEventSignal,
    guarded(state, 'deskEvent', (input) => takeDeskEvent(state, input)),
    {
      description: 'A desk said something about a transfer',
    },
  );
  setHandler(
    deskNewsSignal,
    guarded(state, 'deskNews', (input) => takeDeskNews(state, input)),
    { description: 'A desk said several things about a transfer and its chat' },
  );
  setHandler(
    userMessageSignal,
    guarded(state, 'userMessage', (input) => takeUserMessage(state, input)),
    { description: 'The user wrote something while a human is on the way, or there' },
  );
  setDefaultSignalHandler((name) =>
    deadLetter(state, Date.now(), name.slice(0, MAX_NAME_CHARS), 'no such signal'),
  );
  setHandler(escalateAndWaitUpdate, (request) => escalateAndWait(state, request), {
    validator: (request: unknown) => {
      const checked = checkRequest(request);
      if (!checked.ok) throw ApplicationFailure.nonRetryable(checked.problem, 'ESC_REQUEST_INVALID');
      refuseWhileBusy();
    },
    description: 'Like escalate, answered with how the attempt ended',
  });
  setHandler(statusQuery, () => statusOf(state), { description: 'Where the escalation stands' });
  setHandler(explainQuery, () => explain(state), { description: 'What was tried, and why not' });
  setHandler(noticesQuery, (after) => noticeLog(state, after), {
    description: 'The notices after a sequence number',
  });
  setHandler(
    chatQuery,
    (transferId) => state.transfers.find((transfer) => transfer.transferId === transferId)?.chat,
    { description: 'Where the chat of a transfer stands, for its activities' },
  );
  setHandler(receiverQuery, () => receiverOf(state), {
    description: 'The bot that has taken the conversation over',
  });
  registerSpeakingHandlers(state);
}

/** Takes a request from wherever it came; a bad one is dead-lettered. */
export function takeRequest(state: EscalationState, input: unknown): void {
  const checked = checkRequest(input);
  if (!checked.ok) return deadLetter(state, Date.now(), 'escalate', checked.problem);
  // Kept once, and not with every request.
  const { botState, ...request } = checked.value;
  noteBotState(state, Date.now(), botState);
  acceptRequest(state, Date.now(), request);
}

function takeDeskEvent(state: EscalationState, input: unknown): void {
  const checked = checkDeskEvent(input);
  if (checked.ok) acceptDeskEvent(state, Date.now(), checked.value);
  else deadLetter(state, Date.now(), 'deskEvent', checked.problem);
}

function takeDeskNews(state: EscalationState, input: unknown): void {
  const checked = checkDeskNews(input);
  if (!checked.ok) return deadLetter(state, Date.now(), 'deskNews', checked.problem);
  for (const problem of checked.value.problems) deadLetter(state, Date.now(), 'deskNews', problem);
  acceptDeskNews(state, Date.now(), checked.value.news);
}

function takeUserMessage(state: EscalationState, input: unknown): void {
  const checked = checkUserMessage(input);
  if (!checked.ok) return deadLetter(state, Date.now(), 'userMessage', checked.problem);
  const further = acceptUserMessage(state, Date.now(), checked.value);
  if (further) void passOn(state, further);
  // While user and agent talk, the relay sees to it.
  if (state.outcome === undefined && state.relay?.untold) void tellUndelivered(state);
}

async function escalateAndWait(
  state: EscalationState,
  request: EscalationRequest,
): Promise<{ attempt: number; outcome: AttemptRecord['outcome'] }> {
  takeRequest(state, request);
  const answer = (): AttemptRecord | undefined => answerOf(state, request.requestId);
  // An operator's cancel ends the attempt, and so answers the request; it must not end the wait for the answer.
  await CancellationScope.nonCancellable(() =>
    condition(() => answer() !== undefined || state.outcome !== undefined || state.phase === 'closed'),
  );
  const record = answer();
  if (!record) {
    throw ApplicationFailure.nonRetryable(
      'the escalation ended before it worked on this request',
      'ESC_ESCALATION_CLOSED',
    );
  }
  return { attempt: record.attempt, outcome: record.outcome };
}

function guarded(
  state: EscalationState,
  signal: string,
  handle: (input: unknown) => void,
): (input?: unknown) => void {
  const take = (input: unknown): void => {
    try {
      handle(input);
    } catch (error) {
      deadLetter(state, Date.now(), signal, error instanceof Error ? error.name : 'unknown error');
    }
  };
  return (input) => takeInTurn(() => take(input));
}
