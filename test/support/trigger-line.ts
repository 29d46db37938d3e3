// The line that triggers an escalation without the gateway, as the README shows it: one place, so that what is shown
// is what is tried.
import { escalationWorkflowId } from '../../domain/ids';
import type { EscalationRequest } from '../../domain/request';
import { ESCALATION_WORKFLOW, TASK_QUEUE } from '../../domain/task-queue';

/** A line for a POSIX shell. Values must not contain single quotes. */
export function signalWithStartLine(
  tenant: string,
  conversationId: string,
  request: EscalationRequest,
): string {
  return [
    'temporal workflow signal-with-start',
    `--workflow-id '${escalationWorkflowId(tenant, conversationId)}'`,
    `--type ${ESCALATION_WORKFLOW} --task-queue ${TASK_QUEUE}`,
    `--input '${JSON.stringify({ tenant, conversationId })}'`,
    '--signal-name escalate',
    `--signal-input '${JSON.stringify(request)}'`,
  ].join(' \\\n  ');
}
