// What Live Agent can and cannot do for a relay, as data for who paces and promises.

/** See README.md for where each comes from. */
export const LIVE_AGENT_RELAY = {
  /** Least time between two `sendMessage` of one chat: closer ones can be dropped although answered 200. */
  minMessageGapMs: 500,
  /** A repeated POST is recognised by its number, until the chat moves to another server. */
  deduplicatesBy: 'sequence',
  /** What arrived is read back after a move only; there is no question for it in between. */
  readsBack: 'onResync',
  carriesAttachments: false,
  showsTyping: true,
  /** What the agent wrote comes again until the next poll acknowledges it: lost never, doubled never if written down. */
  agentMessages: 'acknowledged',
} as const;
