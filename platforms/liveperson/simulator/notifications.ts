// Who is told what: conversation changes by subscription, rings to the rung agent, messages to the participants,
// agent states to those who asked.
import { randomUUID } from 'node:crypto';
import { isParticipant } from './conversation-state';
import type { AgentSocket, ConversationSubscription, Sockets } from './sockets';
import { agentStateResult, conversationResult, messageBody, ringResult } from './wire';
import type { Account, Conversation, Ring, StoredMessage, User } from './world';

const CONVERSATION = '.ams.aam.ExConversationChangeNotification';
const ROUTING = '.ams.routing.RoutingTaskNotification';
const AGENT_STATE = '.ams.routing.AgentStateNotification';
const EVENT = '.ams.ms.OnlineEventDistribution';

/** The first snapshot covers no more conversations than this (LivePerson agent messaging notes). */
const SNAPSHOT_LIMIT = 1000;
const SNAPSHOT_PART = 100;

/** What a client asks for with SubscribeExConversations. */
export type ConversationFilter = Pick<ConversationSubscription, 'states' | 'userIds' | 'minLastUpdatedTime'>;

/** Tells the connected agents. */
export interface Notifier {
  conversationChanged(account: Account, conversation: Conversation): void;
  ringChanged(account: Account, conversation: Conversation, ring: Ring): void;
  published(account: Account, conversation: Conversation, message: StoredMessage): void;
  agentStateChanged(account: Account, user: User): void;
  /** Subscribes and sends the snapshot. */
  subscribeConversations(account: Account, socket: AgentSocket, filter: ConversationFilter): string;
  subscribeRoutingTasks(account: Account, socket: AgentSocket): string;
  subscribeAgentState(account: Account, socket: AgentSocket, user: User): string;
}

/** See {@link Notifier}. `changed` is called for every change of state. */
export function createNotifier(deps: { readonly sockets: Sockets; readonly changed: () => void }): Notifier {
  const { sockets, changed } = deps;
  const tellConversation = (account: Account, conversation: Conversation, socket: AgentSocket): void => {
    for (const subscription of socket.conversations.values()) {
      const type = changeFor(subscription, conversation);
      if (type === undefined) continue;
      sockets.notify(socket, CONVERSATION, {
        subscriptionId: subscription.id,
        changes: [{ type, result: conversationResult(account, conversation) }],
      });
    }
  };
  return {
    conversationChanged(account, conversation) {
      changed();
      for (const socket of sockets.of(account.id)) tellConversation(account, conversation, socket);
    },
    ringChanged(account, conversation, ring) {
      changed();
      const type = ring.ringState === 'WAITING' ? 'UPSERT' : 'DELETE';
      const result = ringResult(account, conversation, ring);
      for (const socket of sockets.of(account.id, ring.userId)) {
        for (const subscriptionId of socket.routingTasks) {
          sockets.notify(socket, ROUTING, { subscriptionId, changes: [{ type, result }] });
        }
      }
    },
    published(account, conversation, message) {
      changed();
      const body = messageBody(account, conversation, message);
      for (const socket of sockets.of(account.id)) {
        if (isParticipant(conversation, socket.session.userId)) sockets.notify(socket, EVENT, body);
      }
    },
    agentStateChanged(account, user) {
      changed();
      for (const socket of sockets.of(account.id)) {
        for (const [subscriptionId, userId] of socket.agentStates) {
          if (userId !== user.userId) continue;
          sockets.notify(socket, AGENT_STATE, {
            subscriptionId,
            changes: [{ type: 'UPSERT', result: agentStateResult(account, user) }],
          });
        }
      }
    },
    subscribeConversations(account, socket, filter) {
      const subscription = { ...filter, id: randomUUID(), held: new Set<string>() };
      socket.conversations.set(subscription.id, subscription);
      sendSnapshot(account, socket, subscription, sockets);
      return subscription.id;
    },
    subscribeRoutingTasks(account, socket) {
      const id = randomUUID();
      socket.routingTasks.add(id);
      for (const conversation of Object.values(account.conversations)) {
        for (const ring of conversation.rings) {
          if (ring.userId !== socket.session.userId || ring.ringState !== 'WAITING') continue;
          sockets.notify(socket, ROUTING, {
            subscriptionId: id,
            changes: [{ type: 'UPSERT', result: ringResult(account, conversation, ring) }],
          });
        }
      }
      return id;
    },
    subscribeAgentState(account, socket, user) {
      const id = randomUUID();
      socket.agentStates.set(id, user.userId);
      sockets.notify(socket, AGENT_STATE, {
        subscriptionId: id,
        changes: [{ type: 'UPSERT', result: agentStateResult(account, user) }],
      });
      return id;
    },
  };
}

function changeFor(
  subscription: ConversationSubscription,
  conversation: Conversation,
): 'UPSERT' | 'DELETE' | undefined {
  if (covers(subscription, conversation)) {
    subscription.held.add(conversation.id);
    return 'UPSERT';
  }
  return subscription.held.delete(conversation.id) ? 'DELETE' : undefined;
}

function covers(filter: ConversationFilter, conversation: Conversation): boolean {
  const { userIds } = filter;
  return (
    filter.states.includes(conversation.state) &&
    conversation.metaDataLastUpdateTs >= filter.minLastUpdatedTime &&
    (userIds === undefined || conversation.participants.some((p) => userIds.includes(p.userId)))
  );
}

function sendSnapshot(
  account: Account,
  socket: AgentSocket,
  subscription: ConversationSubscription,
  sockets: Sockets,
): void {
  const covered = Object.values(account.conversations)
    .filter((conversation) => covers(subscription, conversation))
    .slice(0, SNAPSHOT_LIMIT);
  for (let start = 0; start < covered.length; start += SNAPSHOT_PART) {
    const changes = covered.slice(start, start + SNAPSHOT_PART).map((conversation) => {
      subscription.held.add(conversation.id);
      return { type: 'UPSERT', result: conversationResult(account, conversation) };
    });
    sockets.notify(socket, CONVERSATION, { subscriptionId: subscription.id, changes });
  }
}
