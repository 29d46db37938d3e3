// One direction of a chat that Baton carries: what was accepted and is neither carried nor given up, in order. Numbers
// count from 1 over the whole chat, so that a repeated batch is known for what it is.
import type { ChatMessage } from './chat';

/** Ids of the newest messages by which a repeat is known. */
const MAX_SEEN_IDS = 500;
/** What may wait in one direction; it is carried over into the next run, whose input is bounded. */
const MAX_WAITING = 5_000;
const MAX_WAITING_CHARS = 256 * 1024;

/** A message on its way. */
export interface LaneMessage extends ChatMessage {
  /** Only to the user: who wrote it. */
  readonly agentName?: string;
}

/** A message that waits. */
export interface LaneItem {
  readonly message: LaneMessage;
  /** Epoch milliseconds, when it was accepted. */
  readonly at: number;
  /** Number of its line in the transcript; absent: Baton's own words. */
  readonly line?: number;
}

/** One direction. The head of the queue has the number `settled + 1`. */
export interface Lane {
  /** How many messages were ever accepted. */
  accepted: number;
  /** How many of them were carried or given up, from the first. */
  settled: number;
  givenUp: number;
  /** Messages of the batch that is under way; 0: none is. */
  inFlight: number;
  /** Epoch milliseconds, when something was last carried; before that, when the lane was opened. */
  movedAt: number;
  /** Size of what waits, in UTF-16 units. */
  waitingChars: number;
  /** Line of the message that was last given up, or of one of its parts. */
  lostLine?: number;
  readonly queue: LaneItem[];
  readonly seen: string[];
}

/** Messages to be carried together. */
export interface Batch {
  /** Number of the first. */
  readonly first: number;
  readonly messages: readonly LaneMessage[];
}

/** An empty lane. */
export function openLane(at: number): Lane {
  return {
    accepted: 0,
    settled: 0,
    givenUp: 0,
    inFlight: 0,
    movedAt: at,
    waitingChars: 0,
    queue: [],
    seen: [],
  };
}

/** Whether a sender's id was seen before; from now on it was. */
export function isRepeat(lane: Lane, id: string): boolean {
  return isKnown(lane.seen, id);
}

/** Whether an id is among the newest; from now on it is. */
export function isKnown(seen: string[], id: string): boolean {
  if (seen.includes(id)) return true;
  seen.push(id);
  if (seen.length > MAX_SEEN_IDS) seen.shift();
  return false;
}

/** Accepts a message. False: too many wait already. */
export function enqueue(lane: Lane, item: LaneItem): boolean {
  if (lane.queue.length >= MAX_WAITING || lane.waitingChars > MAX_WAITING_CHARS) return false;
  lane.queue.push(item);
  lane.waitingChars += sizeOf(item.message);
  lane.accepted += 1;
  return true;
}

/** The next batch, which is under way from here; undefined while another is, or if nothing waits. */
export function beginBatch(lane: Lane, most: { messages: number; chars: number }): Batch | undefined {
  if (lane.inFlight > 0 || lane.queue.length === 0 || most.messages < 1) return undefined;
  let chars = 0;
  const messages: LaneMessage[] = [];
  for (const { message } of lane.queue.slice(0, most.messages)) {
    chars += sizeOf(message);
    if (messages.length > 0 && chars > most.chars) break;
    messages.push(message);
  }
  lane.inFlight = messages.length;
  return { first: lane.settled + 1, messages };
}

/** The batch under way is over; what was not settled of it waits as before. */
export function endBatch(lane: Lane): void {
  lane.inFlight = 0;
}

/** Everything up to this number is with the other side. What nobody accepted yet is not. */
export function settleTo(lane: Lane, number: number, at: number): void {
  const carried = Math.min(number, lane.accepted) - lane.settled;
  if (carried <= 0) return;
  for (const { message } of lane.queue.splice(0, carried)) lane.waitingChars -= sizeOf(message);
  lane.settled += carried;
  lane.movedAt = at;
}

/** Gives the head up. Answers with the line of its message, unless another part of that was given up before. */
export function dropHead(lane: Lane): number | undefined {
  const head = lane.queue.shift();
  if (!head) return undefined;
  lane.settled += 1;
  lane.givenUp += 1;
  lane.waitingChars -= sizeOf(head.message);
  if (head.line === undefined || head.line === lane.lostLine) return undefined;
  lane.lostLine = head.line;
  return head.line;
}

/** Until when the head is tried, in epoch milliseconds: what waited behind others that did not arrive has less time. */
export function headDeadline(lane: Lane, deliverWithinMs: number): number {
  return Math.max(lane.queue[0]?.at ?? 0, lane.movedAt) + deliverWithinMs;
}

function sizeOf({ text, attachment }: ChatMessage): number {
  return (text?.length ?? 0) + (attachment?.url.length ?? 0);
}
