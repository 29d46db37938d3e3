// Ids that Baton makes. All are functions of what the caller said, so that a retry, a second gateway,
// a worker crash or a workflow reset arrives at the same id.

const WORKFLOW_ID_PREFIX = 'escalation';

/** One open escalation per conversation: the workflow id is the conversation. */
export function escalationWorkflowId(tenant: string, conversationId: string): string {
  return `${WORKFLOW_ID_PREFIX}/${tenant}/${conversationId}`;
}

/**
 * The idempotency key of one rung's transfer: made of the bot's request id and not of a run id, which a
 * workflow reset would change.
 */
export function transferId(conversationId: string, requestId: string, rung: number): string {
  return `${conversationId}/${requestId}/${rung}`;
}

/** The id of the notice that tells how the attempt of this request ended; the same on every retry. */
export function noticeId(conversationId: string, requestId: string, type: string): string {
  return `${conversationId}/${requestId}/${type}`;
}

/** The id of a message that Baton itself posts in this attempt (`transfer`, `fallback`, `failure`). */
export function ownMessageId(conversationId: string, requestId: string, role: string): string {
  return `${conversationId}/${requestId}/${role}`;
}

/** The workflow that keeps delivering a notice which did not reach the bot at once. */
export function noticeOutboxWorkflowId(tenant: string, firstNoticeId: string): string {
  return `notices/${tenant}/${firstNoticeId}`;
}
