// One rung: ask the desk, wait for its answer, and take the request back if none comes in time.
import type { TransferCall, TransferReply } from '../../activities/types';
import { assertNever } from '../../domain/assert-never';
import { describeRung } from '../../domain/details';
import type { BotWord } from '../../domain/bot-session';
import { acceptDeskNews } from '../../domain/escalation-hears';
import { interrupt, mustStop, stopOutcome } from '../../domain/escalation-interrupts';
import type { EscalationState, Transfer } from '../../domain/escalation-state';
import { isDecided, noteChat, retire } from '../../domain/escalation-transfers';
import type { FailureReason, Outcome } from '../../domain/outcome';
import type { EscalationPlan, Rung } from '../../domain/plan';
import { call, callUnrepeatable, type CallFault } from '../calls';
import { enter, narrate } from '../inspect';
import { awaitAnswer, type Answer } from './await-answer';
import type { Ears } from './relay/ears';
import { leaveChat } from './relay/leave-chat';
import { transferMessage } from './last-words';
import { recordTransfer, transferRef } from './transfer-ref';
import { withdraw } from './withdraw';
import { noteAnswer } from './write-down';

/** How a rung ended. */
export type RungResult =
  | { readonly kind: 'over'; readonly outcome: Outcome; readonly raw?: unknown }
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly detail?: string };

/** Tries one rung. The response timeout counts from here: the first send and every retry included. */
export async function tryRung(
  state: EscalationState,
  plan: EscalationPlan,
  index: number,
  ears: Ears,
): Promise<RungResult> {
  const rung = plan.rungs[index];
  if (!rung) throw new Error(`no rung ${index}`);
  const ref = transferRef(state, rung, index);
  const transfer = recordTransfer(state, ref, index, rung);
  const deadlineAt = Date.now() + rung.responseTimeoutMs;
  enter(state, 'requested', { for: describeRung(rung), until: deadlineAt });
  narrate(state, 'transfer_requested', describeRung(rung));
  const asked = await askDesk(state, plan, { ref, rung, transfer }, deadlineAt);
  if (asked.kind === 'waiting' || asked.kind === 'connected') ears.listen(transfer);
  const answer = await answerTo(state, ref, rung, asked, deadlineAt);
  const result = await settle(state, transfer, rung, answer, asked.raw);
  if (result.kind === 'failed' || result.outcome.kind !== 'connected') ears.hush();
  return result;
}

type Asked =
  | { readonly kind: 'waiting'; readonly queued: boolean; readonly raw?: unknown }
  | (Answer & { readonly raw?: unknown });

/** What the desk said in an event counts, even where the call that asked it brought no answer. */
async function answerTo(
  state: EscalationState,
  ref: TransferCall,
  rung: Rung,
  asked: Asked,
  deadlineAt: number,
): Promise<Answer> {
  if (asked.kind === 'waiting') return awaitAnswer(state, ref, rung, { queued: asked.queued, deadlineAt });
  const noAnswer = asked.kind === 'unanswered' || asked.kind === 'interrupted';
  if (!noAnswer || !isDecided(state, ref.transferId)) return asked;
  return awaitAnswer(state, ref, rung, { queued: false, deadlineAt });
}

async function askDesk(
  state: EscalationState,
  plan: EscalationPlan,
  { ref, rung, transfer }: { readonly ref: TransferCall; readonly rung: Rung; readonly transfer: Transfer },
  deadlineAt: number,
): Promise<Asked> {
  const message = rung.desk.carriesMessage ? transferMessage(state, plan) : undefined;
  const ask = rung.desk.unrepeatable ? callUnrepeatable : call;
  const reply = await ask(
    'requestTransfer',
    {
      ...ref,
      ...(message && { message }),
      ...(plan.context && { context: plan.context }),
      ...(plan.result && { keepRaw: true }),
    },
    {
      summary: `Ask ${describeRung(rung)}`,
      deadlineAt,
      interrupted: () => mustStop(state) || isDecided(state, ref.transferId),
    },
  );
  if (reply.kind === 'interrupted') return { kind: 'interrupted' };
  if (reply.kind === 'fault') return faultAnswer(reply.fault);
  noteAnswer(state);
  if (message && reply.value.kind !== 'declined') state.messageDue = false;
  if ('chat' in reply.value) noteChat(transfer, reply.value.chat);
  return reply.value.kind === 'connected'
    ? receivedBy(state, transfer, reply.value)
    : replyAnswer(reply.value);
}

/** Where Baton would carry the messages, nobody takes further what a receiving bot hands on at once. */
function receivedBy(
  state: EscalationState,
  transfer: Transfer,
  reply: TransferReply & { readonly kind: 'connected' },
): Asked {
  if (reply.said) transfer.said = reply.said;
  if (reply.handsOn) transfer.handsOn = reply.handsOn;
  if (reply.handsOn && transfer.carried) {
    void leaveChat(state, transfer);
    return { kind: 'declined', reason: 'rejected', detail: 'the bot handed off at once' };
  }
  return replyAnswer(reply);
}

function replyAnswer(reply: TransferReply): Asked {
  const raw = 'raw' in reply && reply.raw !== undefined ? { raw: reply.raw } : {};
  switch (reply.kind) {
    case 'requested':
      return { kind: 'waiting', queued: false, ...raw };
    case 'queued':
      return { kind: 'waiting', queued: true, ...raw };
    case 'connected':
      return { kind: 'connected', ...(reply.agentId !== undefined && { agentId: reply.agentId }), ...raw };
    case 'declined':
      return {
        kind: 'declined',
        reason: reply.reason,
        ...(reply.detail !== undefined && { detail: reply.detail }),
      };
    case 'userLeft':
      return { kind: 'userLeft' };
    default:
      return assertNever(reply);
  }
}

/** A desk that refuses what was sent says no; anything else is a platform that does not work. */
function faultAnswer(fault: CallFault): Answer {
  const rejected = fault.terminal && fault.code === 'ESC_PLATFORM_REJECTED';
  if (rejected && !fault.resultUnknown) return { kind: 'declined', reason: 'rejected', detail: fault.code };
  const reason = rejected ? 'rejected' : 'platform_down';
  return { kind: 'unanswered', reason, detail: fault.code, mayStand: fault.resultUnknown };
}

async function settle(
  state: EscalationState,
  transfer: Transfer,
  rung: Rung,
  answer: Answer,
  raw: unknown,
): Promise<RungResult> {
  switch (answer.kind) {
    case 'connected':
      return connected(state, transfer, answer.agentId, raw);
    case 'queued_only':
      retire(state, transfer, 'connected', Date.now());
      narrate(state, 'queued_only', describeRung(rung));
      return over({ kind: 'queued_only', rung: transfer.rung }, raw);
    case 'declined':
      retire(state, transfer, 'declined', Date.now());
      narrate(
        state,
        'declined',
        `${answer.reason}${answer.detail === undefined ? '' : ` (${answer.detail})`}`,
      );
      return {
        kind: 'failed',
        reason: answer.reason,
        ...(answer.detail !== undefined && { detail: answer.detail }),
      };
    case 'userLeft':
      interrupt(state, Date.now(), { kind: 'userLeft' });
      return takeBack(state, transfer, rung, { reason: 'timed_out', raw });
    case 'interrupted':
      return takeBack(state, transfer, rung, { reason: 'timed_out', raw });
    case 'unanswered':
      narrate(
        state,
        'no_answer',
        `${answer.reason}${answer.detail === undefined ? '' : ` (${answer.detail})`}`,
      );
      if (!answer.mayStand) {
        retire(state, transfer, 'withdrawn', Date.now());
        return failed(answer);
      }
      return takeBack(state, transfer, rung, { ...answer, raw });
    default:
      return assertNever(answer);
  }
}

async function takeBack(
  state: EscalationState,
  transfer: Transfer,
  rung: Rung,
  why: { reason: FailureReason; detail?: string; raw: unknown },
): Promise<RungResult> {
  const withdrawal = await withdraw(state, transfer, rung);
  if (withdrawal.kind === 'connected' && state.interrupt?.kind !== 'userLeft') {
    // Too late to take back: the user is with a human, so that is how the attempt ended.
    return connected(state, transfer, withdrawal.agentId, why.raw);
  }
  // The user is gone, and nobody told the human.
  if (withdrawal.kind === 'connected' && transfer.carried) void leaveChat(state, transfer);
  if (withdrawal.kind === 'userLeft') interrupt(state, Date.now(), { kind: 'userLeft' });
  const stopped = stopOutcome(state);
  return stopped ? over(stopped, undefined) : failed(why);
}

function connected(
  state: EscalationState,
  transfer: Transfer,
  agentId: string | undefined,
  raw: unknown,
): RungResult {
  retire(state, transfer, 'connected', Date.now());
  if (transfer.carried && transfer.said) hearFirstWords(state, transfer, transfer.said);
  narrate(state, 'connected', agentId === undefined ? undefined : `agent ${agentId}`);
  return over({ kind: 'connected', rung: transfer.rung, ...(agentId !== undefined && { agentId }) }, raw);
}

/** Where Baton carries the messages, a receiving bot's first words are the first of them. */
function hearFirstWords(state: EscalationState, { transferId }: Transfer, said: readonly BotWord[]): void {
  const news = said.map(({ id, text }) => ({
    id: `${transferId}/${id}`,
    word: { kind: 'message', message: { id, text } } as const,
  }));
  acceptDeskNews(state, Date.now(), { transferId, news });
}

function over(outcome: Outcome, raw: unknown): RungResult {
  return { kind: 'over', outcome, ...(raw !== undefined && { raw }) };
}

function failed(why: { reason: FailureReason; detail?: string }): {
  kind: 'failed';
  reason: FailureReason;
  detail?: string;
} {
  return { kind: 'failed', reason: why.reason, ...(why.detail !== undefined && { detail: why.detail }) };
}
