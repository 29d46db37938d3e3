// Names that callers in other languages need to start an escalation.

/** The task queue that every Baton worker polls. */
export const TASK_QUEUE = 'baton';
/** Workflow type of an escalation. */
export const ESCALATION_WORKFLOW = 'escalation';
/** Workflow type of the claim of an idempotency key. */
export const IDEMPOTENCY_WORKFLOW = 'idempotencyClaim';
/** Workflow type of the claim to go on from a closed run. It ends before a worker would see it; none knows it. */
export const SUCCESSION_WORKFLOW = 'successionClaim';
/** Workflow type of what delivers notices that did not reach the bot at once. */
export const OUTBOX_WORKFLOW = 'noticeOutbox';
/** Workflow type of what passes on what a bot's platform wants done. */
export const PASSAGE_WORKFLOW = 'botPassage';
/** Workflow type of a conversation with a bot that Baton speaks to for the user. */
export const BOT_SESSION_WORKFLOW = 'botSession';
