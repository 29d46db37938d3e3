// The client of the Chat REST API (Live Agent). It keeps nothing of a chat: every call takes a ChatSession and gives
// back the changed one, so that any worker can go on with what another stored.
import { createHttpClient, createRateLimiter } from '../http';
import type { EgressPolicy, RateLimit } from '../http';
import { askAvailability } from './availability';
import type { AvailabilityResult } from './availability';
import { initBody } from './chat-request';
import type { ChatRequest, Deployment } from './chat-request';
import type { ChatSession } from './chat-session';
import { endChat } from './end';
import { poll, resync } from './poll';
import type { PollResult, ResyncResult } from './poll';
import { postNumbered, verdictOf } from './post';
import type { PostNumber, PostResult } from './post';
import { createRest } from './rest';
import { parseBody } from '../parse-body';
import { sessionIdSchema } from './wire';

/** Where `clientPollTimeout` is not said (unverified: servers say 40). */
const DEFAULT_POLL_TIMEOUT_S = 40;
/** Longest poll, whatever the vendor says. */
const MAX_POLL_TIMEOUT_S = 120;
/** Each chat holds a connection for its poll. */
const MAX_POLLS = 5_000;

/** How to reach an org. */
export interface LiveAgentOptions extends EgressPolicy, Deployment {
  /** `https://<pod>/chat/rest`. */
  readonly baseUrl: string;
  /** Of the API. @default 48 */
  readonly apiVersion?: number;
  readonly connectMs: number;
  /** One call but a poll. */
  readonly requestMs: number;
  /** Of calls but polls. */
  readonly rateLimit?: RateLimit;
}

/** Limits of one call: it ends when the signal aborts. */
export interface CallOptions {
  readonly signal: AbortSignal;
}

/**
 * One configured org. Safe for concurrent calls; of one chat, at most one poll or resync at a time.
 *
 * Every call throws BatonError for faults: `ESC_PLATFORM_UNREACHABLE`, `ESC_PLATFORM_TIMEOUT`,
 * `ESC_PLATFORM_RATE_LIMITED`, `ESC_PLATFORM_ERROR`, `ESC_PLATFORM_PROTOCOL` (all worth repeating),
 * `ESC_PLATFORM_REJECTED`, `ESC_PLATFORM_UNAUTHORIZED` and `ESC_EGRESS_BLOCKED` (not).
 */
export interface LiveAgentClient {
  availability(ids: readonly string[], call: CallOptions): Promise<AvailabilityResult>;
  /** A session, not yet a chat. `baseUrl`: as the availability said. Repeating it makes another. */
  openSession(call: CallOptions & { readonly baseUrl?: string }): Promise<ChatSession>;
  /** Begins the chat: the first POST of a session, number 1. */
  initialize(session: ChatSession, chat: ChatRequest, call: CallOptions & PostNumber): Promise<PostResult>;
  sendMessage(session: ChatSession, text: string, call: CallOptions & PostNumber): Promise<PostResult>;
  /** Takes a number without saying anything, where a message was given up. */
  skip(session: ChatSession, call: CallOptions & PostNumber): Promise<PostResult>;
  /** Whether the vendor still has the session. Changes nothing there: no POST has the number 0. */
  exists(session: ChatSession, call: CallOptions): Promise<boolean>;
  /**
   * Shows that the visitor types, or no longer does; false: not shown, and nothing is lost. It has no number (field:
   * clients without numbers work), so that it can never be mistaken for a message. At most once per change.
   */
  showTyping(session: ChatSession, isTyping: boolean, call: CallOptions): Promise<boolean>;
  poll(session: ChatSession, call: CallOptions): Promise<PollResult>;
  /**
   * After a `resync` of any call, and for a session that `isResuming`; by the chat's poller, with no poll waiting.
   * `checkpoint`: stores the session (or heartbeats it) before the vendor is told that the chat goes on.
   */
  resync(
    session: ChatSession,
    call: CallOptions & { readonly checkpoint: (session: ChatSession) => Promise<void> },
  ): Promise<ResyncResult>;
  end(session: ChatSession, call: CallOptions & PostNumber): Promise<void>;
  close(): Promise<void>;
}

/** See {@link LiveAgentClient}. */
export function createLiveAgentClient(options: LiveAgentOptions): LiveAgentClient {
  const { organizationId, deploymentId, requestMs: timeoutMs, apiVersion = 48 } = options;
  const deployment = { organizationId, deploymentId };
  const configuredUrl = options.baseUrl.replace(/\/+$/, '');
  const http = createHttpClient(options);
  // Apart from the rest: a poll holds its connection for half a minute, and must not hold up a message.
  const pollHttp = createHttpClient({
    ...options,
    requestMs: 2 * MAX_POLL_TIMEOUT_S * 1000,
    connectionsPerOrigin: MAX_POLLS,
  });
  const posts = createRest({ http, limiter: createRateLimiter(options.rateLimit), apiVersion });
  const polls = createRest({ http: pollHttp, limiter: createRateLimiter(), apiVersion });

  return {
    availability: (ids, { signal }) =>
      askAvailability(posts, { baseUrl: configuredUrl, ids, deployment, timeoutMs }, signal),

    async openSession({ signal, baseUrl = configuredUrl }) {
      const name = 'SessionId';
      const call = { method: 'GET', path: 'System/SessionId', name, identity: 'none', timeoutMs } as const;
      const answer = await posts.call({ baseUrl }, call, signal);
      if (answer.status !== 200) throw posts.fault(answer, name);
      const { id, key, affinityToken, clientPollTimeout } = parseBody(sessionIdSchema, answer.body, name);
      const pollTimeoutMs = pollTimeoutOf(clientPollTimeout);
      return { baseUrl, id, key, affinity: affinityToken, sequence: 0, ack: -1, pollTimeoutMs, resyncs: 0 };
    },

    initialize(session, chat, { signal, ...number }) {
      const body = initBody(chat, session.id, deployment);
      return postNumbered(posts, session, { name: 'ChasitorInit', body, number, timeoutMs }, signal);
    },

    sendMessage(session, text, { signal, ...number }) {
      return postNumbered(posts, session, { name: 'ChatMessage', body: { text }, number, timeoutMs }, signal);
    },

    skip(session, { signal, ...number }) {
      return postNumbered(posts, session, { name: 'ChasitorNotTyping', body: {}, number, timeoutMs }, signal);
    },

    async exists(session, { signal }) {
      const number = { sequence: 0, isRepeat: true };
      const post = { name: 'ChasitorNotTyping', body: {}, number, timeoutMs } as const;
      return (await postNumbered(posts, session, post, signal)).kind !== 'lost';
    },

    async showTyping(session, isTyping, { signal }) {
      const name = isTyping ? 'ChasitorTyping' : 'ChasitorNotTyping';
      const call = { method: 'POST', path: `Chasitor/${name}`, name, body: {}, timeoutMs } as const;
      const answer = await posts.call(session, call, signal);
      const verdict = verdictOf(answer.status, answer.body);
      if (verdict.kind === 'fault') throw posts.fault(answer, name);
      return verdict.kind === 'ok';
    },

    poll: (session, { signal }) => poll(polls, session, signal),
    resync: (session, { signal, checkpoint }) =>
      resync({ polls, posts, organizationId, timeoutMs, checkpoint }, session, signal),
    end: (session, { signal, ...number }) => endChat({ posts, timeoutMs }, session, number, signal),

    async close() {
      await Promise.all([http.close(), pollHttp.close()]);
    },
  };
}

function pollTimeoutOf(seconds: number | undefined): number {
  const known = seconds !== undefined && seconds > 0 ? seconds : DEFAULT_POLL_TIMEOUT_S;
  return Math.min(known, MAX_POLL_TIMEOUT_S) * 1000;
}
