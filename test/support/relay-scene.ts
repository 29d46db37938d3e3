// What tests of relayed chats do again and again.
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Scene } from './scene';

/** The desk says that a human joined; resolves when the bot knows. */
export async function joins(scene: Scene): Promise<void> {
  await scene.until(() => scene.world.transfers.length > 0);
  await scene.deskTells('r1', 0, [{ kind: 'connected', agentId: 'maria' }]);
  await scene.until(() => scene.world.notices.some(({ type }) => type === 'escalation.connected'));
}

/** Ids of what the agent has read. */
export function agentGot({ world }: Scene): string[] {
  return world.agentGot.map(({ id }) => id);
}

/** Ids of what the user has read of the agent. */
export function userGot({ world }: Scene): string[] {
  return world.userGot.map(({ id }) => id);
}

/** The desk says that the agent ended the chat. */
export function agentEnds(scene: Scene): Promise<void> {
  return scene.deskTells('r1', 0, [{ kind: 'ended', by: 'agent' }]);
}

/** Numbered ids. */
export function ids(prefix: string, count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${from + index}`);
}

/**
 * Says something again while the server knows of no run: the time-skipping one does not for a moment, when a workflow
 * goes on in its next run. Nor must it be asked anything then: its answer would never come.
 */
export async function patiently(scene: Scene, say: () => Promise<void>): Promise<void> {
  await scene.until(() =>
    say().then(
      () => true,
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      },
    ),
  );
}

/** Whether the escalation goes on in a run after its first; asked of the server, and not of the workflow. */
export async function isInLaterRun({ env, handle }: Scene): Promise<boolean> {
  const { runId } = await env.client.workflow.getHandle(handle.workflowId).describe();
  return runId !== handle.firstExecutionRunId;
}
