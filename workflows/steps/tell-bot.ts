// Tells the bot how an attempt ended, and before that how it goes, if it wants to know. One short try; whatever does
// not arrive at once goes to an outbox workflow of its own, which retries for hours in order and holds up neither the
// user nor the escalation.
import { condition, getExternalWorkflowHandle, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { DeliverNoticeInput } from '../../activities/types';
import type { BotState } from '../../domain/bot-state';
import type { EscalationState } from '../../domain/escalation-state';
import { noticeOutboxWorkflowId } from '../../domain/ids';
import type { Notice } from '../../domain/notice';
import { isTellingProgress, logNotice, nextProgress, noteDelivery } from '../../domain/notice-log';
import type { EscalationPlan } from '../../domain/plan';
import { callWithRetries, faultName, tryLocally, type CallResult } from '../calls';
import { asAttributes } from '../attributes';
import { narrate } from '../inspect';
import { enqueueNoticeSignal } from '../messages';
import { RECEIVER_GONE, type noticeOutbox } from '../notice-outbox';

/** Then the notice goes to the outbox. */
const SEND_AT_ONCE_MS = 15_000;

/** Delivers notices of one escalation in order. */
export interface BotTeller {
  /** How an attempt, or the escalation, ended. Resolves when the notice was sent or handed to the outbox. */
  tell(plan: EscalationPlan, notice: Notice): Promise<void>;
  /** From here, beside the main story: the progress that a plan asks to be told. */
  tellProgress(): void;
}

/** Where notices wait. */
interface Outbox {
  readonly workflowId: string;
  signal(definition: typeof enqueueNoticeSignal, notice: Notice, botState?: BotState): Promise<void>;
}

type Send = (state: EscalationState, plan: EscalationPlan, notice: Notice) => Promise<CallResult<void>>;

/** Makes the teller of one escalation. */
export function createBotTeller(state: EscalationState): BotTeller {
  const outboxes = outboxesOf(state);
  let follows = false;

  async function deliver(plan: EscalationPlan, notice: Notice, send: Send): Promise<void> {
    // Once one notice waits, later ones wait behind it: the bot hears them in order.
    const outbox = outboxes.get(plan.bot);
    if (outbox && (await enqueued(outbox, notice, state.botState))) {
      narrate(state, 'bot_not_told_yet', `${notice.type}: waits behind an earlier notice`);
      noteDelivery(state, notice, { kind: 'waiting', outbox: outbox.workflowId });
      return;
    }
    const sent = await send(state, plan, notice);
    if (sent.kind === 'done') {
      narrate(state, 'bot_told', notice.type);
      noteDelivery(state, notice, { kind: 'delivered' });
      return;
    }
    narrate(state, 'bot_not_told_yet', `${notice.type}: ${faultName(sent)}`);
    const opened = await openOutbox(state, plan, notice, isGone(sent)).catch(() => {
      // After a workflow reset the outbox of this very notice exists already, and has it.
      narrate(state, 'outbox_exists', notice.id);
      return getExternalWorkflowHandle(noticeOutboxWorkflowId(state.tenant, notice.id));
    });
    outboxes.set(plan.bot, opened);
    noteDelivery(state, notice, { kind: 'waiting', outbox: opened.workflowId });
  }

  /** Until the escalation is closed, which comes after its last outcome, and that after all progress. */
  async function follow(): Promise<void> {
    for (;;) {
      await condition(() => isTellingProgress(state) || state.phase === 'closed');
      const notice = nextProgress(state);
      // Progress is always of the plan at hand: the attempt before has been told its outcome, behind its progress.
      if (!notice || !state.plan) return;
      await deliver(state.plan, notice, sendBeside);
    }
  }

  return {
    async tell(plan, notice) {
      logNotice(state, notice, { kind: 'sending' });
      // Only where there is any: the histories of those who hear of no progress know no such wait.
      if (isTellingProgress(state)) await condition(() => !isTellingProgress(state));
      await deliver(plan, notice, sendAtOnce);
    },
    tellProgress() {
      if (!follows) void follow();
      follows = true;
    },
  };
}

/** Of a run that goes on: what waits in an outbox still comes before what this run tells. */
function outboxesOf({ plan, notices }: EscalationState): Map<string, Outbox> {
  const waiting = notices
    .flatMap(({ delivery }) => (delivery.kind === 'waiting' ? [delivery.outbox] : []))
    .at(-1);
  const isKnown = plan !== undefined && waiting !== undefined;
  return new Map(isKnown ? [[plan.bot, getExternalWorkflowHandle(waiting)]] : []);
}

/** Never a local activity beside the main story's: see withdrawBeside. */
function sendBeside(state: EscalationState, plan: EscalationPlan, notice: Notice): Promise<CallResult<void>> {
  return callWithRetries('deliverNotice', inputOf(state, plan, notice), {
    summary: `Tell the bot: ${notice.type}`,
    deadlineAt: Date.now() + SEND_AT_ONCE_MS,
    once: true,
  });
}

/**
 * A webhook is acknowledged quickly or tried again later. A platform's own words may take a bot's whole answer, and
 * nothing tells the bot that it heard them before: they get the time to arrive once.
 */
function sendAtOnce(state: EscalationState, plan: EscalationPlan, notice: Notice): Promise<CallResult<void>> {
  const send = plan.noticesInOwnWords ? callWithRetries<'deliverNotice'> : tryLocally<'deliverNotice'>;
  return send('deliverNotice', inputOf(state, plan, notice), {
    summary: `Tell the bot: ${notice.type}`,
    deadlineAt: Date.now() + SEND_AT_ONCE_MS,
  });
}

function inputOf(
  { tenant, botState }: EscalationState,
  { bot }: EscalationPlan,
  notice: Notice,
): DeliverNoticeInput {
  return { tenant, bot, notice, ...(botState && { botState }) };
}

async function enqueued(outbox: Outbox, notice: Notice, botState: BotState | undefined): Promise<boolean> {
  try {
    await outbox.signal(enqueueNoticeSignal, notice, ...(botState ? [botState] : []));
    return true;
  } catch {
    // The outbox has delivered everything and closed: the direct way is open again.
    return false;
  }
}

function isGone(sent: CallResult<void>): boolean {
  return sent.kind === 'fault' && sent.fault.code === RECEIVER_GONE;
}

function openOutbox(
  state: EscalationState,
  plan: EscalationPlan,
  notice: Notice,
  gone: boolean,
): Promise<Outbox> {
  const { tenant, conversationId, botState } = state;
  return startChild<typeof noticeOutbox>('noticeOutbox', {
    workflowId: noticeOutboxWorkflowId(state.tenant, notice.id),
    args: [
      {
        tenant,
        bot: plan.bot,
        conversationId,
        notices: [notice],
        ...(gone && { gone }),
        ...(botState && { botState }),
        ...(plan.noticesInOwnWords && { inOwnWords: true }),
      },
    ],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    typedSearchAttributes: asAttributes({
      BatonTenant: state.tenant,
      BatonConversationId: state.conversationId,
      BatonNoticeUndelivered: true,
    }),
    staticSummary: `Undelivered ${notice.type}`,
  });
}
