// The end of the escalation: last notices, attributes, withdrawals and undoings that are still open, the result.
import { condition } from '@temporalio/workflow';
import type { ChatEnd } from '../../domain/chat';
import { stopOutcome } from '../../domain/escalation-interrupts';
import { failures, handOver, type EscalationState } from '../../domain/escalation-state';
import { outcomeLabel, ownerAfter, type Outcome } from '../../domain/outcome';
import { makeEndedNotice, makeNotice } from '../../domain/make-notice';
import type { Owner } from '../../domain/phase';
import { isSaying, ownershipOf } from '../../domain/speaking';
import { enter, narrate, publish } from '../inspect';
import { keepPromise } from './conclude-attempt';
import type { BotTeller } from './tell-bot';
import { writeDown } from './write-down';

const NEVER_TRIED: Outcome = { kind: 'failed', reason: 'timed_out' };

/** The workflow's result: what the conversation's next run has to know, and how this one ended. */
export interface EscalationResult {
  /** Absent where no escalation was asked for. */
  readonly outcome?: Outcome;
  /** No escalation was asked for: the run only posted what the bot said. */
  readonly spoke?: true;
  /** How the time with the human ended, where Baton carried their messages. */
  readonly returned?: ChatEnd;
  readonly attempts: number;
  /** Who may speak from here on, and under which epoch. */
  readonly owner: Owner;
  readonly epoch: number;
  /** The requests that were taken: the same id asked again later is still the same request. */
  readonly requestIds: readonly string[];
  /** Only of a run that is no escalation: run id of the conversation's last one. */
  readonly lastEscalation?: string;
}

/** How an escalation whose attempts are over ends; the bot has heard of it. */
export async function decide(state: EscalationState, bot: BotTeller): Promise<Outcome> {
  const outcome = state.outcome ?? (await endWithoutAnotherAttempt(state, bot));
  state.outcome = outcome;
  return outcome;
}

/** Closes an escalation. */
export async function close(state: EscalationState, outcome: Outcome): Promise<void> {
  publish({
    BatonPhase: 'closed',
    BatonOutcome: outcomeLabel(outcome),
    BatonAttempt: state.attempt,
    ...answered(state),
  });
  await condition(() => state.settling === 0 && state.late.length === 0 && !isSaying(state));
  narrate(state, 'closed', outcomeLabel(outcome));
  enter(state, 'closed');
}

/** The result of a run that is over, once its last handler has finished: these change the owner too. */
export function resultOf(state: EscalationState): EscalationResult {
  const { outcome, lastEscalation, relay } = state;
  return {
    ...(outcome ? { outcome } : { spoke: true }),
    ...(outcome?.kind === 'connected' && relay?.end && { returned: relay.end }),
    attempts: state.attempts.length,
    ...ownershipOf(state),
    requestIds: state.requests.map((known) => known.requestId),
    ...(!outcome && lastEscalation !== undefined && { lastEscalation }),
  };
}

/** Between two attempts: the bot did not ask again in time, or the escalation was stopped. */
async function endWithoutAnotherAttempt(state: EscalationState, bot: BotTeller): Promise<Outcome> {
  const { plan } = state;
  const last = state.attempts.at(-1)?.outcome;
  const stopped = stopOutcome(state);
  if (stopped) {
    handOver(state, ownerAfter(stopped));
    if (plan) await bot.tell(plan, makeNotice(state, Date.now(), stopped));
    return stopped;
  }
  handOver(state, 'bot');
  narrate(state, 'bot_did_not_ask_again', `after ${failures(state)} failures`);
  if (plan) {
    await writeDown(state, last ?? NEVER_TRIED);
    await keepPromise(state, plan);
    await bot.tell(plan, makeEndedNotice(state, Date.now()));
  }
  return last ?? NEVER_TRIED;
}

function answered(state: EscalationState): { BatonSkill?: string; BatonPlatform?: string } {
  if (!state.outcome || !('rung' in state.outcome)) return {};
  const rung = state.plan?.rungs[state.outcome.rung];
  return rung ? { BatonSkill: rung.target.id, BatonPlatform: rung.desk.platform } : {};
}
