// Has what a bot's platform wants done later done in order: by a workflow of the conversation, begun when there is none.
import { passageWorkflowId } from '../domain/ids';
import type { PassOn } from '../domain/passage';
import { PASSAGE_WORKFLOW, TASK_QUEUE } from '../domain/task-queue';
import { asAttributes } from '../workflows/attributes';
import type { TemporalDeps } from './deps';
import { withTemporal } from './faults';
import type { EscalationKey } from './runs';

/** See the file's comment. */
export interface Passages {
  /** The same id again is the same. @throws BatonError `ESC_TEMPORAL_UNAVAILABLE` */
  passOn(key: EscalationKey, asked: PassOn): Promise<void>;
}

/** Passages of any process with a client. */
export function createPassages({ client }: Pick<TemporalDeps, 'client'>): Passages {
  return {
    async passOn({ tenant, conversationId }, asked) {
      if (asked.items.length === 0) return;
      await withTemporal(client, () =>
        client.workflow.signalWithStart(PASSAGE_WORKFLOW, {
          workflowId: passageWorkflowId(tenant, conversationId),
          taskQueue: TASK_QUEUE,
          args: [{ tenant, conversationId }],
          signal: 'passOn',
          signalArgs: [asked],
          typedSearchAttributes: asAttributes({
            BatonTenant: tenant,
            BatonConversationId: conversationId,
          }),
          staticSummary: `Pass on for ${asked.bot}`,
          staticDetails: `Tenant **${tenant}**`,
        }),
      );
    },
  };
}
