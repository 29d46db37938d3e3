// The UpdateConversationField requests: to a skill, to a named agent, and back. REMOVE and Skill must be one
// request while an agent is assigned (LivePerson UMS wire notes).
import type { TransferContext } from '../../domain/plan';
import type { Target } from '../../domain/target';
import type { AgentRequest } from './connection';
import { toOldId } from './ids';
import type { OwnUser } from './ids';

const TYPE = '.ams.cm.UpdateConversationField';

/** What a transfer names. */
export interface TransferFields {
  /** Absent: the skill stays. */
  readonly skillId?: string;
  /** Old id of the agent to suggest. */
  readonly suggested?: string;
}

/** The skill and agent that a target means; a target of kind `agent` keeps the conversation's skill. */
export function fieldsOf(
  target: Target,
  account: string,
  currentSkillId: string | undefined,
): TransferFields {
  const agentId = target.kind === 'agent' ? target.id : target.agentId;
  const skillId = target.kind === 'agent' ? currentSkillId : target.id;
  return {
    // "-1" means no skill; it is no place to send anybody to.
    ...(skillId === undefined || skillId === '-1' ? {} : { skillId }),
    ...(agentId === undefined ? {} : { suggested: toOldId(account, agentId) }),
  };
}

/** Hands the conversation off. */
export function transferRequest(
  conversationId: string,
  own: OwnUser,
  { skillId, suggested }: TransferFields,
  context?: TransferContext,
): AgentRequest {
  return {
    type: TYPE,
    body: {
      conversationId,
      conversationField: [
        participant('REMOVE', 'ASSIGNED_AGENT', own.oldId),
        ...(suggested === undefined ? [] : [participant('SUGGEST', 'ASSIGNED_AGENT', suggested)]),
        ...(skillId === undefined ? [] : [{ field: 'Skill', type: 'UPDATE', skill: skillId }]),
      ],
    },
    ...(context?.intent === undefined ? {} : { metadata: [botResponse(context.intent)] }),
  };
}

/** The own user joins: as ASSIGNED_AGENT this takes the conversation back, as MANAGER it only adds a voice. */
export function joinRequest(
  conversationId: string,
  own: OwnUser,
  role: 'ASSIGNED_AGENT' | 'MANAGER',
): AgentRequest {
  return { type: TYPE, body: { conversationId, conversationField: [participant('ADD', role, own.oldId)] } };
}

/** The own user stops being MANAGER. */
export function leaveRequest(conversationId: string, own: OwnUser): AgentRequest {
  return {
    type: TYPE,
    body: { conversationId, conversationField: [participant('REMOVE', 'MANAGER', own.oldId)] },
  };
}

function participant(
  type: 'ADD' | 'REMOVE' | 'SUGGEST',
  role: string,
  userId: string,
): Record<string, string> {
  return { field: 'ParticipantsChange', type, role, userId };
}

/** The receiving bot reads the intent from this; the user's message is in the conversation anyway. */
function botResponse(intent: string): Record<string, unknown> {
  return { type: 'BotResponse', intents: [{ id: intent, name: intent, confidence: 1 }] };
}
