// Who may speak to the user, as the escalation's state decides it: what a bot says is posted before the owner can
// change, or refused.
import { handOver, type EscalationState } from './escalation-state';
import type { Ownership, ReturnedInput, SayInput } from './ownership';
import { endRelay, isRelaying } from './relay';
import { bad, isCount, isId, isRecord, isString, MAX_ID_CHARS, type Checked } from './shapes';

/** Longest message, in UTF-16 units; the gateway's bound in bytes is no larger. */
const MAX_TEXT_CHARS = 8_192;

/** Who owns the conversation now. */
export function ownershipOf({ owner, epoch }: EscalationState): Ownership {
  return { owner, epoch };
}

/** Whether the bot may say something under this epoch: not once it has asked for a handoff, or a human has joined. */
export function maySay(state: EscalationState, epoch: number): boolean {
  const isAsked = state.pending !== undefined || state.next !== undefined;
  return state.owner === 'bot' && state.epoch === epoch && !isAsked && !state.joined;
}

/** Whether a message of the bot is being posted, or waits for its turn. */
export function isSaying({ saying }: EscalationState): boolean {
  return saying.done < saying.taken;
}

/** Whether the agent who owns the conversation under this epoch may give it back; once more is no harm. */
export function mayReturn(state: EscalationState, epoch: number): boolean {
  return (state.owner === 'agent' && state.epoch === epoch) || isReturned(state, epoch);
}

/** The agent is done: the bot owns the conversation again. */
export function giveBack(state: EscalationState, at: number, epoch: number): Ownership {
  if (!isReturned(state, epoch)) {
    if (isRelaying(state.relay)) endRelay(state.relay, { by: 'agent', reason: 'left', at });
    handOver(state, 'bot');
  }
  return ownershipOf(state);
}

/** Checks the shape of what a bot wants to say. */
export function checkSay(input: unknown): Checked<SayInput> {
  if (!isRecord(input)) return bad('the input is not an object');
  const { bot, epoch, message } = input;
  if (!isId(bot)) return bad(`bot is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!isCount(epoch)) return bad('epoch is not a count');
  if (!isRecord(message)) return bad('message is not an object');
  const { id, text } = message;
  if (!isId(id)) return bad(`message.id is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!isString(text) || text.length === 0 || text.length > MAX_TEXT_CHARS)
    return bad(`message.text is not a string of 1 to ${MAX_TEXT_CHARS} characters`);
  return { ok: true, value: { bot, epoch, message: { id, text } } };
}

/** Checks the shape of a return. */
export function checkReturned(input: unknown): Checked<ReturnedInput> {
  if (!isRecord(input) || !isCount(input['epoch'])) return bad('epoch is not a count');
  return { ok: true, value: { epoch: input['epoch'] } };
}

function isReturned(state: EscalationState, epoch: number): boolean {
  return state.owner === 'bot' && state.epoch === epoch + 1;
}
