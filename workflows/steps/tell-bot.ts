// Tells the bot how an attempt ended. One short local try; whatever does not arrive at once goes to an outbox
// workflow of its own, which retries for hours in order and holds up neither the user nor the escalation.
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { getExternalWorkflowHandle, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { EscalationState } from '../../domain/escalation-state';
import { noticeOutboxWorkflowId } from '../../domain/ids';
import type { Notice } from '../../domain/notice';
import type { EscalationPlan } from '../../domain/plan';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import { tryLocally } from '../calls';
import { narrate } from '../inspect';
import { enqueueNoticeSignal } from '../messages';
import type { noticeOutbox } from '../notice-outbox';

/** Delivers notices of one escalation in order. */
export interface BotTeller {
  tell(plan: EscalationPlan, notice: Notice): Promise<void>;
}

/** Where notices wait. */
interface Outbox {
  signal(definition: typeof enqueueNoticeSignal, notice: Notice): Promise<void>;
}

/** Makes the teller of one escalation. */
export function createBotTeller(state: EscalationState): BotTeller {
  let outbox: Outbox | undefined;

  async function tell(plan: EscalationPlan, notice: Notice): Promise<void> {
    // Once one notice waits, later ones wait behind it: the bot hears them in order.
    if (outbox && (await enqueued(outbox, notice))) {
      narrate(state, 'bot_not_told_yet', `${notice.type}: waits behind an earlier notice`);
      return;
    }
    const input = { tenant: state.tenant, bot: plan.bot, notice };
    const sent = await tryLocally('deliverNotice', input, {
      summary: `Tell the bot: ${notice.type}`,
      deadlineAt: Date.now() + 10_000,
    });
    if (sent.kind === 'done') {
      narrate(state, 'bot_told', notice.type);
      return;
    }
    narrate(
      state,
      'bot_not_told_yet',
      `${notice.type}: ${sent.kind === 'fault' ? sent.fault.code : sent.kind}`,
    );
    outbox = await openOutbox(state, plan, notice).catch(() => {
      // After a workflow reset the outbox of this very notice exists already, and has it.
      narrate(state, 'outbox_exists', notice.id);
      return getExternalWorkflowHandle(noticeOutboxWorkflowId(state.tenant, notice.id));
    });
  }

  return { tell };
}

async function enqueued(outbox: Outbox, notice: Notice): Promise<boolean> {
  try {
    await outbox.signal(enqueueNoticeSignal, notice);
    return true;
  } catch {
    // The outbox has delivered everything and closed: the direct way is open again.
    return false;
  }
}

function openOutbox(state: EscalationState, plan: EscalationPlan, notice: Notice): Promise<Outbox> {
  return startChild<typeof noticeOutbox>('noticeOutbox', {
    workflowId: noticeOutboxWorkflowId(state.tenant, notice.id),
    args: [{ tenant: state.tenant, bot: plan.bot, conversationId: state.conversationId, notices: [notice] }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    typedSearchAttributes: outboxAttributes(state),
    staticSummary: `Undelivered ${notice.type}`,
  });
}

function outboxAttributes(state: EscalationState): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: defineSearchAttributeKey('BatonTenant', SEARCH_ATTRIBUTES.BatonTenant), value: state.tenant },
    {
      key: defineSearchAttributeKey('BatonConversationId', SEARCH_ATTRIBUTES.BatonConversationId),
      value: state.conversationId,
    },
    {
      key: defineSearchAttributeKey('BatonNoticeUndelivered', SEARCH_ATTRIBUTES.BatonNoticeUndelivered),
      value: true,
    },
  ]);
}
