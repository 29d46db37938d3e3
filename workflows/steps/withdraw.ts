// Takes a transfer back, so that two agents never get one user. What cannot be confirmed in time goes on in the
// background: it holds up neither the next rung nor the bot's notice.
import type { TransferCall, WithdrawReply } from '../../activities/types';
import { describeRung } from '../../domain/details';
import type { EscalationState, Transfer } from '../../domain/escalation-state';
import type { Rung } from '../../domain/plan';
import { call, callWithRetries } from '../calls';
import { narrate } from '../inspect';
import { callOf } from './transfer-ref';

/** How long the ladder waits for a withdrawal. */
const WITHDRAW_MS = 30_000;
/** How long the withdrawal goes on after that. */
const KEEP_WITHDRAWING_MS = 900_000;

/** The desk's answer, or that there was none in time. */
export type Withdrawal = WithdrawReply | { readonly kind: 'unconfirmed' };

/** Withdraws a transfer. `connected`: too late, a human is there. */
export async function withdraw(
  state: EscalationState,
  transfer: Transfer,
  ref: TransferCall,
  rung: Rung,
): Promise<Withdrawal> {
  const summary = `Withdraw from ${describeRung(rung)}`;
  const result = await call('withdrawTransfer', ref, { summary, deadlineAt: Date.now() + WITHDRAW_MS });
  if (result.kind === 'done') {
    if (result.value.kind === 'withdrawn') transfer.standing = 'withdrawn';
    narrate(state, `withdrawal_${result.value.kind}`, describeRung(rung));
    return result.value;
  }
  transfer.standing = 'withdrawal_unconfirmed';
  narrate(state, 'withdrawal_unconfirmed', result.kind === 'fault' ? result.fault.code : undefined);
  return { kind: 'unconfirmed' };
}

/** Goes on withdrawing what could not be confirmed; resolves when every one is settled or given up. */
export async function finishWithdrawals(state: EscalationState): Promise<void> {
  const open = state.transfers.filter((transfer) => transfer.standing === 'withdrawal_unconfirmed');
  await Promise.all(open.map((transfer) => keepWithdrawing(state, transfer, callOf(state, transfer))));
}

async function keepWithdrawing(state: EscalationState, transfer: Transfer, ref: TransferCall): Promise<void> {
  const result = await callWithRetries('withdrawTransfer', ref, {
    summary: `Withdraw ${ref.target.kind} ${ref.target.id}, not confirmed before`,
    deadlineAt: Date.now() + KEEP_WITHDRAWING_MS,
  });
  if (result.kind === 'done') {
    transfer.standing = result.value.kind === 'connected' ? 'connected' : 'withdrawn';
    narrate(state, `withdrawal_${result.value.kind}`, 'settled late');
  } else {
    narrate(state, 'withdrawal_given_up', result.kind === 'fault' ? result.fault.code : undefined);
  }
}
