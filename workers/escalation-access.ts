// How an activity reaches a conversation's workflows beyond the signals of its own: it has a request taken and things
// passed on, as the gateway does, and asks who has a conversation.
import type { ActivityDeps } from '../activities/deps';
import type { Receiver } from '../domain/bot-session';
import { escalationWorkflowId } from '../domain/ids';
import type { EscalationStatus } from '../domain/status';
import type { TemporalDeps } from '../temporal/deps';
import { askWorkflow } from '../temporal/faults';
import { createPassages } from '../temporal/passages';
import { prepare, take } from '../temporal/take';

/** That part of what activities are made with. */
export function createEscalationAccess(
  deps: TemporalDeps,
): Pick<ActivityDeps, 'takeRequest' | 'askForReceiver' | 'askForOwner' | 'askForPassage'> {
  const { client } = deps;
  const handleOf = (key: { readonly tenant: string; readonly conversationId: string }) =>
    client.workflow.getHandle(escalationWorkflowId(key.tenant, key.conversationId));
  return {
    takeRequest: async (key, request) => {
      const prepared = prepare(deps, key, request);
      const { kind } = await take(deps, prepared);
      return { kind, isCarried: prepared.isCarried };
    },
    askForReceiver: async (key) =>
      (await askWorkflow<Receiver | null | undefined>(client, handleOf(key), 'receiver')) ?? undefined,
    askForPassage: createPassages(deps).passOn,
    askForOwner: async (key) => {
      const { owner, epoch } = await askWorkflow<EscalationStatus>(client, handleOf(key), 'status');
      return { owner, epoch };
    },
  };
}
