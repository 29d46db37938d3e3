// Delivers notices that did not reach the bot at once: in order, for about 75 hours, then on an operator's word.
// It is found by `BatonNoticeUndelivered = true`. A notice id never changes, so the bot can drop what it knows.
import { ApplicationFailure } from '@temporalio/common';
import { condition, proxyActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { EscalationActivities } from '../activities/types';
import type { BotState } from '../domain/bot-state';
import type { ErrorCode } from '../domain/errors';
import { isBotState } from '../domain/guards';
import type { Notice } from '../domain/notice';
import { noticeRetryWait, OPERATOR_WAIT_MS } from '../domain/retry-schedule';
import { faultOf } from './calls';
import { publish } from './inspect';
import { enqueueNoticeSignal, outboxQuery, redeliverSignal } from './messages';

/** Where the notices go, and the first of them. */
export interface OutboxInput {
  readonly tenant: string;
  readonly bot: string;
  readonly conversationId: string;
  readonly notices: readonly Notice[];
  /** The receiver has said that it wants no more. */
  readonly gone?: true;
  /** What the bot's platform gave for calls to it. */
  readonly botState?: BotState;
  /** In the words of the bot's platform, which are tried again sooner. */
  readonly inOwnWords?: true;
}

interface Outbox {
  readonly undelivered: Notice[];
  readonly deliveredIds: string[];
  tries: number;
  redeliver: boolean;
  /** The receiver wants no more notices: only an operator tries again. */
  gone: boolean;
  /** The receiver asked for at least this wait before the next try. */
  waitAtLeastMs: number;
  /** The newest: what came with the first notice may have expired by the time of its turn. */
  botState: BotState | undefined;
}

const MAX_WAITING = 100;
/** The receiver answered 410: it wants no more notices. */
export const RECEIVER_GONE: ErrorCode = 'ESC_NOTICE_GONE';

const { deliverNotice } = proxyActivities<EscalationActivities>({
  startToCloseTimeout: '20s',
  // Waiting is this workflow's business, where it can be seen and cut short; a worker that died is another matter.
  scheduleToStartTimeout: '1h',
  retry: { maximumAttempts: 1 },
});

/** Resolves with how many notices were delivered; fails when a notice was given up. */
export async function noticeOutbox(input: OutboxInput): Promise<{ delivered: number }> {
  const outbox: Outbox = {
    undelivered: [...input.notices],
    deliveredIds: [],
    tries: 0,
    redeliver: false,
    gone: input.gone ?? false,
    waitAtLeastMs: 0,
    botState: input.botState,
  };
  listen(outbox);
  for (let notice = outbox.undelivered[0]; notice; notice = outbox.undelivered[0]) {
    show(outbox);
    await waitForTry(outbox, notice, input.inOwnWords);
    if (!(await attempt(outbox, input, notice))) continue;
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
  setHandler(enqueueNoticeSignal, (notice: Notice | undefined | null, botState?: BotState) => {
    if (isBotState(botState) && botState.generation >= (outbox.botState?.generation ?? 0))
      outbox.botState = botState;
    if (typeof notice?.id !== 'string' || typeof notice.type !== 'string') return;
    const waits = outbox.undelivered.some((waiting) => waiting.id === notice.id);
    if (waits || outbox.deliveredIds.includes(notice.id)) return;
    if (notice.type === 'escalation.position') dropOlderPositions(outbox);
    if (outbox.undelivered.length < MAX_WAITING) outbox.undelivered.push(notice);
  });
  setHandler(redeliverSignal, () => {
    outbox.redeliver = true;
  });
  setHandler(outboxQuery, () => ({ undelivered: outbox.undelivered, tries: outbox.tries }));
}

/** Of positions that wait only the newest is news; the first notice stays, because it may be on its way. */
function dropOlderPositions(outbox: Outbox): void {
  const [first, ...others] = outbox.undelivered.splice(0);
  const kept = others.filter(({ type }) => type !== 'escalation.position');
  outbox.undelivered.push(...(first ? [first] : []), ...kept);
}

async function waitForTry(outbox: Outbox, notice: Notice, inOwnWords?: boolean): Promise<void> {
  const scheduledMs = outbox.gone ? undefined : noticeRetryWait(outbox.tries, Math.random(), inOwnWords);
  if (scheduledMs === 0) return;
  const givesUp = scheduledMs === undefined;
  const summary = givesUp
    ? `${notice.type} waits for an operator`
    : `Try ${outbox.tries + 1} of ${notice.type}`;
  const waitMs = givesUp ? OPERATOR_WAIT_MS : Math.max(scheduledMs, outbox.waitAtLeastMs);
  const asked = await condition(() => outbox.redeliver, waitMs, { summary });
  outbox.redeliver = false;
  if (givesUp && !asked) {
    throw ApplicationFailure.nonRetryable(`notice ${notice.id} was given up`, 'ESC_NOTICE_UNDELIVERED');
  }
}

/** One try; true: delivered. What it says about the next one is noted in the outbox. */
async function attempt(outbox: Outbox, input: OutboxInput, notice: Notice): Promise<boolean> {
  const { botState } = outbox;
  try {
    await deliverNotice.executeWithOptions({ summary: `Tell the bot: ${notice.type}` }, [
      { tenant: input.tenant, bot: input.bot, notice, late: true, ...(botState && { botState }) },
    ]);
    return true;
  } catch (error) {
    const { code, retryAfterMs = 0 } = faultOf(error);
    outbox.tries += 1;
    outbox.gone = code === RECEIVER_GONE;
    outbox.waitAtLeastMs = retryAfterMs;
    return false;
  }
}

function show(outbox: Outbox): void {
  const rows = outbox.undelivered.map((notice) => `- ${notice.type} of request ${notice.requestId}`);
  setCurrentDetails([`**Undelivered** ${rows.length}, tries so far: ${outbox.tries}`, ...rows].join('\n'));
}
