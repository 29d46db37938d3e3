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
  return joined(conversationId, requestId, String(rung));
}

/**
 * The id of a notice about the attempt of this request; the same on every retry. How an attempt ended is told once of
 * each type; `part` tells apart what is told of its progress.
 */
export function noticeId(conversationId: string, requestId: string, type: string, part?: number): string {
  return joined(conversationId, requestId, type, ...(part === undefined ? [] : [String(part)]));
}

/** The id of a message that Baton itself posts in this attempt (`transfer`, `fallback`, `failure`). */
export function ownMessageId(conversationId: string, requestId: string, role: string): string {
  return joined(conversationId, requestId, role);
}

/** Joins parts so that no two lists of parts give the same id: conversations and requests may have slashes. */
function joined(...parts: readonly string[]): string {
  return parts.map((part) => part.replace(/[%/]/g, encodeURIComponent)).join('/');
}

/** The workflow that speaks to a bot for the user of a conversation. */
export function sessionWorkflowId(tenant: string, conversationId: string): string {
  return `session/${tenant}/${conversationId}`;
}

/** The workflow that passes on, in order, what a bot's platform wants done for a conversation. */
export function passageWorkflowId(tenant: string, conversationId: string): string {
  return `passage/${tenant}/${conversationId}`;
}

/** The workflow that keeps delivering a notice which did not reach the bot at once. */
export function noticeOutboxWorkflowId(tenant: string, firstNoticeId: string): string {
  return withinDatabase(`notices/${tenant}/${firstNoticeId}`);
}

/** The claim of a tenant's idempotency key, by the SHA-256 of the key in hexadecimal. */
export function idempotencyWorkflowId(tenant: string, keyDigest: string): string {
  return `idempotency/${tenant}/${keyDigest}`;
}

/** The claim to go on from a closed run; `turn` counts those who held it before and are gone. */
export function successionWorkflowId(tenant: string, runId: string, turn: number): string {
  return `succession/${tenant}/${runId}/${turn}`;
}

/** What Temporal's SQL databases hold of a workflow id; a longer one would be started again and again, for ever. */
const MAX_WORKFLOW_ID_CHARS = 255;

/** Two bot's ids can make an id that is too long: its end then gives way to a digest of the whole. */
function withinDatabase(id: string): string {
  if (id.length <= MAX_WORKFLOW_ID_CHARS) return id;
  const digest = `~${digestOf(id)}`;
  return `${id.slice(0, MAX_WORKFLOW_ID_CHARS - digest.length)}${digest}`;
}

/** FNV-1a over UTF-16 units, 64 bits: workflow code has no cryptography, and here nobody gains by a collision. */
function digestOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at += 1)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n);
  return hash.toString(36);
}
