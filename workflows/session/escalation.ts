// Signals to the escalation of a conversation, which may be over.
import { getExternalWorkflowHandle } from '@temporalio/workflow';

/** Signals the open escalation. False: there is none. */
export async function signalEscalation(
  workflowId: string,
  name: 'userMessage' | 'userLeft' | 'cancel',
  ...args: readonly unknown[]
): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(workflowId).signal<unknown[]>(name, ...args);
    return true;
  } catch {
    return false;
  }
}
