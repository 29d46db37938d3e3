// Everything that the workflow bundle exports: the workflow types by name.
export { botPassage } from './bot-passage';
export { botSession } from './bot-session';
export { escalation } from './escalation';
export { idempotencyClaim } from './idempotency-claim';
export { noticeOutbox } from './notice-outbox';
