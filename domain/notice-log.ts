// The log of an escalation's notices: all of them, numbered, whether or not the bot wants to be told of progress.
import type { EscalationState } from './escalation-state';
import { noticeId } from './ids';
import type { Delivery, Notice, NoticeLog, NoticeRecord, ProgressNotice } from './notice';

/** Position notices in one run: a desk that counts every second must not fill the log. */
const MAX_POSITIONS = 100;

/** What is to be told of the attempt at hand. */
export type Progress =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'position'; readonly position: number; readonly waitMs?: number };

/** Writes a notice down; its sequence is its place. */
export function logNotice(state: EscalationState, notice: Notice, delivery: Delivery): void {
  state.notices.push({ notice, delivery });
}

/** The number of the next notice. */
export function nextSequence({ notices, noticesBefore = 0 }: EscalationState): number {
  return noticesBefore + notices.length + 1;
}

/** Notes where a notice stands now. */
export function noteDelivery(state: EscalationState, { sequence }: Notice, delivery: Delivery): void {
  const index = sequence - 1 - (state.noticesBefore ?? 0);
  const record = state.notices[index];
  if (record) state.notices[index] = { notice: record.notice, delivery };
}

/**
 * Writes down progress that is news: an attempt is accepted once, a rung queues it once, and a position is told when
 * it has changed. It is `sending` from here if the bot wants to be told of it.
 */
export function noteProgress(state: EscalationState, at: number, progress: Progress): void {
  if (!isNews(state, progress)) return;
  const { kind } = progress;
  if (kind === 'position') state.position = progress.position;
  const notice = progressNotice(state, at, progress);
  const asked: readonly ProgressNotice[] = state.plan?.progress ?? [];
  logNotice(state, notice, { kind: asked.includes(kind) ? 'sending' : 'unasked' });
}

/** The next progress notice to be sent. A position gives way to a newer one. */
export function nextProgress(state: EscalationState): Notice | undefined {
  const unsent = state.notices.filter(isProgressToSend);
  const positions = unsent.filter(({ notice }) => notice.type === 'escalation.position');
  for (const { notice } of positions.slice(0, -1)) noteDelivery(state, notice, { kind: 'superseded' });
  return state.notices.find(isProgressToSend)?.notice;
}

/** Whether a progress notice is neither delivered nor handed to the outbox yet. */
export function isTellingProgress(state: EscalationState): boolean {
  return state.notices.some(isProgressToSend);
}

/** The answer of the `notices` query. What is no sequence number is none. */
export function noticeLog(state: EscalationState, after: unknown): NoticeLog {
  const known = typeof after === 'number' && after > 0 ? Math.floor(after) : 0;
  return {
    ...(state.plan && { bot: state.plan.bot }),
    ...(state.botState && { botState: state.botState }),
    records: state.notices.slice(Math.max(known - (state.noticesBefore ?? 0), 0)),
    complete: state.phase === 'closed',
  };
}

function isProgressToSend({ notice, delivery }: NoticeRecord): boolean {
  return notice.progress === true && delivery.kind === 'sending';
}

function isNews(state: EscalationState, progress: Progress): boolean {
  if (progress.kind !== 'position') {
    const id = idOf(state, progress.kind);
    return !state.notices.some(({ notice }) => notice.id === id);
  }
  const told = state.notices.filter(({ notice }) => notice.type === 'escalation.position').length;
  return told < MAX_POSITIONS && state.position !== progress.position;
}

function progressNotice(state: EscalationState, at: number, progress: Progress): Notice {
  const rung = state.rung === undefined ? undefined : state.plan?.rungs[state.rung];
  return {
    id: idOf(state, progress.kind),
    type: `escalation.${progress.kind}`,
    sequence: nextSequence(state),
    progress: true,
    conversationId: state.conversationId,
    requestId: state.request?.requestId ?? '',
    attempt: state.attempt,
    epoch: state.epoch,
    at,
    ...(rung && { target: rung.target }),
    ...(progress.kind === 'position' && { position: progress.position }),
    ...(progress.kind === 'position' && progress.waitMs !== undefined ? { waitMs: progress.waitMs } : {}),
  };
}

function idOf(state: EscalationState, kind: ProgressNotice): string {
  const parts = { accepted: undefined, queued: state.rung, position: nextSequence(state) };
  const requestId = state.request?.requestId ?? '';
  return noticeId(state.conversationId, requestId, `escalation.${kind}`, parts[kind]);
}
