// Ends a desk's chat for the user, beside the story: neither the bot nor the next message waits for it.
import type { EscalationState, Transfer } from '../../../domain/escalation-state';
import { callWithRetries } from '../../calls';
import { narrate } from '../../inspect';
import { callOf } from '../transfer-ref';
import type { Ears } from './ears';

const LEAVE_MS = 900_000;

/** Resolves when the desk knows, or will not; the end of the escalation waits for it. */
export async function leaveChat(state: EscalationState, transfer: Transfer, ears?: Ears): Promise<void> {
  state.settling += 1;
  const closed = await callWithRetries('closeChat', callOf(state, transfer), {
    summary: `End the chat on ${transfer.connector}`,
    deadlineAt: Date.now() + LEAVE_MS,
  });
  if (closed.kind === 'done') narrate(state, 'chat_closed');
  else narrate(state, 'chat_not_closed', closed.kind === 'fault' ? closed.fault.code : closed.kind);
  ears?.hush();
  state.settling -= 1;
}
