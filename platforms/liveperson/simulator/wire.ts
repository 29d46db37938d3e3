// The vendor's JSON for conversations, rings and events, as it stands on the raw socket (not as the vendor's
// SDK renames it).
import type { Account, Conversation, Participant, Ring, Role, StoredMessage, User } from './world';
import { oldId } from './world';

const ROLES: readonly Role[] = ['ASSIGNED_AGENT', 'MANAGER', 'READER'];

/** `result` of an ExConversationChangeNotification. */
export function conversationResult(account: Account, conversation: Conversation): Record<string, unknown> {
  const last = conversation.messages.findLast((message) => message.event.type === 'ContentEvent');
  return {
    convId: conversation.id,
    effectiveTTR: -1,
    lastUpdateTime: conversation.metaDataLastUpdateTs,
    numberOfunreadMessages: unreadCounts(account, conversation),
    conversationDetails: conversationDetails(account, conversation),
    ...(last === undefined ? {} : { lastContentEventNotification: messageBody(account, conversation, last) }),
  };
}

function conversationDetails(account: Account, conversation: Conversation): Record<string, unknown> {
  const { skillId } = conversation;
  return {
    convId: conversation.id,
    skillId,
    brandId: account.id,
    csatRate: 0,
    note: '',
    participants: rolesMap(conversation, (p) => oldId(account, p.userId)),
    participantsPId: rolesMap(conversation, (p) => pidOf(account, p.userId)),
    dialogs: dialogs(account, conversation),
    state: conversation.state,
    stage: conversation.state === 'OPEN' ? 'OPEN' : 'CLOSED',
    ...(conversation.state === 'CLOSE'
      ? { closeReason: conversation.closedBy, endTs: conversation.endTs }
      : {}),
    startTs: conversation.startTs,
    metaDataLastUpdateTs: conversation.metaDataLastUpdateTs,
    firstConversation: false,
    ttr: { ttrType: conversation.ttrType, value: 1200 },
    context: {
      type: 'CustomContext',
      clientProperties: { type: '.ClientProperties', appId: 'baton_simulator', features: ['RICH_CONTENT'] },
    },
    conversationHandlerDetails: { accountId: account.id, skillId },
  };
}

/** Suggested agents are in neither map (LivePerson UMS wire notes). */
function rolesMap(conversation: Conversation, idOf: (p: Participant) => string): Record<string, string[]> {
  const map: Record<string, string[]> = { CONSUMER: [conversation.consumerId] };
  for (const role of ROLES) {
    map[role] = conversation.participants.filter((p) => p.role === role && p.state === 'ACTIVE').map(idOf);
  }
  return map;
}

function dialogs(account: Account, conversation: Conversation): Record<string, unknown>[] {
  const idOf = (userId: string): string =>
    account.settings.participantIds === 'pid' ? pidOf(account, userId) : oldId(account, userId);
  return conversation.dialogs.map((dialog) => ({
    dialogId: dialog.dialogId,
    dialogType: dialog.dialogType,
    channelType: 'MESSAGING',
    state: dialog.state,
    creationTs: dialog.creationTs,
    metaDataLastUpdateTs: conversation.metaDataLastUpdateTs,
    ...(dialog.state === 'CLOSE'
      ? {
          endTs: dialog.endTs,
          closedBy: dialog.closedBy,
          closedCause: 'Closed by ' + String(dialog.closedBy),
        }
      : {}),
    participantsDetails: [
      { id: conversation.consumerId, role: 'CONSUMER', state: 'ACTIVE' },
      ...conversation.participants.map((p) => ({ id: idOf(p.userId), role: p.role, state: p.state })),
    ],
  }));
}

function unreadCounts(account: Account, conversation: Conversation): Record<string, number> {
  const counts: Record<string, number> = { [conversation.consumerId]: 0 };
  for (const participant of conversation.participants) {
    if (participant.state === 'ACTIVE') counts[oldId(account, participant.userId)] = 0;
  }
  return counts;
}

function pidOf(account: Account, userId: string): string {
  return account.users[userId]?.pid ?? userId;
}

/** Body of an OnlineEventDistribution, and one item of QueryMessages. A typing indication has no sequence. */
export function messageBody(
  account: Account,
  conversation: Conversation,
  message: StoredMessage,
): Record<string, unknown> {
  const consumer = message.userId === undefined;
  const originatorId = consumer ? conversation.consumerId : oldId(account, message.userId ?? '');
  const originatorPId = consumer ? conversation.consumerId : pidOf(account, message.userId ?? '');
  const numbered = message.event.type !== 'ChatStateEvent';
  return {
    ...(numbered ? { sequence: message.sequence } : {}),
    originatorId,
    originatorPId,
    originatorMetadata: {
      id: originatorPId,
      role: message.role,
      clientProperties: { type: '.ClientProperties', features: [] },
    },
    ...(numbered ? { serverTimestamp: message.serverTimestamp } : {}),
    event: message.event,
    dialogId: message.dialogId,
    conversationId: conversation.id,
    messageAudience: message.audience,
    ...(message.metadata.length === 0 ? {} : { metadata: message.metadata }),
  };
}

/** `result` of a RoutingTaskNotification. */
export function ringResult(
  account: Account,
  conversation: Conversation,
  ring: Ring,
): Record<string, unknown> {
  return {
    routingTaskId: `${conversation.id}_task`,
    taskCompleted: ring.ringState === 'ACCEPTED',
    conversationId: conversation.id,
    consumerId: conversation.consumerId,
    skillId: ring.skillId,
    assignedAgentId: oldId(account, ring.userId),
    brandId: account.id,
    ringsDetails: [
      {
        ringId: ring.ringId,
        ringState: ring.ringState,
        ringExpiration: account.settings.ringExpirationMs,
        ringExpirationTs: ring.expiresAt,
        weight: 1,
        convId: conversation.id,
        consumerId: conversation.consumerId,
        skillId: ring.skillId,
      },
    ],
  };
}

/** `result` of an AgentStateNotification. */
export function agentStateResult(account: Account, user: User): Record<string, unknown> {
  return {
    channels: ['MESSAGING'],
    availability: user.availability,
    description: '',
    agentUserId: oldId(account, user.userId),
  };
}
