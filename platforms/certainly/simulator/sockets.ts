// The users' side: one WebSocket for the whole conversation, on which bot and agent look the same. The frames are the
// simulator's own, since Certainly's are not documented: `{"type":"message","id","text"}` to the user, and
// `{"type":"message","text","link"?}` from the user.
import type { RawData, WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Upgrade } from '../../simulation/server';
import type { Line, User, World } from './world';

const PATH = /^\/webbot\/api\/webchat\/([^/]+)\/$/;
const MAX_FRAME_BYTES = 64 * 1024;

const frame = z.strictObject({
  type: z.literal('message'),
  text: z.string().min(1),
  link: z.string().optional(),
});

/** What happens on a socket. */
export interface SocketEvents {
  opened(userId: string): User;
  wrote(user: User, said: { readonly text: string; readonly link?: string }): void;
}

/** See the file's comment. */
export interface Sockets {
  readonly upgrade: Upgrade;
  show(user: User, line: Line): void;
  /** How many sockets the user has open. */
  open(user: User): number;
  close(): void;
}

/** See {@link Sockets}. `events` is asked for when something happens. */
export function createSockets(world: World, events: () => SocketEvents): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  const socketsOf = new Map<string, Set<WebSocket>>();

  function serve(socket: WebSocket, userId: string): void {
    const own = socketsOf.get(userId) ?? new Set();
    socketsOf.set(userId, own.add(socket));
    const user = events().opened(userId);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => own.delete(socket));
    socket.on('message', (data) => {
      const said = frame.safeParse(fromJson(data));
      if (!said.success) return socket.close(1007, 'not a message');
      const { text, link } = said.data;
      events().wrote(user, { text, ...(link !== undefined && { link }) });
    });
  }

  return {
    upgrade(request, stream, head) {
      const url = new URL(request.url ?? '/', 'http://simulator');
      const userId = url.searchParams.get('user_id');
      const deploymentId = PATH.exec(url.pathname)?.[1];
      if (deploymentId !== encodeURIComponent(world.settings.deploymentId) || !userId) {
        stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, stream, head, (socket) => serve(socket, userId));
    },
    show(user, { id, text }) {
      for (const socket of socketsOf.get(user.id) ?? [])
        socket.send(JSON.stringify({ type: 'message', id, text }));
    },
    open: (user) => socketsOf.get(user.id)?.size ?? 0,
    close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

function fromJson(data: RawData): unknown {
  try {
    return JSON.parse((data as Buffer).toString('utf8'));
  } catch {
    return undefined;
  }
}
