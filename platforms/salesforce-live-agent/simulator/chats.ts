// What can happen to a chat, from either side: the visitor's POSTs, the agents' deeds and the vendor's own moves.
import { randomBytes, randomUUID } from 'node:crypto';
import { aboutAgent } from './routing';
import type { Routing } from './routing';
import type { Outbox } from './outbox';
import { short } from './world';
import type { Agent, Chat, Line, World } from './world';

/** See the file. */
export interface Chats {
  open(): Chat;
  init(chat: Chat, request: Record<string, unknown>): void;
  visitorWrites(chat: Chat, text: string): void;
  visitorEnds(chat: Chat): void;
  agentWrites(chat: Chat, text: string): boolean;
  transfer(chat: Chat, to: Agent): boolean;
  disconnect(chat: Chat): boolean;
  agentEnds(chat: Chat): boolean;
  fail(chat: Chat, reason: string): boolean;
  /** To another server: the affinity no longer holds. */
  move(chat: Chat): void;
  reconnect(chat: Chat, offset: number): void;
  /** The session is over; the agent sees that the chat ended. */
  terminate(chat: Chat, by: string): void;
}

/** What it is made with. */
export interface ChatsDeps {
  readonly world: World;
  readonly outbox: Outbox;
  readonly routing: Routing;
  readonly changed: () => void;
}

/** See {@link Chats}. */
export function createChats({ world, outbox, routing, changed }: ChatsDeps): Chats {
  function write(chat: Chat, type: Line['type'], name: string, content: string): void {
    const sequence = chat.transcript.length + 1;
    chat.transcript.push({ type, name, content, timestamp: Date.now(), sequence });
    changed();
  }

  function stop(chat: Chat, state: Chat['state'], by: string): void {
    chat.state = state;
    chat.endedBy = by;
    delete chat.agentId;
    changed();
    routing.offerAll();
  }

  const isTalking = ({ state }: Chat): boolean => state === 'established';

  return {
    open() {
      const key = `${randomUUID()}!${String(Date.now())}!${randomBytes(16).toString('base64')}`;
      const chat: Chat = {
        id: randomUUID(),
        key,
        affinity: newAffinity(),
        isMoved: false,
        needsResync: false,
        taken: 0,
        state: 'session',
        declinedBy: [],
        position: 0,
        pending: [],
        lastNumber: 0,
        lastMessageAt: 0,
        transcript: [],
        visitorRead: [],
        isVisitorTyping: false,
      };
      world.chats[key] = chat;
      outbox.expect(chat);
      changed();
      return chat;
    },
    init(chat, request) {
      chat.request = request;
      const { organizationId, deploymentId } = world.settings;
      const isOurs =
        same(request['organizationId'], organizationId) && same(request['deploymentId'], deploymentId);
      if (isOurs) return routing.request(chat);
      chat.state = 'failed';
      outbox.tell(chat, 'ChatRequestFail', { reason: 'InternalFailure', postChatUrl: '' });
    },
    visitorWrites(chat, text) {
      const now = Date.now();
      const isTooSoon = now - chat.lastMessageAt < world.settings.minGapMs;
      chat.lastMessageAt = now;
      chat.isVisitorTyping = false;
      const name = chat.request?.['visitorName'];
      if (!isTooSoon) write(chat, 'Chasitor', typeof name === 'string' ? name : '', text);
    },
    visitorEnds(chat) {
      stop(chat, 'ended', 'client');
      outbox.tell(chat, 'ChatEnded', { reason: 'client', attachedRecords: [] });
    },
    agentWrites(chat, text) {
      const agent = routing.agentOf(chat);
      if (!isTalking(chat) || !agent) return false;
      write(chat, 'Agent', agent.name, text);
      outbox.tell(chat, 'ChatMessage', { name: agent.name, text, agentId: agent.id });
      return true;
    },
    transfer(chat, to) {
      if (!isTalking(chat)) return false;
      chat.agentId = short(to.id);
      write(chat, 'OperatorTransferred', to.name, '');
      outbox.tell(chat, 'ChatTransferred', aboutAgent(to));
      routing.offerAll();
      return true;
    },
    disconnect(chat) {
      if (!isTalking(chat)) return false;
      chat.state = 'unattended';
      delete chat.agentId;
      outbox.tell(chat, 'AgentDisconnect');
      return true;
    },
    agentEnds(chat) {
      if (!isTalking(chat)) return false;
      stop(chat, 'ended', 'agent');
      outbox.tell(chat, 'ChatEnded', { reason: 'agent', attachedRecords: [] });
      return true;
    },
    fail(chat, reason) {
      if (chat.state === 'gone' || chat.state === 'session') return false;
      stop(chat, 'failed', reason);
      outbox.tell(chat, 'ChatRequestFail', { reason, postChatUrl: '' });
      return true;
    },
    move(chat) {
      chat.affinity = newAffinity();
      chat.isMoved = true;
      changed();
      outbox.wake(chat);
    },
    reconnect(chat, offset) {
      chat.affinity = newAffinity();
      chat.needsResync = true;
      chat.taken = 0;
      outbox.begin(chat, offset, {
        queuePosition: chat.position,
        url: '',
        oref: '',
        postChatUrl: '',
        sneakPeekEnabled: false,
        // What is said after this moment comes as messages of its own.
        chatMessages: [...chat.transcript],
      });
    },
    terminate(chat, by) {
      stop(chat, 'gone', chat.endedBy ?? by);
      if (by === 'duplicatePoll') chat.endedBy = by;
      outbox.wake(chat);
    },
  };
}

function newAffinity(): string {
  return randomBytes(4).toString('hex');
}

function same(a: unknown, b: string): boolean {
  return typeof a === 'string' && short(a) === short(b);
}
