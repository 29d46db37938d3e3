// One escalation: a bot hands its conversation to a human, or to another bot. This is the whole story on one screen;
// each step is a file in steps/. It must stay deterministic: see CONTRIBUTING.md before you change it.
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
} from '@temporalio/workflow';
import { interrupt, mustStop } from '../domain/escalation-interrupts';
import { openState, type EscalationState } from '../domain/escalation-state';
import { isEscalationInput } from '../domain/guards';
import { isTellingProgress, noteProgress } from '../domain/notice-log';
import type { EscalationPlan } from '../domain/plan';
import type { EscalationInput, EscalationRequest } from '../domain/request';
import { registerHandlers, takeRequest } from './handlers';
import { nothingWaits, takeInTurn } from './in-turn';
import { asAttributes } from './attributes';
import { enter } from './inspect';
import { applyInteractionDelay } from './steps/interaction-delay';
import { climbLadder, type Climb } from './steps/climb-ladder';
import { close, decide, resultOf, type EscalationResult } from './steps/close';
import { concludeAttempt } from './steps/conclude-attempt';
import { keepAlive } from './steps/keep-alive';
import { sayFallback, sayLastWords } from './steps/last-words';
import { nextRequest } from './steps/next-request';
import { isPassingOn } from './steps/pass-on';
import { planAttempt } from './steps/plan-attempt';
import { withTranscript } from './steps/read-transcript';
import { speakUntilAsked } from './steps/speak';
import { createEars, type Ears } from './steps/relay/ears';
import { relayChat } from './steps/relay/relay-chat';
import { createBotTeller } from './steps/tell-bot';
import { undoLateAnswers } from './steps/undo-late-answers';

/** Started with the request, or by signal-with-start `escalate`. Cancelling it withdraws what was asked for. */
export async function escalation(input: EscalationInput): Promise<EscalationResult> {
  if (!isEscalationInput(input)) throw unusable('tenant or conversationId is missing');
  const state = input.resumed ?? openState(input);
  const resumed = input.resumed !== undefined;
  // Before the handlers: a signal that is already there came after the request that the workflow was started with.
  if (input.request) takeRequest(state, input.request);
  registerHandlers(state);
  const root = CancellationScope.current();
  root.cancelRequested.catch(() =>
    takeInTurn(() => interrupt(state, Date.now(), { kind: 'cancelled', by: 'operator' })),
  );

  await CancellationScope.nonCancellable(async () => {
    if (state.phase !== 'speaking' || (await speakUntilAsked(state))) await escalate(state, resumed);
    await condition(allHandlersFinished);
    await nothingWaits();
    await condition(() => !isPassingOn(state));
  });

  const next = state.next ?? state.pending;
  if (next) await continueWith(state, next);
  if (root.consideredCancelled && state.outcome?.kind === 'cancelled')
    throw new CancelledFailure('cancelled');
  return resultOf(state);
}

async function escalate(state: EscalationState, resumed: boolean): Promise<void> {
  const bot = createBotTeller(state);
  const ears = createEars(state);
  undoLateAnswers(state);
  if (resumed) enter(state, 'connected');
  let alive = false;
  const stayAlive = (): void => {
    if (!alive && state.plan?.botSide?.extendEveryMs !== undefined) void keepAlive(state);
    alive = true;
  };
  if (resumed) stayAlive();
  for (let over = resumed; !over;) {
    const request = await nextRequest(state);
    if (!request) break;
    const plan = await planAttempt(state, request);
    if (!plan) break;
    noteProgress(state, Date.now(), { kind: 'accepted' });
    if (plan.progress) bot.tellProgress();
    stayAlive();
    over = await concludeAttempt(state, plan, await workAttempt(state, plan, ears), bot);
  }
  if (state.attempts.length === 0 && !state.interrupt) {
    enter(state, 'closed');
    throw unusable('no usable request came', state.deadLetters);
  }
  const outcome = await decide(state, bot);
  await relayChat(state, { bot, ears, resumed });
  return close(state, outcome);
}

async function workAttempt(state: EscalationState, planned: EscalationPlan, ears: Ears): Promise<Climb> {
  // Else the bot's platform would show the user nothing, or let the bot answer.
  if (planned.botSide?.tellsFirst) await condition(() => !isTellingProgress(state));
  const plan = await withTranscript(state, planned);
  if (plan.problem && !mustStop(state)) {
    const { silent, ...why } = plan.problem;
    if (!silent && !plan.botSide?.answersFailures) await sayFallback(state, plan);
    return { outcome: { kind: 'failed', ...why } };
  }
  await sayLastWords(state, plan);
  await applyInteractionDelay(state, plan);
  return climbLadder(state, plan, ears);
}

/** The next run is another escalation of the conversation: the outcome of this one is not among its attributes. */
function continueWith(state: EscalationState, request: EscalationRequest): Promise<never> {
  const { tenant, conversationId, epoch } = state;
  const requestIds = state.requests.map((known) => known.requestId).filter((id) => id !== request.requestId);
  const typedSearchAttributes = asAttributes({
    BatonTenant: tenant,
    BatonConversationId: conversationId,
    BatonPhase: 'transferring',
    BatonAttempt: 1,
  });
  const continueAsNew = makeContinueAsNewFunc<typeof escalation>({
    typedSearchAttributes,
    memo: { requestId: request.requestId },
  });
  const { botState } = state;
  const again = { ...request, ...(botState && { botState }) };
  return continueAsNew({ tenant, conversationId, request: again, continued: { epoch, requestIds } });
}

function unusable(problem: string, ...details: unknown[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(problem, 'ESC_REQUEST_MISSING', ...details);
}
