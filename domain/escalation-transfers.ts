// The transfers of an escalation, from the one that is sent to the one that is retired, and what their desks said that
// nobody has read yet. Pure transitions of the state.
import type { Receiver } from './bot-session';
import type { ChatState } from './chat';
import type { DeskEvent, DeskEventSignal } from './desk-event';
import { handOver, relayOf, tell, type EscalationState, type Transfer } from './escalation-state';
import { forgetEarly, hear, join } from './relay';

const MAX_LATE = 50;

/** The bot that has taken the conversation over, if one has. */
export function receiverOf({ transfers }: EscalationState): Receiver | undefined {
  const taken = transfers.findLast(
    ({ standing, target, carried }) => standing === 'connected' && target.kind === 'bot' && !carried,
  );
  if (!taken?.chat) return undefined;
  const { connector, target, chat, said = [], handsOn } = taken;
  return { connector, botId: target.id, session: chat, said, ...handsOn };
}

/** Keeps where a desk's chat stands: the greater generation counts, and of the same the later. */
export function noteChat(transfer: Transfer, chat: ChatState | undefined): void {
  if (chat && chat.generation >= (transfer.chat?.generation ?? 0)) transfer.chat = chat;
}

/** Records a transfer about to be sent, so that its events find it. */
export function openTransfer(state: EscalationState, transfer: Omit<Transfer, 'standing'>): Transfer {
  const opened: Transfer = { ...transfer, standing: 'open' };
  delete state.position;
  if (state.place) delete state.place.told;
  state.transfers.push(opened);
  return opened;
}

/**
 * The oldest event of one transfer that has not been read yet, taken out. One at a time: what comes after the event
 * that decides the transfer must stay, because a `connected` among it is late and to be undone.
 */
export function takeEvent(state: EscalationState, transferId: string): DeskEvent | undefined {
  const index = state.events.findIndex((signal) => signal.transferId === transferId);
  return index < 0 ? undefined : state.events.splice(index, 1)[0]?.event;
}

/** The events of one transfer that have not been read yet, oldest first. */
export function unreadEvents(state: EscalationState, transferId: string): readonly DeskEventSignal[] {
  return state.events.filter((signal) => signal.transferId === transferId);
}

/** Whether the desk has said something of an open transfer that decides it. */
export function isDecided(state: EscalationState, transferId: string): boolean {
  return unreadEvents(state, transferId).some(
    ({ event }) => event.kind !== 'queued' && event.kind !== 'position',
  );
}

/** Whether what decides an open transfer was said only after the interrupt. */
export function isDecidedAfterInterrupt(state: EscalationState, transferId: string): boolean {
  const { interrupt: came, unreadAtInterrupt = 0 } = state;
  if (!came) return false;
  const saidBefore = state.events.slice(0, unreadAtInterrupt);
  return isDecided(state, transferId) && !isDecided({ ...state, events: saidBefore }, transferId);
}

/**
 * Ends what a transfer stands for. Its unread `connected`, if any, is late from now on. Where a human has joined and
 * Baton carries the chat, that begins.
 */
export function retire(
  state: EscalationState,
  transfer: Transfer,
  standing: Exclude<Transfer['standing'], 'open'>,
  at: number,
): void {
  transfer.standing = standing;
  const unread = unreadEvents(state, transfer.transferId);
  const others = state.events.filter((signal) => signal.transferId !== transfer.transferId);
  state.events.splice(0, state.events.length, ...others);
  if (standing === 'connected') return beginChat(state, at, transfer, unread);
  if (state.relay) forgetEarly(state.relay, transfer.transferId);
  for (const signal of unread) if (signal.event.kind === 'connected') pushLate(state, signal);
}

function beginChat(
  state: EscalationState,
  at: number,
  { transferId, carried }: Transfer,
  unread: readonly DeskEventSignal[],
): void {
  if (!carried || state.relay?.joined || state.outcome) return;
  const relay = relayOf(state, at);
  join(relay, { transferId, at, chat: carried });
  // That a human joined was another's word, a reply's perhaps: what their desk said since counts all the same.
  for (const { id, event } of unread) if (event.kind !== 'connected') hear(relay, at, id, event);
}

/** Whether a withdrawal on this connector is not confirmed: another transfer there could give the user two agents. */
export function isUnsettled(state: EscalationState, connector: string): boolean {
  return state.transfers.some((t) => t.connector === connector && t.standing === 'withdrawal_unconfirmed');
}

/**
 * A human has joined on a rung that was given up and stays. Unless the end is already decided, the escalation ends
 * with them: the attempt that runs, of whichever request, or else the wait for the bot. Another transfer would give
 * the user two agents.
 */
export function humanStays(state: EscalationState, at: number, transfer: Transfer, agentId?: string): void {
  retire(state, transfer, 'connected', at);
  const open = state.outcome === undefined;
  tell(state, at, open ? 'late_answer_adopted' : 'late_answer_stands', `rung ${transfer.rung + 1}`);
  if (!open) return;
  state.joined ??= { rung: transfer.rung, ...(agentId !== undefined && { agentId }) };
  handOver(state, 'agent');
}

export function pushLate(state: EscalationState, signal: DeskEventSignal): void {
  if (state.late.length < MAX_LATE) state.late.push(signal);
}
