// Makes the notice that tells the bot how an attempt, or the escalation after it, ended.
import { failures, type EscalationState } from './escalation-state';
import { noticeId } from './ids';
import { nextSequence } from './notice-log';
import type { Notice, NoticeType } from './notice';
import type { Outcome } from './outcome';
import type { ChatEnd } from './chat';
import { MAX_FAILURE_NOTICES } from './plan';
import type { RelayState } from './relay';
import { linesOf } from './relay-transcript';
import type { ResultData } from './result-data';
import { assertNever } from './assert-never';

/** The notice about `outcome`, whose attempt is already recorded in the state. */
export function makeNotice(
  state: EscalationState,
  at: number,
  outcome: Outcome,
  result: ResultData = {},
): Notice {
  const requestId = state.request?.requestId ?? '';
  const type = noticeType(outcome, failures(state));
  const rung = 'rung' in outcome ? state.plan?.rungs[outcome.rung] : undefined;
  return {
    id: noticeId(state.conversationId, requestId, type),
    type,
    sequence: nextSequence(state),
    conversationId: state.conversationId,
    requestId,
    attempt: state.attempt,
    epoch: state.epoch,
    at,
    ...(rung && { target: rung.target }),
    ...('agentId' in outcome && outcome.agentId !== undefined ? { agentId: outcome.agentId } : {}),
    ...(outcome.kind === 'connected' && state.relay?.joined && { relayed: true as const }),
    ...(outcome.kind === 'failed' && { reason: outcome.reason }),
    ...(outcome.kind === 'failed' && outcome.detail !== undefined ? { detail: outcome.detail } : {}),
    ...(type === 'escalation.failed' && {
      noticesLeft: MAX_FAILURE_NOTICES - failures(state),
      askAgainBy: at + (state.plan?.retryWindowMs ?? 0),
    }),
    ...(result.data && { data: result.data }),
    ...(result.error !== undefined && { dataError: result.error }),
  };
}

/** The human is done: the bot owns the conversation again. */
export function makeReturnedNotice(
  state: EscalationState,
  { transcript }: RelayState,
  ended: ChatEnd,
  at: number,
): Notice {
  const outcome: Outcome = state.outcome ?? { kind: 'failed', reason: 'timed_out' };
  const requestId = state.request?.requestId ?? '';
  const type = 'escalation.returned';
  const { agentId: _, target: __, relayed: ___, ...notice } = makeNotice(state, at, outcome);
  return {
    ...notice,
    id: noticeId(state.conversationId, requestId, type),
    type,
    ended,
    transcript: linesOf(transcript),
    ...(transcript.omitted > 0 && { transcriptOmitted: transcript.omitted }),
  };
}

/** The last notice of an escalation whose bot did not ask again in time. */
export function makeEndedNotice(state: EscalationState, at: number): Notice {
  const last = state.attempts.at(-1)?.outcome ?? { kind: 'failed', reason: 'timed_out' };
  const requestId = state.request?.requestId ?? '';
  const type = 'escalation.ended';
  // As the failure before it, but that nothing may follow.
  const { noticesLeft: _, askAgainBy: __, ...notice } = makeNotice(state, at, last);
  return { ...notice, id: noticeId(state.conversationId, requestId, type), type };
}

function noticeType(outcome: Outcome, failed: number): NoticeType {
  switch (outcome.kind) {
    case 'connected':
      return 'escalation.connected';
    case 'queued_only':
      return 'escalation.queued';
    case 'abandoned':
      return 'escalation.abandoned';
    case 'cancelled':
      return 'escalation.cancelled';
    case 'failed':
      return failed > MAX_FAILURE_NOTICES ? 'escalation.ended' : 'escalation.failed';
    default:
      return assertNever(outcome);
  }
}
