// One open agent socket: requests are matched to their answers, the app-level clock keeps it alive, and when it
// closes every request that waits fails with "result unknown".
import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { BatonError } from '../../domain/errors';
import type { Token } from './login';
import { gaveUp } from './until-aborted';
import { frameSchema } from './wire';
import type { Frame } from './wire';

/** An answer, whatever its code: above 399 it is a refusal (LivePerson UMS wire notes). */
export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

/** One request on the socket. */
export interface AgentRequest {
  readonly type: string;
  readonly body: unknown;
  /** Travels beside the body, e.g. `ExternalId` or `BotResponse`. */
  readonly metadata?: readonly Record<string, unknown>[];
}

/** See the file's comment. */
export interface Connection {
  /** The login that opened it. */
  readonly token: Token;
  /**
   * @throws BatonError `ESC_PLATFORM_TIMEOUT` or `ESC_PLATFORM_UNREACHABLE`; `resultUnknown` is set once the
   * frame was sent.
   */
  request(request: AgentRequest, signal: AbortSignal): Promise<Answer>;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  close(): void;
}

/** What a connection needs. */
export interface ConnectionDeps {
  readonly token: Token;
  readonly requestMs: number;
  /** @default 30000, the vendor's */
  readonly keepAliveEveryMs?: number;
  readonly onNotification: (type: string, body: unknown) => void;
}

const KEEP_ALIVE_EVERY_MS = 30_000;
/** Close code when Baton itself gives the socket up. */
const GIVEN_UP = 1000;
/** How long the service may take to answer a close. */
const CLOSE_WAIT_MS = 500;

interface Waiting {
  readonly type: string;
  answer(answer: Answer): void;
  fail(error: BatonError): void;
}

/** Takes over an open socket. */
export function createConnection(socket: WebSocket, deps: ConnectionDeps): Connection {
  const waiting = new Map<string, Waiting>();
  let isOpen = true;

  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code) => {
      isOpen = false;
      clearInterval(keepAlive);
      for (const { type, fail } of [...waiting.values()]) fail(socketLost(type, code));
      resolve(code);
    });
  });

  socket.on('message', (data: RawData) => receive(data, waiting, deps));

  function request({ type, body, metadata }: AgentRequest, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(gaveUp(signal));
      if (!isOpen) return reject(new BatonError('ESC_PLATFORM_UNREACHABLE', 'the agent socket is closed'));
      const id = randomUUID();
      const done = (): void => {
        waiting.delete(id);
        clearTimeout(timer);
        signal.removeEventListener('abort', onTimeout);
      };
      const onTimeout = (): void => fail(noAnswer(type));
      const fail = (error: BatonError): void => {
        done();
        reject(error);
      };
      const timer = setTimeout(onTimeout, deps.requestMs);
      signal.addEventListener('abort', onTimeout, { once: true });
      waiting.set(id, {
        type,
        answer: (answer) => {
          done();
          resolve(answer);
        },
        fail,
      });
      socket.send(JSON.stringify({ kind: 'req', id, type, body, ...(metadata ? { metadata } : {}) }));
    });
  }

  const keepAlive = setInterval(() => {
    request({ type: '.GetClock', body: {} }, AbortSignal.timeout(deps.requestMs)).catch(() => {
      // A socket that does not answer even this is dead, whatever TCP says.
      if (isOpen) socket.terminate();
    });
  }, deps.keepAliveEveryMs ?? KEEP_ALIVE_EVERY_MS).unref();

  function close(): void {
    socket.close(GIVEN_UP);
    setTimeout(() => socket.terminate(), CLOSE_WAIT_MS).unref();
  }

  return { token: deps.token, request, closed, close };
}

function receive(data: RawData, waiting: ReadonlyMap<string, Waiting>, deps: ConnectionDeps): void {
  const frame = readFrame(data);
  if (frame?.kind === 'resp') waiting.get(frame.reqId)?.answer({ code: frame.code, body: frame.body });
  if (frame?.kind === 'notification') deps.onNotification(frame.type, frame.body);
}

/** Frames of other kinds, and what is no frame at all, are nothing to us. `ws` gives a Buffer unless told otherwise. */
function readFrame(data: RawData): Frame | undefined {
  try {
    return frameSchema.safeParse(JSON.parse((data as Buffer).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function noAnswer(type: string): BatonError {
  return new BatonError('ESC_PLATFORM_TIMEOUT', `no answer to ${type}`, { resultUnknown: true });
}

function socketLost(type: string, code: number): BatonError {
  const detail = `the agent socket closed with ${code} before the answer to ${type}`;
  return new BatonError('ESC_PLATFORM_UNREACHABLE', detail, { resultUnknown: true });
}
