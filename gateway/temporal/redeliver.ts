// Sends a notice to the bot again: through the outbox that has it, or through one of its own.
import { WorkflowNotFoundError } from '@temporalio/client';
import type { BotState } from '../../domain/bot-state';
import { BatonError } from '../../domain/errors';
import { noticeOutboxWorkflowId } from '../../domain/ids';
import type { NoticeLog, NoticeRecord } from '../../domain/notice';
import { OUTBOX_WORKFLOW, TASK_QUEUE } from '../../domain/task-queue';
import type { OutboxInput } from '../../workflows/notice-outbox';
import type { GatewayDeps } from '../settings';
import { asAttributes } from '../../workflows/attributes';
import { escalationRun } from './escalation-run';
import { askWorkflow, withTemporal } from '../../temporal/faults';
import type { EscalationKey } from '../../temporal/runs';

const REDELIVER = 'redeliver';

/** Sends notice `sequence` again. @throws BatonError `ESC_NOTICE_NOT_FOUND`, `ESC_ESCALATION_NOT_FOUND`, `ESC_NO_WORKER` */
export async function redeliver(deps: GatewayDeps, key: EscalationKey, sequence: number): Promise<void> {
  const { client } = deps;
  const { handle } = await escalationRun(deps, key);
  const { bot, records, botState } = await askWorkflow<NoticeLog>(client, handle, 'notices', sequence - 1);
  const record = records.find(({ notice }) => notice.sequence === sequence);
  if (!record || bot === undefined) throw new BatonError('ESC_NOTICE_NOT_FOUND', `number ${sequence}`);
  if (await waitsInOutbox(deps, record)) return;
  await withTemporal(client, () => openOutbox(deps, key, { bot, botState }, record));
}

/** True: the outbox that it waits in tries now. */
async function waitsInOutbox({ client }: GatewayDeps, { delivery }: NoticeRecord): Promise<boolean> {
  if (delivery.kind !== 'waiting') return false;
  try {
    await withTemporal(client, () => client.workflow.getHandle(delivery.outbox).signal(REDELIVER));
    return true;
  } catch (error) {
    // It has delivered everything.
    if (error instanceof BatonError && error.cause instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** One that runs already is signalled, and has the notice. */
async function openOutbox(
  { client }: GatewayDeps,
  { tenant, conversationId }: EscalationKey,
  { bot, botState }: { readonly bot: string; readonly botState: BotState | undefined },
  { notice }: NoticeRecord,
): Promise<void> {
  const notices = [notice];
  const input: OutboxInput = { tenant, bot, conversationId, notices, ...(botState && { botState }) };
  await client.workflow.signalWithStart(OUTBOX_WORKFLOW, {
    workflowId: noticeOutboxWorkflowId(tenant, notice.id),
    taskQueue: TASK_QUEUE,
    args: [input],
    signal: REDELIVER,
    signalArgs: [],
    typedSearchAttributes: asAttributes({
      BatonTenant: tenant,
      BatonConversationId: conversationId,
      BatonNoticeUndelivered: true,
    }),
    staticSummary: `Redelivery of ${notice.type}`,
  });
}
