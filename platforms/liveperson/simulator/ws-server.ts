// The agent socket: the upgrade with the bearer in its path, frames in, answers out, faults in between.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { FaultAction } from './faults';
import { encodedMetadataSchema } from './metadata';
import { Refusal } from './refusal';
import type { Session } from './sessions';
import type { Simulation } from './simulation';
import type { AgentSocket } from './sockets';
import type { Account, User } from './world';
import { WS_REQUESTS } from './ws-requests';

/** Largest frame taken, in bytes. */
const MAX_FRAME_BYTES = 1_000_000;
const PATH = /^\/ws_api\/account\/([^/]+)\/messaging\/brand\/([^/]+)$/;
/** The vendor's reported behaviour for a bearer that ended (LivePerson UMS wire notes). */
const BEARER_ENDED = 4401;

const frameSchema = z.object({
  kind: z.literal('req'),
  id: z.string().min(1).max(64),
  type: z.string().min(1),
  body: z.unknown(),
  headers: z.array(z.unknown()).optional(),
  metadata: z.unknown().optional(),
  encodedMetadata: encodedMetadataSchema.optional(),
});
type Frame = z.output<typeof frameSchema>;

/** The WebSocket half of the server. */
export interface WsServer {
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  close(): void;
}

/** See {@link WsServer}. */
export function createWsServer(simulation: Simulation): WsServer {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  const hanging = new Set<Duplex>();
  const accept = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const match = PATH.exec(url.pathname);
    if (match === null) return refuseUpgrade(stream, 404);
    if (url.searchParams.get('v') === null) return refuseUpgrade(stream, 400);
    const session = simulation.sessions.find(match[1] ?? '', match[2] ?? '');
    if (session === undefined) return refuseUpgrade(stream, 401);
    server.handleUpgrade(request, stream, head, (ws) => serve(simulation, ws, session));
  };
  return {
    upgrade(request, stream, head) {
      stream.on('error', () => stream.destroy());
      simulation.counters.add('upgrade');
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      const action = simulation.faults.strike({ channel: 'upgrade', names: [path], text: '' });
      if (action === undefined) return accept(request, stream, head);
      if (action.kind === 'status') return refuseUpgrade(stream, action.status, action.retryAfterSeconds);
      if (action.kind === 'hang') {
        hanging.add(stream);
        // Read on, to notice that the client gave up.
        stream.resume().once('end', () => stream.destroy());
        stream.once('close', () => hanging.delete(stream));
        return;
      }
      if (action.kind === 'delay') {
        setTimeout(() => accept(request, stream, head), action.ms).unref();
        return;
      }
      stream.destroy();
    },
    close() {
      for (const stream of hanging) stream.destroy();
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

function refuseUpgrade(stream: Duplex, status: number, retryAfterSeconds?: number): void {
  const retryAfter = retryAfterSeconds === undefined ? '' : `Retry-After: ${String(retryAfterSeconds)}\r\n`;
  stream.end(
    `HTTP/1.1 ${String(status)} Refused\r\nConnection: close\r\nContent-Length: 0\r\n${retryAfter}\r\n`,
  );
}

function serve(simulation: Simulation, ws: WebSocket, session: Session): void {
  const account = simulation.world.accounts[session.accountId];
  const caller = account?.users[session.userId];
  if (account === undefined || caller === undefined) {
    ws.close(BEARER_ENDED);
    return;
  }
  const socket = simulation.sockets.add(ws, session);
  // A refreshed bearer lives longer than was known when the socket opened, so the end is looked at again.
  const watchExpiry = (): void => {
    const leftMs = session.expiresAt - Date.now();
    if (leftMs <= 0) ws.close(BEARER_ENDED, 'Token expired');
    else expiry = setTimeout(watchExpiry, Math.min(leftMs + 1, 60_000)).unref();
  };
  let expiry: NodeJS.Timeout | undefined;
  watchExpiry();
  ws.on('error', () => ws.terminate());
  ws.on('close', () => {
    clearTimeout(expiry);
    simulation.sockets.remove(socket);
    simulation.log('socket.closed', { account: account.id, user: caller.userId });
  });
  ws.on('message', (data, binary) => {
    const text = binary ? '' : (data as Buffer).toString('utf8');
    receive({ simulation, account, caller, socket }, text);
  });
  simulation.routing.reconsider(account);
  simulation.log('socket.opened', { account: account.id, user: caller.userId });
}

interface Peer {
  readonly simulation: Simulation;
  readonly account: Account;
  readonly caller: User;
  readonly socket: AgentSocket;
}

function receive(peer: Peer, text: string): void {
  const frame = parseFrame(text);
  if (frame === undefined) {
    peer.simulation.counters.add('ws:malformed');
    answer(peer, undefined, 400, 'Failed to parse the request');
    return;
  }
  peer.simulation.counters.add(`ws:${frame.type}`);
  const action = peer.simulation.faults.strike({ channel: 'ws', names: [frame.type], text });
  if (action?.kind === 'delay') {
    setTimeout(() => perform(peer, frame, undefined), action.ms).unref();
    return;
  }
  perform(peer, frame, action);
}

function parseFrame(text: string): Frame | undefined {
  try {
    const parsed = frameSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function perform(peer: Peer, frame: Frame, action: FaultAction | undefined): void {
  const { ws } = peer.socket;
  switch (action?.kind) {
    case 'status':
      answer(peer, frame, action.status, action.body ?? `Simulated status ${String(action.status)}`);
      return;
    case 'hang':
      return;
    case 'dropBefore':
      ws.terminate();
      return;
    case 'close':
      closeWith(ws, action.code);
      return;
    case 'loseEffect':
      answer(peer, frame, 200, plausibleBody(frame.type));
      return;
    case 'dropAfter':
      work(peer, frame);
      peer.socket.outbox = [];
      ws.terminate();
      return;
    case 'loseAnswer':
      work(peer, frame);
      peer.simulation.sockets.release(peer.socket);
      return;
    default:
  }
  const { code, body } = work(peer, frame);
  if (action?.kind === 'notifyBeforeAnswer') peer.simulation.sockets.release(peer.socket);
  answer(peer, frame, code, body);
  peer.simulation.sockets.release(peer.socket);
}

/** Does what is asked; the caller's own notifications are held until the answer is out. */
function work(peer: Peer, frame: Frame): { readonly code: number; readonly body: unknown } {
  const handler = WS_REQUESTS.get(frame.type);
  peer.simulation.sockets.hold(peer.socket);
  try {
    if (handler === undefined) throw new Refusal(400, 'Unknown request type');
    const { body, metadata } = frame;
    return { code: 200, body: handler({ ...peer, body, metadata }) };
  } catch (error) {
    if (!(error instanceof Refusal)) {
      const reason = error instanceof Error ? error.message : 'unknown';
      peer.simulation.log('ws.fault', { type: frame.type, reason });
      return { code: 500, body: 'Internal error' };
    }
    const asObject = peer.account.settings.errorBodies === 'object';
    const body = asObject
      ? { title: error.message, details: error.message, errorCode: error.status * 100 + 1 }
      : error.message;
    peer.simulation.log('ws.refused', { type: frame.type, code: error.status, reason: error.message });
    return { code: error.status, body };
  }
}

function answer({ socket }: Peer, frame: Frame | undefined, code: number, body: unknown): void {
  if (socket.ws.readyState !== socket.ws.OPEN) return;
  const reqId = frame === undefined ? {} : { reqId: frame.id };
  const type = code > 399 ? '.ReqBody$ErrorResp' : responseType(frame?.type ?? '', body);
  socket.ws.send(JSON.stringify({ kind: 'resp', ...reqId, code, type, body }));
}

/** Type of a text answer [unsure]; objects carry the request's type with `$Response`. */
function responseType(requestType: string, body: unknown): string {
  return typeof body === 'string' ? '.ReqBody$StringResp' : `${requestType}$Response`;
}

function plausibleBody(type: string): unknown {
  if (type === '.ams.ms.PublishEvent') return { sequence: 0 };
  if (type === '.ams.ms.QueryMessages') return [];
  if (type.includes('.Subscribe')) return { subscriptionId: 'lost' };
  return 'OK Agent removed successfully';
}

/** Closes with a code, or cuts the connection for 1006, which cannot be sent. */
export function closeWith(ws: WebSocket, code: number): void {
  if (code === 1006) ws.terminate();
  else ws.close(code);
}
