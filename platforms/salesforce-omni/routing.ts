// The records that put a conversation before agents: the Case, and for skills and agents what Omni-Channel routes by.
// Creating only, never updating: a repeat that comes late must not open again what was withdrawn.
import type { TransferRequest } from '../desk';
import type { OmniConnector } from './options';
import type { Part, RestCall } from './rest';

/** How the work finds its agent. */
export type Route =
  /** The Case's owner: a queue, or whoever gets the ticket; undefined leaves it to the org's assignment rules. */
  | { readonly kind: 'owner'; readonly ownerId: string | undefined }
  /** By records: a skill, an agent, or a skill with an agent to prefer. */
  | {
      readonly kind: 'records';
      readonly channelId: string;
      readonly skillId?: string;
      readonly userId?: string;
    }
  /** By the action `skillsBasedRouting`. */
  | { readonly kind: 'action'; readonly configurationId: string; readonly skillId: string };

/** References of the parts of a composite call that makes and routes a Case. */
export const PART = { case: 'newCase', routing: 'routing', skill: 'skill', ready: 'ready' } as const;

const MAX_DESCRIPTION = 30_000;
const CASE_PATH = '/sobjects/Case';
const PENDING_PATH = '/sobjects/PendingServiceRouting';

/** The Case of a transfer. Its unique external id is what makes a repeat fail instead of making another. */
export function createCase(
  connector: OmniConnector,
  request: TransferRequest,
  externalId: string,
  route: Route,
): RestCall {
  const ownerId = route.kind === 'owner' ? route.ownerId : undefined;
  const isAssignedByRules = route.kind === 'owner' && ownerId === undefined;
  return {
    method: 'POST',
    path: `${CASE_PATH}/`,
    // Without it the org's assignment rules take the Case away from the owner that it is given (REST API, assignment
    // rule header).
    headers: { 'Sforce-Auto-Assign': isAssignedByRules ? 'TRUE' : 'FALSE' },
    body: {
      ...connector.caseFields,
      [connector.externalIdField]: externalId,
      Subject: connector.subject,
      Description: descriptionOf(request),
      Origin: connector.origin,
      Status: connector.status,
      ...(ownerId !== undefined && { OwnerId: ownerId }),
    },
  };
}

/** A Case that says only that its transfer was withdrawn before it arrived. */
export function createWithdrawn(connector: OmniConnector, externalId: string): RestCall {
  const { caseFields, externalIdField, subject, origin, withdrawnStatus } = connector;
  return {
    method: 'POST',
    path: `${CASE_PATH}/`,
    headers: { 'Sforce-Auto-Assign': 'FALSE' },
    body: {
      ...caseFields,
      [externalIdField]: externalId,
      Subject: subject,
      Description: 'Withdrawn before it arrived.',
      Origin: origin,
      Status: withdrawnStatus,
    },
  };
}

/** The parts that route a Case by records, in their order: not editable any more once it is ready. */
export function routingParts(
  connector: OmniConnector,
  route: Route & { kind: 'records' },
  caseId: string,
): readonly Part[] {
  const { channelId, skillId, userId } = route;
  const mustBeUser = userId !== undefined && skillId === undefined;
  const routing: Part = {
    method: 'POST',
    path: `${PENDING_PATH}/`,
    reference: PART.routing,
    body: {
      WorkItemId: caseId,
      ServiceChannelId: channelId,
      RoutingType: 'SkillsBased',
      RoutingModel: connector.routingModel,
      RoutingPriority: connector.routingPriority,
      CapacityWeight: connector.capacityWeight,
      IsReadyForRouting: false,
      ...(userId !== undefined && { PreferredUserId: userId, IsPreferredUserRequired: mustBeUser }),
      // Not together with a user who is required (object reference, PendingServiceRouting).
      ...(connector.pushTimeoutSeconds > 0 && !mustBeUser && { PushTimeout: connector.pushTimeoutSeconds }),
    },
  };
  const { skillLevel: SkillLevel } = connector;
  const skill: Part = {
    method: 'POST',
    path: '/sobjects/SkillRequirement/',
    reference: PART.skill,
    body: {
      RelatedRecordId: `@{${PART.routing}.id}`,
      SkillId: skillId,
      ...(SkillLevel !== undefined && { SkillLevel }),
    },
  };
  const ready: Part = {
    method: 'PATCH',
    path: `${PENDING_PATH}/@{${PART.routing}.id}`,
    reference: PART.ready,
    body: { IsReadyForRouting: true },
  };
  return [routing, ...(skillId === undefined ? [] : [skill]), ready];
}

/** The one call that routes a Case by a skill. It is not idempotent: look first whether something waits. */
export function routingAction(route: Route & { kind: 'action' }, caseId: string): RestCall {
  const { configurationId: routingConfigId, skillId: skillIdList } = route;
  return {
    method: 'POST',
    path: '/actions/standard/skillsBasedRouting',
    body: { inputs: [{ recordId: caseId, routingConfigId, skillIdList }] },
  };
}

/** Runs a flow with these values of its input variables. It is not idempotent. */
export function runFlow(name: string, inputs: Readonly<Record<string, string>>): RestCall {
  return { method: 'POST', path: `/actions/custom/flow/${name}`, body: { inputs: [inputs] } };
}

/** A change of a Case's status; assignment rules stay out of it. */
export function changeStatus(caseId: string, status: string): RestCall {
  return changeCase(caseId, { Status: status });
}

/** Writes a transfer's id into a Case that somebody else made. */
export function markCase({ externalIdField }: OmniConnector, caseId: string, externalId: string): RestCall {
  return changeCase(caseId, { [externalIdField]: externalId });
}

function changeCase(caseId: string, body: Readonly<Record<string, string>>): RestCall {
  return {
    method: 'PATCH',
    path: `${CASE_PATH}/${caseId}`,
    headers: { 'Sforce-Auto-Assign': 'FALSE' },
    body,
  };
}

/** Ends a Case that is not wanted any more, as configured. */
export function endCase({ onWithdraw, withdrawnStatus }: OmniConnector, caseId: string): RestCall {
  return onWithdraw === 'delete'
    ? { method: 'DELETE', path: `${CASE_PATH}/${caseId}` }
    : changeStatus(caseId, withdrawnStatus);
}

/** Takes waiting work away from Omni-Channel. */
export function deletePending(id: string): RestCall {
  return { method: 'DELETE', path: `${PENDING_PATH}/${id}` };
}

/** What the agent reads: the context as given, which is masked as configured. */
function descriptionOf({ conversationId, context }: TransferRequest): string {
  const lines = [
    ...(context?.userMessage === undefined ? [] : [`User: ${context.userMessage}`]),
    ...(context?.intent === undefined ? [] : [`Intent: ${context.intent}`]),
    `Conversation: ${conversationId}`,
  ];
  const text = lines.join('\n');
  if (text.length <= MAX_DESCRIPTION) return text;
  // The conversation is how an agent finds the rest; never through the middle of a surrogate pair.
  const end = `\n${lines.at(-1) ?? ''}`;
  return `${text.slice(0, MAX_DESCRIPTION - end.length).replace(/[\uD800-\uDBFF]$/, '')}…${end}`;
}
