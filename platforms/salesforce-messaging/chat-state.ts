// Where a chat stands, as the workflow carries it: what was heard so far and what followed from it, and the sealed token
// of a guest. Small, since it travels with every batch of news.
import { z } from 'zod';
import type { ChatState } from '../../domain/chat';

const stateSchema = z.looseObject({
  generation: z.number().int(),
  /** A guest's token, sealed. */
  token: z.string().exactOptional(),
  /** What the conversation is to begin with; until it is known to have begun. Only with guests. */
  opening: z
    .strictObject({ attributes: z.record(z.string(), z.string()), context: z.array(z.string()) })
    .exactOptional(),
  /** Everything up to this time of Salesforce's clock was heard, in epoch milliseconds. */
  since: z.number().default(0),
  /** Beginnings of the ids of entries at about that time that were heard already. */
  ids: z.array(z.string()).default([]),
  /** The last event of the stream. */
  event: z.string().exactOptional(),
  /** A human has joined at some time. */
  joined: z.boolean().exactOptional(),
  /** Subject of the agent who is there. */
  agent: z.string().exactOptional(),
  /** The entry that said that the agent is gone, while another may still come. */
  left: z.string().exactOptional(),
  /** How many of the user's messages came back as entries, counted from the first. */
  echoed: z.number().int().default(0),
  /** Nothing more is to be heard. */
  over: z.boolean().exactOptional(),
});

/** See the file's comment. */
export type MessagingState = z.output<typeof stateSchema>;

/** What a conversation begins with. */
export type Opening = NonNullable<MessagingState['opening']>;

/** The state of a chat of which nothing was heard. */
export function newChatState(token: string | undefined): MessagingState {
  return { generation: 1, since: 0, ids: [], echoed: 0, ...(token !== undefined && { token }) };
}

/** Undefined for a state that is missing or not one of this platform. */
export function readChatState(chat: ChatState | undefined): MessagingState | undefined {
  const read = stateSchema.safeParse(chat);
  return read.success ? read.data : undefined;
}
