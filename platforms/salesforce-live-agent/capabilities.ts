// What Live Agent can do as a desk, and what its chats can promise, as data. See README.md for where each comes from.
import type { ChatCapabilities, DeskCapabilities } from '../desk';
import { CONTEXT_MESSAGES } from './context';

/** Least time between two messages of a chat: closer ones can be dropped although answered 200. */
export const MESSAGE_GAP_MS = 500;

const CHAT: ChatCapabilities = {
  always: true,
  maxChars: 2_000,
  gapMs: MESSAGE_GAP_MS,
  attachments: 'as_link',
  // A POST of typing might take a number: then a message would be mistaken for one that was there already.
  typing: { toAgent: false, toUser: true },
  repeats: 'by_sequence',
  resumes: 'acknowledged',
  context: { inlineChars: 255, messages: CONTEXT_MESSAGES },
};

/** See the file's comment. */
export const LIVE_AGENT_CAPABILITIES: DeskCapabilities = {
  targets: ['skill', 'queue', 'agent'],
  carriesMessage: false,
  events: 'stream',
  confirmsConnection: true,
  settlesUnknownBy: 'no_effect',
  chat: CHAT,
};
