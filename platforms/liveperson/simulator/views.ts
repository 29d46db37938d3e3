// Conversations as the control API shows them: who is there, who was, and what the consumer sees.
import { assignedAgent } from './conversation-state';
import type { ConversationView, ParticipantView, TranscriptLine } from './control-schema';
import type { Account, Conversation, Participant, StoredMessage } from './world';

/** See {@link ConversationView}. */
export function viewConversation(account: Account, conversation: Conversation): ConversationView {
  const assigned = assignedAgent(conversation);
  return {
    conversationId: conversation.id,
    account: account.id,
    state: conversation.state,
    skillId: conversation.skillId,
    ...(assigned === undefined ? {} : { assignedTo: viewParticipant(account, assigned) }),
    participants: conversation.participants.map((participant) => viewParticipant(account, participant)),
    transcript: conversation.messages.flatMap((message) => viewMessage(account, message)),
    transfers: conversation.transfers,
    joined: conversation.joined.map((record) => ({ ...record, ...whoIs(account, record.userId) })),
    ringing: conversation.rings.filter((ring) => ring.ringState === 'WAITING').map((ring) => ring.userId),
    ...(conversation.closedBy === undefined ? {} : { closedBy: conversation.closedBy }),
  };
}

function viewParticipant(account: Account, participant: Participant): ParticipantView {
  return { ...participant, ...whoIs(account, participant.userId) };
}

function whoIs(account: Account, userId: string): Pick<ParticipantView, 'loginName' | 'kind'> {
  const user = account.users[userId];
  return { loginName: user?.loginName ?? userId, kind: user?.kind ?? 'human' };
}

function viewMessage(account: Account, message: StoredMessage): TranscriptLine[] {
  const text = textOf(message);
  if (message.audience !== 'ALL' || text === undefined) return [];
  const externalId = message.metadata.find((item) => item['type'] === 'ExternalId')?.['id'];
  return [
    {
      from: message.userId === undefined ? 'consumer' : whoIs(account, message.userId).kind,
      ...(message.userId === undefined ? {} : { userId: message.userId }),
      text,
      sequence: message.sequence,
      at: message.serverTimestamp,
      ...(typeof externalId === 'string' ? { externalId } : {}),
    },
  ];
}

/** Text of a message; structured content and files as JSON; `undefined` for what is no message. */
function textOf({ event }: StoredMessage): string | undefined {
  if (event.type === 'ContentEvent') {
    return typeof event['message'] === 'string' ? event['message'] : JSON.stringify(event['message']);
  }
  return event.type === 'RichContentEvent' ? JSON.stringify(event['content']) : undefined;
}
