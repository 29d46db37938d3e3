// Hears a desk of kind `stream`: an activity that listens for as long as a transfer and its chat last, and signals what
// it hears. Never two for one chat. It is stopped when its transfer came to nothing, or its chat is over.
import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { EscalationActivities } from '../../../activities/types';
import { acceptDeskEvent } from '../../../domain/escalation-hears';
import type { EscalationState, Transfer } from '../../../domain/escalation-state';
import { noteChat } from '../../../domain/escalation-transfers';
import { endRelay } from '../../../domain/relay';
import { faultOf } from '../../calls';
import { awaitTurn } from '../../in-turn';
import { narrate } from '../../inspect';
import { atBot } from '../at-bot';
import { callOf } from '../transfer-ref';

const RETRY = { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 15_000 };
/** Temporal itself tries again; this is for an activity that was ended otherwise. */
const AGAIN_MS = 5_000;
/** Longest silence of a listener, where the plan does not say. */
const LISTEN_MS = 20_000;

/** See the file's comment. */
export interface Ears {
  /** Whether nobody listens to the transfer's desk, and somebody should. */
  mayListen(transfer: Transfer): boolean;
  /** From here, if somebody should and nobody does. */
  listen(transfer: Transfer): void;
  /** Whether nobody listens to anything that still counts. */
  isSilent(): boolean;
  /**
   * Whoever listens is told to stop. They hear of it with their next heartbeat, and nothing waits for that but the end
   * of the run.
   */
  hush(): void;
}

interface Listening {
  readonly transferId: string;
  readonly scope: CancellationScope;
  stopped: boolean;
  over: boolean;
}

/** The ears of one run. */
export function createEars(state: EscalationState): Ears {
  let current: Listening | undefined;
  const mayListen = ({ transferId, listenMs, deaf }: Transfer): boolean => {
    const isHeard = current !== undefined && !current.over && current.transferId === transferId;
    return listenMs !== undefined && deaf === undefined && !isHeard;
  };
  return {
    mayListen,
    listen(transfer) {
      if (!mayListen(transfer)) return;
      const { transferId } = transfer;
      const listening = { transferId, scope: new CancellationScope(), stopped: false, over: false };
      current = listening;
      void listening.scope
        .run(() => listenUntilOver(state, transfer, listening))
        .catch((error: unknown) => {
          if (!isCancellation(error)) throw error;
        })
        .finally(() => {
          listening.over = true;
          if (listening.stopped) state.settling -= 1;
        });
    },
    isSilent: () => current === undefined || current.over,
    hush() {
      if (!current || current.over || current.stopped) return;
      current.stopped = true;
      state.settling += 1;
      void silence(current, state.plan !== undefined && state.plan.v >= 2);
    },
  };
}

/**
 * What a local activity brought may be known in a replay before the listening came to its end, and was known after it in
 * truth: a short timer lets the end come first both times, so that what is over is not cancelled.
 */
async function silence(listening: Listening, isNew: boolean): Promise<void> {
  if (isNew) await sleep(1, { summary: 'Before the listening is ended' });
  await awaitTurn();
  if (!listening.over) listening.scope.cancel();
}

async function listenUntilOver(
  state: EscalationState,
  transfer: Transfer,
  listening: Listening,
): Promise<void> {
  const { listenToDesk } = proxyActivities<EscalationActivities>({
    startToCloseTimeout: '24h',
    heartbeatTimeout: transfer.listenMs ?? LISTEN_MS,
    retry: RETRY,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: `Listen to ${transfer.connector}`,
  });
  for (;;) {
    try {
      const { chat } = await listenToDesk({
        ...callOf(state, transfer),
        ...atBot(state, state.plan?.bot ?? ''),
      });
      await awaitTurn();
      noteChat(transfer, chat);
      if (!listening.stopped) heardAll(state, transfer);
      return;
    } catch (error) {
      await awaitTurn();
      if (listening.stopped || isCancellation(error)) return;
      const { code, terminal } = faultOf(error);
      if (terminal) return goDeaf(state, transfer, code);
      narrate(state, 'not_listening', code);
    }
    await sleep(AGAIN_MS, { summary: `Listen to ${transfer.connector} again` });
    await awaitTurn();
  }
}

/** A desk that has nothing more to say is done with the transfer, or with the chat, even where it did not say so. */
function heardAll(state: EscalationState, transfer: Transfer): void {
  const { transferId } = transfer;
  transfer.deaf = 'over';
  const id = `${transferId}/over`;
  acceptDeskEvent(state, Date.now(), { id, transferId, event: { kind: 'ended', by: 'system' } });
}

function goDeaf(state: EscalationState, transfer: Transfer, code: string): void {
  transfer.deaf = code;
  narrate(state, 'desk_lost', code);
  if (state.relay?.joined?.transferId === transfer.transferId)
    endRelay(state.relay, { by: 'system', reason: 'desk_lost', at: Date.now() });
}
