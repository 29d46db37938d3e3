// Waits for the desk's answer to one transfer. News come as signals (webhook desks) or from a watching activity;
// both land in the same list, so nothing below this file can tell them apart.
import { condition, patched } from '@temporalio/workflow';
import type { TransferCall } from '../../activities/types';
import { assertNever } from '../../domain/assert-never';
import type { DeclineReason, DeskEvent } from '../../domain/desk-event';
import { describeRung } from '../../domain/details';
import { mustStop } from '../../domain/escalation-interrupts';
import type { EscalationState } from '../../domain/escalation-state';
import { isDecidedAfterInterrupt, takeEvent } from '../../domain/escalation-transfers';
import { noteProgress } from '../../domain/notice-log';
import type { FailureReason } from '../../domain/outcome';
import type { Rung } from '../../domain/plan';
import { callWithRetries } from '../calls';
import { enter, narrate } from '../inspect';
import { tellPlace } from './relay/tell-place';

/** How the wait ended. `mayStand`: the request may still stand at the desk and must be taken back. */
export type Answer =
  | { readonly kind: 'connected'; readonly agentId?: string }
  | { readonly kind: 'queued_only' }
  | { readonly kind: 'declined'; readonly reason: DeclineReason; readonly detail?: string }
  | { readonly kind: 'userLeft' }
  | { readonly kind: 'interrupted' }
  | {
      readonly kind: 'unanswered';
      readonly reason: FailureReason;
      readonly detail?: string;
      readonly mayStand: boolean;
    };

/** What is known when the wait begins. */
export interface WaitStart {
  readonly queued: boolean;
  /** Epoch milliseconds. */
  readonly deadlineAt: number;
}

/** Waits until the deadline, which moves once if the desk queues the request and the rung has a queue timeout. */
export async function awaitAnswer(
  state: EscalationState,
  ref: TransferCall,
  rung: Rung,
  start: WaitStart,
): Promise<Answer> {
  const wait: Wait = { transferId: ref.transferId, deadlineAt: start.deadlineAt, seen: undefined };
  if (start.queued) {
    const answer = onEvent(state, rung, wait, { kind: 'queued' });
    if (answer) return answer;
  }
  for (;;) {
    // The desk's answer to the withdrawal decides, and not its word that came after the interrupt: where this task is
    // done again with that word in it, the withdrawal was carried out and the bot was told already.
    if (isDecidedAfterInterrupt(state, ref.transferId) && patched('interrupts-ask-the-desk'))
      return { kind: 'interrupted' };
    for (;;) {
      const event = takeEvent(state, ref.transferId);
      if (!event) break;
      const answer = onEvent(state, rung, wait, event);
      if (answer) return answer;
    }
    if (mustStop(state)) return { kind: 'interrupted' };
    const deaf = deafness(state, ref);
    if (deaf !== undefined)
      return { kind: 'unanswered', reason: 'platform_down', detail: deaf, mayStand: true };
    if (Date.now() >= wait.deadlineAt) return { kind: 'unanswered', reason: 'timed_out', mayStand: true };
    const gaveUp =
      rung.desk.events === 'watch'
        ? await watch(state, ref, rung, wait)
        : await listen(state, ref, rung, wait);
    if (gaveUp) return gaveUp;
  }
}

interface Wait {
  readonly transferId: string;
  deadlineAt: number;
  seen: DeskEvent['kind'] | undefined;
}

function onEvent(state: EscalationState, rung: Rung, wait: Wait, event: DeskEvent): Answer | undefined {
  wait.seen = event.kind;
  switch (event.kind) {
    case 'queued':
      if (!rung.desk.confirmsConnection) return { kind: 'queued_only' };
      if (rung.queueTimeoutMs !== undefined && state.phase !== 'queued')
        wait.deadlineAt = Date.now() + rung.queueTimeoutMs;
      enter(state, 'queued', { for: `a human on ${describeRung(rung)}`, until: wait.deadlineAt });
      narrate(state, 'queued', describeRung(rung));
      noteProgress(state, Date.now(), { kind: 'queued' });
      return undefined;
    case 'position':
      narrate(state, 'position', String(event.position));
      noteProgress(state, Date.now(), event);
      tellPlace(state, wait.transferId, event);
      return undefined;
    case 'connected':
      return { kind: 'connected', ...(event.agentId !== undefined && { agentId: event.agentId }) };
    case 'declined':
      return {
        kind: 'declined',
        reason: event.reason,
        ...(event.detail !== undefined && { detail: event.detail }),
      };
    case 'userLeft':
      return { kind: 'userLeft' };
    case 'ended':
      return event.by === 'user'
        ? { kind: 'userLeft' }
        : { kind: 'declined', reason: 'rejected', detail: 'ended' };
    default:
      return assertNever(event);
  }
}

/** Desks whose words come as signals: a durable timer, ended by news or an interrupt. */
async function listen(state: EscalationState, ref: TransferCall, rung: Rung, wait: Wait): Promise<undefined> {
  const news = (): boolean => state.events.some((signal) => signal.transferId === ref.transferId);
  const lost = (): boolean => deafness(state, ref) !== undefined;
  await condition(() => news() || mustStop(state) || lost(), Math.max(wait.deadlineAt - Date.now(), 1), {
    summary: `Wait for an answer of ${describeRung(rung)}`,
  });
  return undefined;
}

/** Why nobody listens to a desk that can only be heard so; what it said before comes first. */
function deafness(state: EscalationState, { transferId }: TransferCall): string | undefined {
  return state.transfers.find((transfer) => transfer.transferId === transferId)?.deaf;
}

/** Desks that are watched: the activity's own schedule-to-close timeout is the deadline, so no timer is needed. */
async function watch(
  state: EscalationState,
  ref: TransferCall,
  rung: Rung,
  wait: Wait,
): Promise<Answer | undefined> {
  const result = await callWithRetries(
    'awaitAnswer',
    { ...ref, ...(wait.seen !== undefined && { seen: wait.seen }) },
    {
      summary: `Wait for a human on ${describeRung(rung)}`,
      deadlineAt: wait.deadlineAt,
      heartbeatMs: rung.desk.heartbeatMs,
      interrupted: () => mustStop(state),
    },
  );
  if (result.kind === 'done') {
    state.events.push({ id: '', transferId: ref.transferId, event: result.value });
    return undefined;
  }
  if (result.kind === 'interrupted') return { kind: 'interrupted' };
  const reason = result.fault.terminal ? 'platform_down' : 'timed_out';
  return {
    kind: 'unanswered',
    reason,
    mayStand: true,
    ...(result.fault.terminal && { detail: result.fault.code }),
  };
}
