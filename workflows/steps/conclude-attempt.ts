// The end of an attempt: it is recorded, the user is told if nothing else will be, and the bot hears exactly one outcome.
import { voidCancel } from '../../domain/escalation-interrupts';
import { failures, handOver, type EscalationState } from '../../domain/escalation-state';
import { outcomeLabel, ownerAfter } from '../../domain/outcome';
import { makeNotice } from '../../domain/make-notice';
import { MAX_FAILURE_NOTICES, type EscalationPlan } from '../../domain/plan';
import type { ResultData } from '../../domain/result-data';
import { call, faultName } from '../calls';
import { enter, narrate } from '../inspect';
import type { Climb } from './climb-ladder';
import { sayFailure } from './last-words';
import type { BotTeller } from './tell-bot';
import { writeDown } from './write-down';

/** A result script is quick or dead; the notice does not wait longer for it. */
const TRANSFORM_MS = 5_000;

/** Records the attempt and tells everybody. True: the escalation is over. */
export async function concludeAttempt(
  state: EscalationState,
  plan: EscalationPlan,
  climb: Climb,
  bot: BotTeller,
): Promise<boolean> {
  const { outcome } = climb;
  state.attempts.push({ requestId: state.request?.requestId ?? '', attempt: state.attempt, outcome });
  narrate(state, 'attempt_over', outcomeLabel(outcome));
  const over = outcome.kind !== 'failed' || failures(state) > MAX_FAILURE_NOTICES;
  if (over) {
    state.outcome = outcome;
    await writeDown(state, outcome);
  }
  if (over && outcome.kind === 'failed') await keepPromise(state, plan);
  // Before the notice, so that its epoch is the one to speak under: a bot that may ask again may speak meanwhile.
  handOver(state, ownerAfter(outcome));
  if (outcome.kind === 'connected' || outcome.kind === 'queued_only') {
    voidCancel(state, Date.now());
    enter(state, 'connected');
  }
  const result = await transform(state, plan, climb);
  if (Object.keys(result).length > 0) state.result = result;
  await bot.tell(plan, makeNotice(state, Date.now(), outcome, result));
  return over;
}

/** The user was promised a transfer: if no text has said that there is none, and no bot does, this one says it. */
export async function keepPromise(state: EscalationState, plan: EscalationPlan): Promise<void> {
  if (plan.botSide?.answersFailures) return;
  const alreadySaid = plan.problem !== undefined && !plan.problem.silent;
  if (!alreadySaid) await sayFailure(state, plan);
}

async function transform(state: EscalationState, plan: EscalationPlan, climb: Climb): Promise<ResultData> {
  if (!plan.result || climb.raw === undefined) return {};
  const transformed = await call(
    'transformResult',
    {
      tenant: state.tenant,
      integration: plan.integration,
      conversationId: state.conversationId,
      mapping: plan.result,
      raw: climb.raw,
      variables: state.request?.variables ?? {},
      now: Date.now(),
      seed: state.request?.requestId ?? '',
    },
    { summary: 'Run the transform result script', deadlineAt: Date.now() + TRANSFORM_MS },
  );
  if (transformed.kind !== 'done') {
    const code = faultName(transformed);
    narrate(state, 'not_transformed', code);
    return { error: code };
  }
  const { data, error } = transformed.value;
  if (error !== undefined) narrate(state, 'script_failed', error);
  return { data, ...(error !== undefined && { error }) };
}
