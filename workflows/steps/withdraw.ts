// Takes a transfer back, so that two agents never get one user. What cannot be confirmed in time goes on in the
// background: it holds up neither the next rung nor the bot's notice.
import type { TransferCall, WithdrawReply } from '../../activities/types';
import { describeRung } from '../../domain/details';
import type { EscalationState, Transfer } from '../../domain/escalation-state';
import { humanStays, retire, unreadEvents } from '../../domain/escalation-transfers';
import type { Rung } from '../../domain/plan';
import { call, callWithRetries, faultName } from '../calls';
import { narrate } from '../inspect';
import { leaveChat } from './relay/leave-chat';
import { callOf } from './transfer-ref';
import { noteAnswer } from './write-down';

/** How long the ladder waits for a withdrawal. */
const WITHDRAW_MS = 30_000;
/** How long the withdrawal goes on after that. */
const KEEP_WITHDRAWING_MS = 900_000;

/** The desk's answer, or that there was none in time. */
export type Withdrawal = WithdrawReply | { readonly kind: 'unconfirmed' };

/** Withdraws a transfer. `connected`: too late, a human is there. */
export async function withdraw(state: EscalationState, transfer: Transfer, rung: Rung): Promise<Withdrawal> {
  const ref = callOf(state, transfer);
  const summary = `Withdraw from ${describeRung(rung)}`;
  const result = await call('withdrawTransfer', ref, { summary, deadlineAt: Date.now() + WITHDRAW_MS });
  if (result.kind === 'done') {
    retire(state, transfer, result.value.kind === 'connected' ? 'connected' : 'withdrawn', Date.now());
    if (result.value.kind !== 'withdrawn') noteAnswer(state);
    narrate(state, `withdrawal_${result.value.kind}`, describeRung(rung));
    return result.value;
  }
  const heard = unreadEvents(state, transfer.transferId).find(({ event }) => event.kind === 'connected');
  if (heard?.event.kind === 'connected') {
    retire(state, transfer, 'connected', Date.now());
    return heard.event;
  }
  retire(state, transfer, 'withdrawal_unconfirmed', Date.now());
  narrate(state, 'withdrawal_unconfirmed', result.kind === 'fault' ? result.fault.code : undefined);
  void keepWithdrawing(state, transfer, ref);
  return { kind: 'unconfirmed' };
}

function keepWithdrawing(state: EscalationState, transfer: Transfer, ref: TransferCall): Promise<void> {
  return withdrawBeside(state, transfer, ref, {
    summary: `Withdraw ${ref.target.kind} ${ref.target.id}, not confirmed before`,
    withinMs: KEEP_WITHDRAWING_MS,
    undone: (kind) => [`withdrawal_${kind}`, `rung ${transfer.rung + 1}, settled late`],
    stands: 'withdrawal_given_up',
  });
}

/**
 * Withdraws beside the main story; the end of the escalation waits for it. Never a local activity beside the main
 * story's: two at a time are replayed in the order in which they began, not in the one in which they ended, and the
 * history could not be replayed.
 */
export async function withdrawBeside(
  state: EscalationState,
  transfer: Transfer,
  ref: TransferCall,
  options: {
    readonly summary: string;
    readonly withinMs: number;
    /** The story's line, and its detail, when the transfer does not stand any more. */
    readonly undone: (kind: 'withdrawn' | 'userLeft') => readonly [event: string, detail: string];
    /** The story's line when that cannot be reached. */
    readonly stands: string;
  },
): Promise<void> {
  state.settling += 1;
  const { summary, withinMs } = options;
  const result = await callWithRetries('withdrawTransfer', ref, {
    summary,
    deadlineAt: Date.now() + withinMs,
  });
  if (result.kind !== 'done') {
    narrate(state, options.stands, faultName(result));
  } else if (result.value.kind === 'connected') {
    noteAnswer(state);
    const isDecided = state.outcome !== undefined;
    humanStays(state, Date.now(), transfer, result.value.agentId);
    // Nobody carries what this human writes.
    if (isDecided && transfer.carried) void leaveChat(state, transfer);
  } else {
    transfer.standing = 'withdrawn';
    narrate(state, ...options.undone(result.value.kind));
  }
  state.settling -= 1;
}
