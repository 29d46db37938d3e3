// Names a transfer to the desk; the id is the idempotency key of everything done for its rung.
import type { TransferCall } from '../../activities/types';
import type { EscalationState, Transfer } from '../../domain/escalation-state';
import { openTransfer } from '../../domain/escalation-transfers';
import { transferId } from '../../domain/ids';
import type { Rung } from '../../domain/plan';

/** The reference of a rung's transfer in the attempt at hand. */
export function transferRef(state: EscalationState, rung: Rung, index: number): TransferCall {
  const id = transferId(state.conversationId, state.request?.requestId ?? '', index);
  return callOf(state, { transferId: id, connector: rung.connector, target: rung.target });
}

/** The reference of a recorded transfer, whichever attempt it was of. */
export function callOf(
  state: EscalationState,
  transfer: Pick<Transfer, 'transferId' | 'connector' | 'target' | 'chat'>,
): TransferCall {
  return {
    tenant: state.tenant,
    connector: transfer.connector,
    conversationId: state.conversationId,
    transferId: transfer.transferId,
    target: transfer.target,
    ...(transfer.chat && { chat: transfer.chat }),
  };
}

/** Records the rung's transfer as about to be sent, so that its events find it. */
export function recordTransfer(
  state: EscalationState,
  ref: TransferCall,
  index: number,
  rung: Rung,
): Transfer {
  const { transferId: id, connector, target } = ref;
  const { desk, chat } = rung;
  return openTransfer(state, {
    transferId: id,
    attempt: state.attempt,
    rung: index,
    connector,
    target,
    ...(chat && desk.confirmsConnection && { carried: chat }),
    ...(desk.events === 'stream' && { listenMs: desk.heartbeatMs }),
  });
}
