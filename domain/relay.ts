// A chat that Baton carries, as pure state: two lanes, the transcript, who is there, and how it ended. The workflow's
// handlers and the relay's steps call these; nothing here waits or throws.
import { assertNever } from './assert-never';
import type { ChatEnd, ChatMessage } from './chat';
import type { DeskWord } from './desk-event';
import type { PlannedChat } from './plan';
import { dropHead, enqueue, isKnown, isRepeat, openLane, settleTo, type Lane } from './relay-lane';
import { addLine, markUndelivered, openTranscript, type Transcript } from './relay-transcript';
import { splitMessage } from './split-message';

/** What the user may write before a human has joined. */
const MAX_WAITING = 200;
const MAX_WAITING_CHARS = 64 * 1024;
/** What a desk may say of a chat before its transfer counts as connected. */
const MAX_EARLY = 500;
/** What an agent reads when the user did not get their message. */
const AGENT_UNDELIVERED = 'Your last message did not reach the user.';

/** What a desk said of a chat, before its transfer counted as connected. */
interface EarlyWord {
  readonly transferId: string;
  readonly id: string;
  readonly word: DeskWord;
}

/** Where the chat with the human who joined stands. */
interface Joined {
  readonly transferId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly chat: PlannedChat;
}

/** See the file's comment. */
export interface RelayState {
  readonly toAgent: Lane;
  readonly toUser: Lane;
  readonly transcript: Transcript;
  /** What the user wrote before a human joined. */
  readonly waiting: ChatMessage[];
  readonly early: EarlyWord[];
  /** Ids of the newest words. */
  readonly heard: string[];
  /** When messages went to the desk, in epoch milliseconds; only where it limits them. */
  readonly sentAt: number[];
  /** Set once a human has joined. */
  joined?: Joined;
  agentName?: string;
  /** Epoch milliseconds, since when no agent is there. */
  agentGoneAt?: number;
  /** Epoch milliseconds, when the desk first knew of no such chat. */
  deskGoneAt?: number;
  /** Epoch milliseconds, when the user last wrote. */
  userAt: number;
  /** The user was warned of being silent. */
  warned?: true;
  /** How many messages of the user did not arrive and have not been told of. */
  untold: number;
  /** How many times the user was told; numbers these messages. */
  told: number;
  /** The user is being told. */
  telling?: true;
  end?: ChatEnd;
}

/** A relay before anybody has joined. */
export function openRelay(at: number): RelayState {
  return {
    toAgent: openLane(at),
    toUser: openLane(at),
    transcript: openTranscript(),
    waiting: [],
    early: [],
    heard: [],
    sentAt: [],
    userAt: at,
    untold: 0,
    told: 0,
  };
}

/** Takes a message of the user. Twice the same id is once. Before a human has joined it waits. */
export function fromUser(relay: RelayState, at: number, message: ChatMessage): void {
  if (isRepeat(relay.toAgent, message.id)) return;
  relay.userAt = at;
  delete relay.warned;
  if (relay.joined) return towardsAgent(relay, relay.joined.chat, at, message);
  const chars = relay.waiting.reduce((sum, { text }) => sum + (text?.length ?? 0), message.text?.length ?? 0);
  if (relay.waiting.length < MAX_WAITING && chars <= MAX_WAITING_CHARS) relay.waiting.push(message);
  else relay.untold += 1;
}

/** A human has joined: what was kept for them goes on its way, and what their desk said already counts. */
export function join(relay: RelayState, joined: Joined): void {
  relay.joined = joined;
  const { at, transferId } = joined;
  relay.userAt = at;
  relay.toAgent.movedAt = at;
  relay.toUser.movedAt = at;
  for (const message of relay.waiting.splice(0)) towardsAgent(relay, joined.chat, at, message);
  const early = relay.early.splice(0).filter((kept) => kept.transferId === transferId);
  for (const { word } of early) takeWord(relay, at, word);
}

/** Keeps a word of a transfer that does not count as connected. Twice the same id is once. */
export function keepEarly(relay: RelayState, word: EarlyWord): void {
  if (isKnown(relay.heard, word.id)) return;
  if (relay.early.length < MAX_EARLY) relay.early.push(word);
}

/** Forgets what a desk said of a transfer that came to nothing. */
export function forgetEarly(relay: RelayState, transferId: string): void {
  const others = relay.early.filter((kept) => kept.transferId !== transferId);
  relay.early.splice(0, relay.early.length, ...others);
}

/** Takes a word about the chat with the human. Twice the same id is once. */
export function hear(relay: RelayState, at: number, id: string, word: DeskWord): void {
  if (!isKnown(relay.heard, id)) takeWord(relay, at, word);
}

function takeWord(relay: RelayState, at: number, word: DeskWord): void {
  switch (word.kind) {
    case 'message':
      return towardsUser(relay, at, word.message, word.agentName);
    case 'agentChanged':
      if (word.agentName !== undefined) relay.agentName = word.agentName;
      delete relay.agentGoneAt;
      return;
    case 'agentLeft':
      relay.agentGoneAt ??= at;
      return;
    case 'connected':
      delete relay.agentGoneAt;
      return;
    case 'delivered':
      return settleTo(relay.toAgent, word.count, at);
    case 'userLeft':
      return endRelay(relay, { by: 'user', reason: 'left', at });
    case 'ended':
      return endRelay(relay, { by: word.by ?? 'system', reason: 'left', at });
    case 'declined':
      return endRelay(relay, { by: 'system', reason: 'left', at });
    case 'queued':
    case 'position':
      return;
    default:
      return assertNever(word);
  }
}

/** Ends the chat; the first end stands. */
export function endRelay(relay: RelayState, end: ChatEnd): void {
  relay.end ??= end;
}

/** Whether a human is there, as far as is known, and the chat is not over. */
export function isRelaying(relay: RelayState | undefined): relay is RelayState & { joined: Joined } {
  return relay?.joined !== undefined && relay.end === undefined;
}

/** The head of a lane did not arrive: its sender is to be told, and the next one is tried. */
export function giveUpHead(relay: RelayState, lane: 'toAgent' | 'toUser', at: number): void {
  const line = dropHead(relay[lane]);
  if (line === undefined) return;
  markUndelivered(relay.transcript, line);
  if (lane === 'toAgent') relay.untold += 1;
  else if (!relay.end) tellAgent(relay, at);
}

function tellAgent(relay: RelayState, at: number): void {
  const id = `undelivered/${relay.toUser.givenUp}`;
  enqueue(relay.toAgent, { message: { id, text: AGENT_UNDELIVERED }, at });
}

function towardsAgent(relay: RelayState, chat: PlannedChat, at: number, message: ChatMessage): void {
  const { text, attachment, id } = message;
  const refused = attachment !== undefined && chat.attachments === 'refused';
  if (text !== undefined || !refused) {
    const line = addLine(relay.transcript, { at, from: 'user', ...contentOf(message, !refused) });
    const parts = splitMessage({ id, ...contentOf(message, !refused) }, chat.maxChars);
    const fits = parts.every((part) => enqueue(relay.toAgent, { message: part, at, line }));
    if (!fits) notCarried(relay, line);
  }
  if (refused) notCarried(relay, addLine(relay.transcript, { at, from: 'user', attachment }));
}

function notCarried(relay: RelayState, line: number): void {
  markUndelivered(relay.transcript, line);
  relay.untold += 1;
}

function contentOf(
  { text, attachment }: ChatMessage,
  withAttachment: boolean,
): Pick<ChatMessage, 'text' | 'attachment'> {
  return { ...(text !== undefined && { text }), ...(attachment && withAttachment && { attachment }) };
}

function towardsUser(relay: RelayState, at: number, message: ChatMessage, name: string | undefined): void {
  if (isRepeat(relay.toUser, message.id)) return;
  if (name !== undefined) relay.agentName = name;
  delete relay.agentGoneAt;
  const agentName = name ?? relay.agentName;
  const who = agentName === undefined ? {} : { agentName };
  const line = addLine(relay.transcript, { at, from: 'agent', ...who, ...contentOf(message, true) });
  if (enqueue(relay.toUser, { message: { ...message, ...who }, at, line })) return;
  markUndelivered(relay.transcript, line);
  tellAgent(relay, at);
}
