// Everything of one connector that its desk and its bots share: one login, one agent socket, one rate limit.
import { createHttpClient, createRateLimiter } from '../http';
import type { PlatformLog } from '../platform';
import type { LivePersonConnector } from './connector-options';
import type { Answer } from './connection';
import { createConversationStore } from './conversation-store';
import type { ConversationStore } from './conversation-store';
import { createDomains } from './csds';
import type { OwnUser } from './ids';
import { createLogin } from './login';
import { createRest } from './rest';
import type { Rest } from './rest';
import { createSession } from './session';
import type { Session } from './session';
import { createSubscriptions } from './subscriptions';

/** See the file's comment. */
export interface Runtime {
  readonly connector: LivePersonConnector;
  readonly rest: Rest;
  readonly session: Session;
  readonly store: ConversationStore;
  /** The connector's own user; opens the socket first. */
  own(signal: AbortSignal): Promise<OwnUser>;
  /** A fresh snapshot of what is open; resolves when it has begun, {@link ConversationStore.absence} tells when it is in. */
  resync(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Intervals that only tests change. */
export interface RuntimeTuning {
  readonly keepAliveEveryMs?: number;
  readonly refreshEveryMs?: number;
}

/** Nothing is sent before the first call. */
export function createRuntime(
  connector: LivePersonConnector,
  log: PlatformLog,
  tuning: RuntimeTuning = {},
): Runtime {
  const { account, credentials, requestMs, connectMs, scheme, host } = connector;
  const { allowPrivateNetwork, privateHosts } = connector;
  const http = createHttpClient({ requestMs, connectMs, allowPrivateNetwork, privateHosts });
  const limiter = createRateLimiter(connector.rateLimit);
  const domains = createDomains({ http, scheme, host, account });
  const login = createLogin({ http, domains, scheme, account, credentials, requestMs, log, ...tuning });
  const store = createConversationStore();
  const subscriptions = createSubscriptions({ store, ...connector });
  const session = createSession({
    ...connector,
    login,
    domains,
    limiter,
    observer: subscriptions,
    log,
    ...tuning,
  });
  return {
    connector,
    rest: createRest({ http, login, domains, limiter, scheme }),
    session,
    store,
    own: async (signal) => (await session.ready(signal)).token.own,
    resync: async (signal) => subscriptions.resync(await session.ready(signal)),
    async close() {
      login.close();
      await session.close();
      await http.close();
    },
  };
}

/** Whether an answer says no. */
export function isRefusal({ code }: Answer): boolean {
  return code > 399;
}

/** The words of a refusal, for the detail of a decline: bodies are text or objects, and their shape is not known. */
export function refusalText({ code, body }: Answer): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  return `${code} ${text.slice(0, 200)}`;
}
