// What goes to and fro between a user and an agent while Baton carries their messages, in neutral words.

/** A file by reference. Baton never holds its bytes. */
export interface Attachment {
  /** https, readable by whoever has it. */
  readonly url: string;
  readonly name: string;
  /** Such as `image/png`. */
  readonly mediaType: string;
}

/** One message; it has a text, an attachment, or both. */
export interface ChatMessage {
  /** Its sender's id of it: the same id again is the same message. 1 to 200 characters. */
  readonly id: string;
  readonly text?: string;
  readonly attachment?: Attachment;
}

/**
 * What a desk needs in order to go on with a chat: made by its platform, carried by the workflow, opaque to it. Plain
 * JSON of at most 8 KB; secrets in it are sealed. Two may be under way at a time, one from sending and one from
 * listening: the greater generation counts, and of the same the later.
 */
export interface ChatState {
  readonly generation: number;
  readonly [member: string]: unknown;
}

/** What a desk says of a chat that is under way. */
export type ChatEvent =
  | { readonly kind: 'message'; readonly message: ChatMessage; readonly agentName?: string }
  /** Another agent has taken over, or the first one's name is known only now. */
  | { readonly kind: 'agentChanged'; readonly agentId?: string; readonly agentName?: string }
  /** The agent is gone and the chat goes on: another may join. */
  | { readonly kind: 'agentLeft' }
  /** The desk has this many of the user's messages, counted from the first: read back after a break. */
  | { readonly kind: 'delivered'; readonly count: number };

const CHAT_EVENT_KINDS: readonly string[] = [
  'message',
  'agentChanged',
  'agentLeft',
  'delivered',
] satisfies readonly ChatEvent['kind'][];

/** Whether a desk's word is about the chat, and not about the transfer. */
export function isChatEvent<Other extends { readonly kind: string }>(
  word: ChatEvent | Other,
): word is ChatEvent {
  return CHAT_EVENT_KINDS.includes(word.kind);
}

/** Who ended the time with the human. */
export type EndedBy = 'agent' | 'user' | 'bot' | 'operator' | 'system';

/** Why it ended. */
export type EndReason = 'left' | 'idle' | 'too_long' | 'agent_gone' | 'desk_lost' | 'cancelled';

/** How the time with the human ended: what the bot hears as `escalation.returned`. */
export interface ChatEnd {
  readonly by: EndedBy;
  readonly reason: EndReason;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** One line of the transcript of the time with the human. */
export interface TranscriptLine {
  /** Epoch milliseconds, when Baton took it. */
  readonly at: number;
  readonly from: 'user' | 'agent';
  readonly agentName?: string;
  readonly text?: string;
  readonly attachment?: Attachment;
  /** The other side never got it. */
  readonly undelivered?: true;
}
