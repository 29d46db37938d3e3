// What can happen to a conversation, whoever does it: each deed becomes an entry and an event.
import { randomUUID } from 'node:crypto';
import type { Timers } from '../../simulation/timers';
import { eventName } from './streams';
import type { Streams } from './streams';
import type { Conversation, Sender, StoredEntry, World } from './world';

/** How an agent ends: with all that is told of it, or with less. */
export type Ending = 'whole' | 'removedOnly' | 'statusOnly';

/** See the file's comment. Deeds that are not possible in the conversation's state give false. */
export interface Conversations {
  create(id: string, subject: string, attributes: Readonly<Record<string, string>>): void;
  /** A new session in an old conversation. */
  reopen(conversation: Conversation): void;
  userWrites(conversation: Conversation, id: string, content: Readonly<Record<string, unknown>>): void;
  userCloses(conversation: Conversation): void;
  endSession(conversation: Conversation): void;
  accept(conversation: Conversation, name: string): boolean;
  agentWrites(conversation: Conversation, content: Readonly<Record<string, unknown>>): boolean;
  agentTypes(conversation: Conversation, isTyping: boolean): boolean;
  /** The agent goes; the session stays. */
  leave(conversation: Conversation): boolean;
  agentEnds(conversation: Conversation, ending: Ending): boolean;
  /** Any entry. */
  tell(
    conversation: Conversation,
    entryType: string,
    payload: Readonly<Record<string, unknown>>,
    isKept: boolean,
  ): void;
}

/** What they need. */
export interface ConversationsDeps {
  readonly world: World;
  readonly streams: Streams;
  readonly timers: Timers;
  readonly changed: () => void;
}

const SYSTEM: Sender = { role: 'System', subject: 'automated-process' };
const TRANSIENT: readonly string[] = ['TypingStartedIndicator', 'TypingStoppedIndicator'];

/** See {@link Conversations}. */
export function createConversations({ world, streams, timers, changed }: ConversationsDeps): Conversations {
  /** The clock of the org: no two entries at one time. */
  function now(): number {
    world.lastTime = Math.max(Date.now(), world.lastTime + 1);
    return world.lastTime;
  }

  function add(
    conversation: Conversation,
    entryType: string,
    payload: Readonly<Record<string, unknown>>,
    by: {
      readonly sender: Sender;
      readonly name?: string;
      readonly id?: string;
      readonly isKept?: boolean;
    } = {
      sender: SYSTEM,
    },
  ): void {
    const {
      sender,
      name = 'Automated Process',
      id = randomUUID(),
      isKept = !TRANSIENT.includes(entryType),
    } = by;
    const entry: StoredEntry = {
      identifier: id,
      entryType,
      entryPayload: { entryType, id, ...payload },
      senderDisplayName: name,
      sender,
      transcriptedTimestamp: now(),
    };
    if (isKept) conversation.entries.push(entry);
    streams.publish(conversation.subject, eventName(entryType), conversation.id, entry);
    changed();
  }

  const status = (conversation: Conversation, sessionStatus: string, by?: string): void =>
    add(conversation, 'SessionStatusChanged', {
      sessionStatus,
      sessionStatusPrev: 'Waiting',
      ...(by !== undefined && { sessionEndedByRole: by }),
    });
  const participant = (
    conversation: Conversation,
    operation: 'add' | 'remove',
    agent: Conversation['agents'][number],
  ): void =>
    add(conversation, 'ParticipantChanged', {
      entries: [
        { operation, displayName: agent.name, participant: { role: 'Agent', subject: agent.subject } },
      ],
    });
  const senderOf = ({ agents }: Conversation): { sender: Sender; name: string } | undefined => {
    const [agent] = agents;
    return agent && { sender: { role: 'Agent', subject: agent.subject }, name: agent.name };
  };

  function route(conversation: Conversation): void {
    const place = world.places[conversation.attributes[world.settings.routeBy] ?? ''];
    const isRouted = place !== undefined && place.behaviour !== 'unroutable';
    add(conversation, 'RoutingResult', {
      routingType: 'Initial',
      failureType: isRouted ? 'None' : 'RoutingError',
      failureReason: isRouted ? null : 'no queue',
      recordId: '0Mw5e000000abcdEAA',
      estimatedWaitTime: { isEWTRequested: true, estimatedWaitTimeInSeconds: 30 },
    });
    if (place?.behaviour === 'accepting')
      timers.set(
        `accept ${conversation.id}`,
        place.afterMs,
        () => void deeds.accept(conversation, place.agent),
      );
  }

  function open(conversation: Conversation): void {
    conversation.status = 'waiting';
    conversation.sessions += 1;
    status(conversation, 'Waiting');
    route(conversation);
  }

  function dropAgents(conversation: Conversation): void {
    for (const agent of conversation.agents.splice(0)) participant(conversation, 'remove', agent);
  }

  const deeds: Conversations = {
    create(id, subject, attributes) {
      const known = world.conversations[id];
      if (known) known.creates += 1;
      const conversation = (world.conversations[id] ??= {
        id,
        subject,
        attributes: { ...attributes },
        creates: 1,
        sessions: 0,
        status: 'waiting',
        agents: [],
        entries: [],
        inbound: [],
        delivered: [],
        read: [],
        isUserTyping: false,
      });
      open(conversation);
    },
    reopen: open,
    userWrites(conversation, id, content) {
      conversation.isUserTyping = false;
      add(
        conversation,
        'Message',
        { abstractMessage: { messageType: 'StaticContentMessage', id, staticContent: content } },
        { sender: { role: 'EndUser', subject: conversation.subject }, name: 'Guest', id },
      );
    },
    userCloses(conversation) {
      if (conversation.status === 'closed') return;
      timers.cancel(`accept ${conversation.id}`);
      conversation.status = 'closed';
      dropAgents(conversation);
      add(conversation, 'CloseConversation', {});
      status(conversation, 'Ended', 'EndUser');
    },
    endSession(conversation) {
      conversation.status = 'ended';
      dropAgents(conversation);
      status(conversation, 'Ended', 'EndUser');
    },
    accept(conversation, name) {
      if (conversation.status !== 'waiting' && conversation.status !== 'active') return false;
      const agent = { subject: `agent-${name.toLowerCase()}`, name };
      conversation.agents.push(agent);
      add(conversation, 'RoutingWorkResult', { workType: 'Accepted' });
      participant(conversation, 'add', agent);
      if (conversation.status === 'waiting') status(conversation, 'Active');
      conversation.status = 'active';
      return true;
    },
    agentWrites(conversation, content) {
      const by = senderOf(conversation);
      if (!by) return false;
      const id = randomUUID();
      const abstractMessage = { messageType: 'StaticContentMessage', id, staticContent: content };
      add(conversation, 'Message', { abstractMessage, messageReason: null }, { ...by, id });
      return true;
    },
    agentTypes(conversation, isTyping) {
      const by = senderOf(conversation);
      if (!by) return false;
      add(conversation, isTyping ? 'TypingStartedIndicator' : 'TypingStoppedIndicator', {}, by);
      return true;
    },
    leave(conversation) {
      if (conversation.agents.length === 0) return false;
      dropAgents(conversation);
      return true;
    },
    agentEnds(conversation, ending) {
      if (conversation.agents.length === 0) return false;
      conversation.status = 'ended';
      if (ending === 'statusOnly') conversation.agents.splice(0);
      else dropAgents(conversation);
      if (ending !== 'removedOnly') status(conversation, 'Ended', 'Agent');
      return true;
    },
    tell: (conversation, entryType, payload, isKept) =>
      add(conversation, entryType, payload, { sender: SYSTEM, isKept }),
  };
  return deeds;
}
