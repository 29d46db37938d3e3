// Delivers notices that did not reach the bot at once: in order, for about 75 hours, then on an operator's word.
// It is found by `BatonNoticeUndelivered = true`. A notice id never changes, so the bot can drop what it knows.
import { ApplicationFailure } from '@temporalio/common';
import { condition, proxyActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { EscalationActivities } from '../activities/types';
import type { Notice } from '../domain/notice';
import { noticeRetryWait, OPERATOR_WAIT_MS } from '../domain/retry-schedule';
import { publish } from './inspect';
import { enqueueNoticeSignal, outboxQuery, redeliverSignal } from './messages';

/** Where the notices go, and the first of them. */
export interface OutboxInput {
  readonly tenant: string;
  readonly bot: string;
  readonly conversationId: string;
  readonly notices: readonly Notice[];
}

interface Outbox {
  readonly undelivered: Notice[];
  readonly deliveredIds: string[];
  tries: number;
  redeliver: boolean;
}

const MAX_WAITING = 100;

const { deliverNotice } = proxyActivities<EscalationActivities>({
  startToCloseTimeout: '30s',
  // Waiting is this workflow's business, where it can be seen and cut short; a worker that died is another matter.
  scheduleToStartTimeout: '1h',
  retry: { maximumAttempts: 1 },
});

/** Resolves with how many notices were delivered; fails when a notice was given up. */
export async function noticeOutbox(input: OutboxInput): Promise<{ delivered: number }> {
  const outbox: Outbox = { undelivered: [...input.notices], deliveredIds: [], tries: 0, redeliver: false };
  listen(outbox);
  for (let notice = outbox.undelivered[0]; notice; notice = outbox.undelivered[0]) {
    show(outbox);
    await waitForTry(outbox, notice);
    if (!(await attempt(input, notice))) {
      outbox.tries += 1;
      continue;
    }
    outbox.undelivered.shift();
    outbox.tries = 0;
    outbox.deliveredIds.push(notice.id);
  }
  const delivered = outbox.deliveredIds.length;
  publish({ BatonNoticeUndelivered: false });
  setCurrentDetails(`All ${delivered} notices delivered`);
  return { delivered };
}

function listen(outbox: Outbox): void {
  setHandler(enqueueNoticeSignal, (notice: Notice | undefined | null) => {
    if (typeof notice?.id !== 'string' || typeof notice.type !== 'string') return;
    const waits = outbox.undelivered.some((waiting) => waiting.id === notice.id);
    if (waits || outbox.deliveredIds.includes(notice.id)) return;
    if (outbox.undelivered.length < MAX_WAITING) outbox.undelivered.push(notice);
  });
  setHandler(redeliverSignal, () => {
    outbox.redeliver = true;
  });
  setHandler(outboxQuery, () => ({ undelivered: outbox.undelivered, tries: outbox.tries }));
}

async function waitForTry(outbox: Outbox, notice: Notice): Promise<void> {
  const waitMs = noticeRetryWait(outbox.tries, Math.random());
  if (waitMs === 0) return;
  const givesUp = waitMs === undefined;
  const summary = givesUp
    ? `${notice.type} waits for an operator`
    : `Try ${outbox.tries + 1} of ${notice.type}`;
  const asked = await condition(() => outbox.redeliver, waitMs ?? OPERATOR_WAIT_MS, { summary });
  outbox.redeliver = false;
  if (givesUp && !asked) {
    throw ApplicationFailure.nonRetryable(`notice ${notice.id} was given up`, 'ESC_NOTICE_UNDELIVERED');
  }
}

async function attempt(input: OutboxInput, notice: Notice): Promise<boolean> {
  try {
    await deliverNotice.executeWithOptions({ summary: `Tell the bot: ${notice.type}` }, [
      { tenant: input.tenant, bot: input.bot, notice },
    ]);
    return true;
  } catch {
    return false;
  }
}

function show(outbox: Outbox): void {
  const rows = outbox.undelivered.map((notice) => `- ${notice.type} of request ${notice.requestId}`);
  setCurrentDetails([`**Undelivered** ${rows.length}, tries so far: ${outbox.tries}`, ...rows].join('\n'));
}
