// Names that callers in other languages need to start an escalation.

/** The task queue that every Baton worker polls. */
export const TASK_QUEUE = 'baton';
/** Workflow type of an escalation. */
export const ESCALATION_WORKFLOW = 'escalation';
