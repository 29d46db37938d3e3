// What a relay may send now, and what becomes of it as time passes: pacing, silence, absence, length.
import type { PlannedChat, RelayPlan } from './plan';
import { endRelay, type RelayState } from './relay';
import { beginBatch, endBatch, settleTo, type Batch, type Lane } from './relay-lane';

const MAX_BATCH = 10;
const MAX_BATCH_CHARS = 32 * 1024;
/** A batch of paced messages takes no longer than this: a single try of the workflow must hold it. */
const MAX_PACING_MS = 2_000;
/** The platforms' minute, and a little more: the workflow's clock stands still while it works. */
const WINDOW_MS = 62_000;
/** How long what is left is still carried once the chat is over. */
const DRAIN_MS = 20_000;
/** A desk that knows of no chat any more may yet say how it ended. */
const GONE_GRACE_MS = 5_000;

/** The next batch to the agent; undefined if none may go now. */
export function beginToAgent(relay: RelayState, chat: PlannedChat, now: number): Batch | undefined {
  if (!hasAgent(relay)) return undefined;
  const paced = chat.gapMs ? Math.max(1, Math.floor(MAX_PACING_MS / chat.gapMs)) : MAX_BATCH;
  const messages = Math.min(MAX_BATCH, paced, leftInMinute(relay, chat, now));
  return beginBatch(relay.toAgent, { messages, chars: MAX_BATCH_CHARS });
}

/** The next batch to the user; undefined if none may go now. */
export function beginToUser(relay: RelayState): Batch | undefined {
  if (!hasUser(relay)) return undefined;
  return beginBatch(relay.toUser, { messages: MAX_BATCH, chars: MAX_BATCH_CHARS });
}

/** Whether a batch could go now, in either direction. */
export function isCarriable(relay: RelayState, chat: PlannedChat, now: number): boolean {
  const { toAgent, toUser } = relay;
  const isFree = ({ queue, inFlight }: Lane): boolean => queue.length > 0 && inFlight === 0;
  return (
    (hasUser(relay) && isFree(toUser)) ||
    (hasAgent(relay) && isFree(toAgent) && leftInMinute(relay, chat, now) > 0)
  );
}

/** Notes how far a batch got. `tried`: how many messages the desk may have counted against its limit. */
export function endToAgent(
  relay: RelayState,
  chat: PlannedChat,
  now: number,
  batch: Batch,
  result: { readonly taken: number; readonly tried: number },
): void {
  endBatch(relay.toAgent);
  settleTo(relay.toAgent, batch.first - 1 + result.taken, now);
  if (chat.perMinute === undefined) return;
  relay.sentAt.push(...Array.from({ length: result.tried }, () => now));
  relay.sentAt.splice(0, relay.sentAt.length - chat.perMinute);
}

/** Whether somebody at the desk can still be written to. */
export function hasAgent({ end, deskGoneAt }: RelayState): boolean {
  if (deskGoneAt !== undefined) return false;
  if (!end) return true;
  const isDesks = end.by === 'agent' || end.by === 'system';
  return !(isDesks && end.reason !== 'idle' && end.reason !== 'too_long');
}

/** Whether the user can still be written to. */
export function hasUser({ end }: RelayState): boolean {
  return !(end?.by === 'user' && end.reason === 'left');
}

/** Whether everything is carried that can be, or the time for it is over. */
export function isDrained(relay: RelayState, now: number): boolean {
  if (!relay.end) return false;
  if (now >= relay.end.at + DRAIN_MS) return true;
  const toAgent = hasAgent(relay) ? relay.toAgent.queue.length + relay.toAgent.inFlight : 0;
  const toUser = hasUser(relay) ? relay.toUser.queue.length + relay.toUser.inFlight : 0;
  return toAgent + toUser === 0;
}

/** What is due by now. Answers with `warn` if the user is to be warned of being silent. */
export function passTime(relay: RelayState, plan: RelayPlan, now: number): 'warn' | undefined {
  const { joined, userAt, agentGoneAt, deskGoneAt } = relay;
  if (!joined || relay.end) return undefined;
  const { userIdle } = plan;
  if (now >= joined.at + plan.maxLengthMs) endRelay(relay, { by: 'system', reason: 'too_long', at: now });
  else if (deskGoneAt !== undefined && now >= deskGoneAt + GONE_GRACE_MS)
    endRelay(relay, { by: 'system', reason: 'desk_lost', at: now });
  else if (agentGoneAt !== undefined && now >= agentGoneAt + plan.agentGoneMs)
    endRelay(relay, { by: 'agent', reason: 'agent_gone', at: now });
  else if (userIdle && now >= userAt + userIdle.endAfterMs)
    endRelay(relay, { by: 'system', reason: 'idle', at: now });
  else if (userIdle && !relay.warned && now >= userAt + userIdle.warnAfterMs) {
    relay.warned = true;
    return 'warn';
  }
  return undefined;
}

/** When something is next due by the clock alone, in epoch milliseconds. */
export function nextDeadline(relay: RelayState, chat: PlannedChat, plan: RelayPlan, now: number): number {
  const { end, joined, userAt, agentGoneAt, deskGoneAt, toAgent } = relay;
  const deadlines = [end ? end.at + DRAIN_MS : (joined?.at ?? now) + plan.maxLengthMs];
  if (!end && deskGoneAt !== undefined) deadlines.push(deskGoneAt + GONE_GRACE_MS);
  if (!end && agentGoneAt !== undefined) deadlines.push(agentGoneAt + plan.agentGoneMs);
  if (!end && plan.userIdle)
    deadlines.push(userAt + (relay.warned ? plan.userIdle.endAfterMs : plan.userIdle.warnAfterMs));
  const isPaced = toAgent.queue.length > 0 && toAgent.inFlight === 0 && leftInMinute(relay, chat, now) === 0;
  const oldest = relay.sentAt[0];
  if (isPaced && oldest !== undefined) deadlines.push(oldest + WINDOW_MS);
  return Math.min(...deadlines);
}

function leftInMinute({ sentAt }: RelayState, { perMinute }: PlannedChat, now: number): number {
  if (perMinute === undefined) return MAX_BATCH;
  return perMinute - sentAt.filter((at) => at > now - WINDOW_MS).length;
}
