// The one agent socket of a connector in this process: opened at the first call, opened again whenever it closes,
// with a new login where the vendor wants one, and with growing waits in between.
import { BatonError } from '../../domain/errors';
import { connectWebSocket } from '../http';
import type { RateLimiter } from '../http';
import type { PlatformLog } from '../platform';
import { createConnection } from './connection';
import type { AgentRequest, Answer, Connection } from './connection';
import type { Domains } from './csds';
import type { Login, Token } from './login';
import { gaveUp } from './until-aborted';

/** See the file's comment. */
export interface Session {
  /** The open, subscribed socket. @throws BatonError what kept it from opening */
  ready(signal: AbortSignal): Promise<Connection>;
  /**
   * Sends one request, once; a 401 is followed by one new login and one more try, as it had no effect.
   *
   * @throws BatonError `ESC_PLATFORM_UNAUTHORIZED`, `ESC_PLATFORM_RATE_LIMITED`, `ESC_PLATFORM_ERROR` (5xx), or
   * as {@link Connection.request}. Other refusals are answers.
   */
  request(request: AgentRequest, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/** What follows the socket's life: the subscriptions. */
export interface SessionObserver {
  /** Before the connection is used; a failure closes it. */
  opened(connection: Connection): Promise<void>;
  notified(type: string, body: unknown): void;
  closed(): void;
}

/** What a session needs. */
export interface SessionDeps {
  readonly login: Login;
  readonly domains: Domains;
  readonly limiter: RateLimiter;
  readonly observer: SessionObserver;
  readonly scheme: 'http' | 'https';
  readonly account: string;
  readonly requestMs: number;
  readonly connectMs: number;
  readonly allowPrivateNetwork: boolean;
  readonly privateHosts?: readonly string[] | undefined;
  readonly log: PlatformLog;
  /** See connection.ts. */
  readonly keepAliveEveryMs?: number;
}

/** The vendor's sample waits 5 s x 1.25^n; the first drop is usually over at once, so we begin lower. */
const FIRST_WAIT_MS = 250;
const WAIT_FACTOR = 1.25;
const LONGEST_WAIT_MS = 30_000;
/** A socket that lived this long counts as a success. */
const SETTLED_AFTER_MS = 10_000;
/** Closes that mean "log in again"; 1006 is what the service was seen to send for a revoked token. */
const AUTH_CLOSES: readonly number[] = [4401, 4407, 1011, 1006];
/** A snapshot of a thousand conversations is a few megabytes. */
const MAX_PAYLOAD_BYTES = 16 << 20;
/** Vendor's guidance: after 429 wait at least a second; after 5xx begin with five (LivePerson retry policy). */
const RATE_LIMIT_WAIT_MS = 1_000;
const SERVER_ERROR_WAIT_MS = 5_000;

interface Waiter {
  resolve(connection: Connection): void;
  reject(error: Error): void;
}

/** See {@link Session}. */
export function createSession(deps: SessionDeps): Session {
  const closing = new AbortController();
  const waiters = new Set<Waiter>();
  let current: Connection | undefined;
  let running: Promise<void> | undefined;
  let lastError: Error | undefined;

  function announce(connection: Connection): void {
    current = connection;
    lastError = undefined;
    for (const { resolve } of waiters) resolve(connection);
    waiters.clear();
  }

  function fail(error: Error): void {
    lastError = error;
    for (const { reject } of waiters) reject(error);
    waiters.clear();
  }

  async function keepOpen(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures += 1) {
      const openedAt = Date.now();
      try {
        await live();
        if (Date.now() - openedAt > SETTLED_AFTER_MS) failures = 0;
      } catch (error) {
        if (closing.signal.aborted) break;
        deps.log.warn({ account: deps.account, code: codeOf(error) }, 'liveperson agent socket not open');
        fail(error instanceof Error ? error : new Error('not an error', { cause: error }));
      }
      await pause(waitAfter(failures, lastError), closing.signal);
    }
    fail(new BatonError('ESC_PLATFORM_UNREACHABLE', 'the connector was closed'));
  }

  /** From opening one socket to its close. */
  async function live(): Promise<void> {
    const connection = await openConnection(deps, closing.signal);
    const onClosing = (): void => connection.close();
    closing.signal.addEventListener('abort', onClosing, { once: true });
    try {
      await deps.observer.opened(connection);
      announce(connection);
      const code = await connection.closed;
      if (AUTH_CLOSES.includes(code)) deps.login.invalidate(connection.token);
      if (!closing.signal.aborted)
        deps.log.info({ account: deps.account, code }, 'liveperson agent socket closed');
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      current = undefined;
      closing.signal.removeEventListener('abort', onClosing);
      deps.observer.closed();
    }
  }

  function ready(signal: AbortSignal): Promise<Connection> {
    if (current) return Promise.resolve(current);
    if (signal.aborted) return Promise.reject(gaveUp(signal));
    // A refusal stands until the next try; only a broken line is worth waiting for.
    if (lastError instanceof BatonError && lastError.code !== 'ESC_PLATFORM_UNREACHABLE')
      return Promise.reject(lastError);
    running ??= keepOpen();
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiters.delete(waiter);
        reject(gaveUp(signal));
      };
      const done = (): void => signal.removeEventListener('abort', leave);
      const waiter: Waiter = {
        resolve: (connection) => (done(), resolve(connection)),
        reject: (error) => (done(), reject(error)),
      };
      waiters.add(waiter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  async function send(
    request: AgentRequest,
    signal: AbortSignal,
  ): Promise<Answer & { connection: Connection }> {
    await deps.limiter.acquire(signal);
    const connection = await ready(signal);
    return { ...(await connection.request(request, signal)), connection };
  }

  return {
    ready,
    async request(request, signal) {
      const first = await send(request, signal);
      if (first.code !== 401) return checked(request.type, first, deps.limiter);
      deps.login.invalidate(first.connection.token);
      if (current === first.connection) current = undefined;
      first.connection.close();
      return checked(request.type, await send(request, signal), deps.limiter);
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}

async function openConnection(deps: SessionDeps, closing: AbortSignal): Promise<Connection> {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(deps.requestMs + deps.connectMs)]);
  const token = await deps.login.token(signal);
  try {
    return await openWith(token, deps, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESC_PLATFORM_UNAUTHORIZED') throw error;
    // The token was taken back while no socket was open: one new login, at once.
    deps.login.invalidate(token);
    return openWith(await deps.login.token(signal), deps, signal);
  }
}

async function openWith(token: Token, deps: SessionDeps, signal: AbortSignal): Promise<Connection> {
  const host = await deps.domains.hostOf('facadeMsg', signal);
  // v=2.1 is needed to be told whether a suggested agent has accepted (LivePerson UMS wire notes).
  const path = `/ws_api/account/${deps.account}/messaging/brand/${encodeURIComponent(token.bearer)}?v=2.1`;
  const socket = await connectWebSocket(`${deps.scheme === 'https' ? 'wss' : 'ws'}://${host}${path}`, {
    allowPrivateNetwork: deps.allowPrivateNetwork,
    privateHosts: deps.privateHosts,
    connectMs: deps.connectMs,
    maxPayloadBytes: MAX_PAYLOAD_BYTES,
    signal,
  });
  const { requestMs, observer, keepAliveEveryMs } = deps;
  return createConnection(socket, {
    token,
    requestMs,
    onNotification: (type, body) => observer.notified(type, body),
    ...(keepAliveEveryMs === undefined ? {} : { keepAliveEveryMs }),
  });
}

/** Turns the codes that are faults into errors; any other answer is the caller's to read. */
function checked(type: string, { code, body }: Answer, limiter: RateLimiter): Answer {
  if (code === 401)
    throw new BatonError('ESC_PLATFORM_UNAUTHORIZED', `${type} was refused also after a new login`);
  if (code === 429) {
    limiter.holdBack(RATE_LIMIT_WAIT_MS);
    throw new BatonError('ESC_PLATFORM_RATE_LIMITED', type, { retryAfterMs: RATE_LIMIT_WAIT_MS });
  }
  if (code >= 500) {
    const options = { retryAfterMs: SERVER_ERROR_WAIT_MS, resultUnknown: true };
    throw new BatonError('ESC_PLATFORM_ERROR', `${type} was answered with ${code}`, options);
  }
  return { code, body };
}

function waitAfter(failures: number, error: unknown): number {
  const grown = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * WAIT_FACTOR ** failures);
  return Math.max(grown, error instanceof BatonError ? (error.retryAfterMs ?? 0) : 0);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

function codeOf(error: unknown): string {
  return error instanceof BatonError ? error.code : 'unknown';
}
