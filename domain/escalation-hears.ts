// What an escalation hears from desks, users and the bot's platform, and where it keeps that. Pure transitions of the
// state.
import type { BotState } from './bot-state';
import { isChatEvent, type ChatMessage } from './chat';
import type { DeskEventSignal, DeskNewsSignal, DeskWord } from './desk-event';
import { deadLetter, relayOf, remember, tell, type EscalationState, type Transfer } from './escalation-state';
import { noteChat, pushLate, unreadEvents } from './escalation-transfers';
import type { PassOn } from './passage';
import { fromUser, hear, keepEarly } from './relay';
import type { UserMessage } from './user-message';

/** Takes what a desk said. Twice the same id is once; an event of a withdrawn transfer is late. */
export function acceptDeskEvent(state: EscalationState, at: number, signal: DeskEventSignal): void {
  if (state.seenEventIds.includes(signal.id)) return;
  remember(state.seenEventIds, signal.id);
  const transfer = state.transfers.find((t) => t.transferId === signal.transferId);
  if (!transfer || (signal.connector ?? transfer.connector) !== transfer.connector) {
    const where = signal.connector === undefined ? '' : ` on connector ${signal.connector}`;
    deadLetter(state, at, 'deskEvent', `no transfer ${signal.transferId}${where}`);
    return;
  }
  if (transfer.standing === 'open') takeOfOpen(state, at, transfer, signal);
  else if (transfer.standing === 'connected' && isOfChat(state, transfer))
    relayWord(state, at, signal.id, signal.event);
  else if (signal.event.kind === 'connected' && transfer.standing !== 'connected') pushLate(state, signal);
  else tell(state, at, 'event_ignored', `${signal.event.kind} of a transfer that is ${transfer.standing}`);
}

/** What follows a human who joined is about the chat, if Baton carries that. */
function takeOfOpen(state: EscalationState, at: number, transfer: Transfer, signal: DeskEventSignal): void {
  const { id, transferId } = signal;
  const joined = unreadEvents(state, transferId).some(({ event }) => event.kind === 'connected');
  if (transfer.carried && joined) keepEarly(relayOf(state, at), { transferId, id, word: signal.event });
  else state.events.push(signal);
}

/** Takes several words of a desk; those about the chat are the relay's. */
export function acceptDeskNews(state: EscalationState, at: number, signal: DeskNewsSignal): void {
  const { transferId, connector, news, chat } = signal;
  const transfer = state.transfers.find((t) => t.transferId === transferId);
  if (chat && transfer && (connector ?? transfer.connector) === transfer.connector) noteChat(transfer, chat);
  for (const { id, word } of news) {
    if (!isChatEvent(word)) {
      acceptDeskEvent(state, at, {
        id,
        transferId,
        ...(connector !== undefined && { connector }),
        event: word,
      });
    } else if (!transfer || (connector ?? transfer.connector) !== transfer.connector) {
      deadLetter(state, at, 'deskNews', `no transfer ${transferId}`);
    } else acceptChatEvent(state, at, transfer, id, word);
  }
}

function acceptChatEvent(
  state: EscalationState,
  at: number,
  transfer: Transfer,
  id: string,
  word: DeskWord,
): void {
  const { transferId, standing } = transfer;
  if (isOfChat(state, transfer)) relayWord(state, at, id, word);
  else if (transfer.carried && standing === 'open') keepEarly(relayOf(state, at), { transferId, id, word });
  else tell(state, at, 'event_ignored', `${word.kind} of a transfer that is ${standing}`);
}

function isOfChat({ relay }: EscalationState, { transferId }: Transfer): boolean {
  return relay?.joined?.transferId === transferId;
}

/** What operators want to see of it is told; messages are not. */
function relayWord(state: EscalationState, at: number, id: string, word: DeskWord): void {
  const relay = relayOf(state, at);
  const { end, agentGoneAt } = relay;
  hear(relay, at, id, word);
  if (relay.end && !end) tell(state, at, 'chat_ended', `by ${relay.end.by}`);
  if (relay.agentGoneAt !== undefined && agentGoneAt === undefined) tell(state, at, 'agent_left');
  if (relay.agentGoneAt === undefined && agentGoneAt !== undefined) tell(state, at, 'agent_joined');
}

/**
 * Takes what the user wrote, while it is not the bot's to answer and somebody may carry it. Gives what is to be passed
 * on: who has the conversation is decided here and nowhere else, so that no message falls between the two.
 */
export function acceptUserMessage(
  state: EscalationState,
  at: number,
  { botState, otherwise, ifTaken, ...message }: UserMessage,
): PassOn | undefined {
  noteBotState(state, at, botState);
  if (otherwise && isWithBot(state)) return otherwise;
  takeUserMessage(state, at, message);
  return ifTaken;
}

/** Whether the bot has the conversation, or gets it with the next notice, and has not asked again. */
function isWithBot({ owner, outcome, pending, relay }: EscalationState): boolean {
  const isOver = outcome !== undefined && (!relay?.joined || relay.end !== undefined);
  return !pending && (owner === 'bot' || isOver);
}

function takeUserMessage(state: EscalationState, at: number, message: ChatMessage): void {
  const canBeCarried = state.plan === undefined || state.plan.rungs.some(({ chat }) => chat !== undefined);
  const isAsked = state.owner === 'baton' || state.pending !== undefined;
  const isWanted = state.outcome === undefined ? isAsked && canBeCarried : state.relay?.joined !== undefined;
  if (isWanted) fromUser(relayOf(state, at), at, message);
  else if (state.story.at(-1)?.event !== 'user_message_not_carried')
    tell(state, at, 'user_message_not_carried');
}

/** Keeps what the bot's platform gave: the greater generation counts. It is as good as kept alive. */
export function noteBotState(state: EscalationState, at: number, botState: BotState | undefined): void {
  if (!botState || botState.generation < (state.botState?.generation ?? 0)) return;
  state.botState = botState;
  state.aliveAt = at;
}
