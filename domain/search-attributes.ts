// The typed search attributes of Baton's workflows. They are never encrypted: ids and enums only, no text, no names.

/** Name and Temporal type of each attribute; registered by the worker, the development server and docker-compose.yml. */
export const SEARCH_ATTRIBUTES = {
  BatonTenant: 'KEYWORD',
  /** The platform of the first rung's desk. */
  BatonPlatform: 'KEYWORD',
  /** Coarse on purpose, see {@link VisiblePhase}. */
  BatonPhase: 'KEYWORD',
  /** `connected`, `queued_only`, `abandoned`, `cancelled`, or `failed:<reason>`. */
  BatonOutcome: 'KEYWORD',
  /** Target id of the rung that was asked for first, and at the end of the one that answered. */
  BatonSkill: 'KEYWORD',
  BatonAttempt: 'INT',
  BatonConversationId: 'KEYWORD',
  /** True on a notice outbox whose notice could not be delivered yet. */
  BatonNoticeUndelivered: 'BOOL',
} as const;

/** Name of one attribute. */
export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;

/** Values of some of the attributes. */
export type SearchAttributeValues = Partial<Record<SearchAttributeName, string | number | boolean>>;

/**
 * The phase as the workflow list can filter it. Every change costs a history event and a billed action, so only
 * what an operator acts on is told apart here; `status` and the details have the fine phases.
 */
export type VisiblePhase = 'transferring' | 'awaiting_bot' | 'closed' | 'speaking';
