// The open agent sockets and how a frame reaches one: held while a request of that socket is being worked on
// (so that the answer comes first), and subject to the faults of the channel `notification`.
import type { WebSocket } from 'ws';
import type { Faults } from './faults';
import type { Session } from './sessions';

/** A standing SubscribeExConversations. */
export interface ConversationSubscription {
  readonly id: string;
  readonly states: readonly string[];
  /** User ids; `undefined`: all conversations of the account. */
  readonly userIds?: readonly string[];
  readonly minLastUpdatedTime: number;
  /** Conversations that the subscriber holds, so that leaving can be told by DELETE. */
  readonly held: Set<string>;
}

/** One open agent socket. */
export interface AgentSocket {
  readonly ws: WebSocket;
  readonly session: Session;
  readonly conversations: Map<string, ConversationSubscription>;
  readonly routingTasks: Set<string>;
  /** Subscription id to user id. */
  readonly agentStates: Map<string, string>;
  /** Frames waiting for the answer of the request being worked on. */
  outbox: string[] | undefined;
  /** A frame to be sent after the next one. */
  postponed: string | undefined;
}

/** The registry of sockets. */
export interface Sockets {
  add(ws: WebSocket, session: Session): AgentSocket;
  remove(socket: AgentSocket): void;
  of(accountId: string, userId?: string): readonly AgentSocket[];
  notify(socket: AgentSocket, type: string, body: unknown): void;
  /** Holds the socket's notifications until {@link Sockets.release}. */
  hold(socket: AgentSocket): void;
  release(socket: AgentSocket): void;
}

/** A postponed frame is sent after this long if no other came. */
const POSTPONE_MS = 50;

/** See {@link Sockets}. */
export function createSockets(faults: Faults): Sockets {
  const open = new Set<AgentSocket>();
  return {
    add(ws, session) {
      const socket: AgentSocket = {
        ws,
        session,
        conversations: new Map(),
        routingTasks: new Set(),
        agentStates: new Map(),
        outbox: undefined,
        postponed: undefined,
      };
      open.add(socket);
      return socket;
    },
    remove: (socket) => void open.delete(socket),
    of: (accountId, userId) =>
      [...open].filter(
        ({ session }) =>
          session.accountId === accountId && (userId === undefined || session.userId === userId),
      ),
    notify(socket, type, body) {
      const frame = JSON.stringify({ kind: 'notification', type, body });
      if (socket.outbox === undefined) transmit(socket, type, frame, faults);
      else socket.outbox.push(frame);
    },
    hold(socket) {
      socket.outbox ??= [];
    },
    release(socket) {
      const frames = socket.outbox ?? [];
      socket.outbox = undefined;
      for (const frame of frames) {
        transmit(socket, (JSON.parse(frame) as { type: string }).type, frame, faults);
      }
    },
  };
}

function transmit(socket: AgentSocket, type: string, frame: string, faults: Faults): void {
  const action = faults.strike({ channel: 'notification', names: [type], text: frame });
  switch (action?.kind) {
    case 'dropNotification':
    case 'hang':
      return;
    case 'delay':
      setTimeout(() => write(socket, frame), action.ms).unref();
      return;
    case 'reorder':
      flushPostponed(socket);
      socket.postponed = frame;
      setTimeout(() => flushPostponed(socket), POSTPONE_MS).unref();
      return;
    case 'duplicate':
      write(socket, frame);
      break;
    default:
  }
  write(socket, frame);
  flushPostponed(socket);
}

function flushPostponed(socket: AgentSocket): void {
  const frame = socket.postponed;
  socket.postponed = undefined;
  if (frame !== undefined) write(socket, frame);
}

function write(socket: AgentSocket, frame: string): void {
  if (socket.ws.readyState === socket.ws.OPEN) socket.ws.send(frame);
}
