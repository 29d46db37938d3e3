// Changes of one conversation as a value: participants, events, closing. No sockets, timers or rings here.
import { randomUUID } from 'node:crypto';
import type { Account, ClosedBy, Conversation, Participant, Role, StoredMessage } from './world';

/** Names a new conversation. */
export interface NewConversation {
  readonly consumerId: string;
  readonly consumerName: string;
  readonly skillId: string;
}

/** Adds an open conversation with nobody but the consumer. */
export function openConversation(account: Account, fresh: NewConversation): Conversation {
  const id = randomUUID();
  const now = Date.now();
  const conversation: Conversation = {
    ...fresh,
    id,
    accountId: account.id,
    state: 'OPEN',
    startTs: now,
    metaDataLastUpdateTs: now,
    ttrType: 'NORMAL',
    nextSequence: 0,
    participants: [],
    dialogs: [{ dialogId: id, dialogType: 'MAIN', state: 'OPEN', creationTs: now }],
    messages: [],
    rings: [],
    transfers: [],
    joined: [],
  };
  account.conversations[id] = conversation;
  return conversation;
}

/** Marks a change; the stamp grows even within one millisecond, as readers drop older ones by it. */
export function touch(conversation: Conversation): void {
  conversation.metaDataLastUpdateTs = Math.max(Date.now(), conversation.metaDataLastUpdateTs + 1);
}

/** The agent who has the conversation now. */
export function assignedAgent(conversation: Conversation): Participant | undefined {
  return conversation.participants.find((p) => p.role === 'ASSIGNED_AGENT' && p.state === 'ACTIVE');
}

/** The agent named by a transfer who has not come yet. */
export function suggestedAgent(conversation: Conversation): Participant | undefined {
  return conversation.participants.find((p) => p.state === 'SUGGESTED');
}

/** Whether the user is there in any role; a suggested agent is not. */
export function isParticipant(conversation: Conversation, userId: string): boolean {
  return conversation.participants.some((p) => p.userId === userId && p.state === 'ACTIVE');
}

/** Puts a user into a role, ACTIVE. There is one assigned agent at most: a new one replaces the old. */
export function join(conversation: Conversation, userId: string, role: Role): void {
  conversation.participants = conversation.participants.filter((p) =>
    role === 'ASSIGNED_AGENT' ? p.role !== 'ASSIGNED_AGENT' : !(p.userId === userId && p.role === role),
  );
  if (role === 'ASSIGNED_AGENT') delete conversation.suggestionExpiresAt;
  conversation.participants.push({ userId, role, state: 'ACTIVE' });
  conversation.joined.push({ userId, role, at: Date.now() });
  touch(conversation);
}

/** Takes a user out of a role. */
export function leave(conversation: Conversation, userId: string, role: Role): void {
  conversation.participants = conversation.participants.filter(
    (p) => !(p.userId === userId && p.role === role),
  );
  touch(conversation);
}

/** What is published. */
export interface Publication {
  readonly dialogId: string;
  readonly userId?: string;
  readonly role: Role;
  readonly audience: 'ALL' | 'AGENTS_AND_MANAGERS';
  readonly event: Record<string, unknown> & { type: string };
  readonly metadata: Record<string, unknown>[];
}

/** Appends an event; a typing indication is neither kept nor numbered (its sequence is 0). */
export function publish(conversation: Conversation, publication: Publication): StoredMessage {
  const message: StoredMessage = { ...publication, sequence: 0, serverTimestamp: Date.now() };
  if (publication.event.type === 'ChatStateEvent') return message;
  message.sequence = conversation.nextSequence++;
  conversation.messages.push(message);
  return message;
}

/** Closes the main dialog; with a survey the conversation stays open for it. */
export function closeMainDialog(conversation: Conversation, by: ClosedBy, survey: boolean): void {
  const now = Date.now();
  for (const dialog of conversation.dialogs) {
    if (dialog.state === 'OPEN') Object.assign(dialog, { state: 'CLOSE', endTs: now, closedBy: by });
  }
  if (survey) {
    conversation.dialogs.push({
      dialogId: randomUUID(),
      dialogType: 'POST_SURVEY',
      state: 'OPEN',
      creationTs: now,
    });
    touch(conversation);
    return;
  }
  closeConversation(conversation, by);
}

/** Closes every dialog and the conversation. */
export function closeConversation(conversation: Conversation, by: ClosedBy): void {
  const now = Date.now();
  for (const dialog of conversation.dialogs) {
    if (dialog.state === 'OPEN') Object.assign(dialog, { state: 'CLOSE', endTs: now, closedBy: by });
  }
  Object.assign(conversation, { state: 'CLOSE', endTs: now, closedBy: by });
  conversation.participants = conversation.participants.filter((p) => p.state === 'ACTIVE');
  delete conversation.suggestionExpiresAt;
  touch(conversation);
}
