// The client of bot backends: one method for each of a tenant's routes, and what is made of them.
import { followEvents } from './follow-events';
import { settingsOf, type BatonClientOptions, type Settings } from './options';
import { createTransport, type Transport } from './transport';
import type {
  Accepted,
  Awaited,
  BatonEvent,
  BotSession,
  EinsteinHandover,
  Escalation,
  Explanation,
  HandedOver,
  ListedEscalation,
  ListFilter,
  Ownership,
  Posted,
  ReturnedConversation,
  SayMessage,
  SessionMessage,
  UserMessage,
  StartRequest,
  Taken,
} from './types';
import { verifyNotice } from './verify-notice';
import { withDeadline } from './waiting';

/** What every call may be given. */
export interface CallOptions {
  /** Aborted: the call rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** Of {@link BatonClient.start}. */
export interface StartOptions extends CallOptions {
  /** A key of your choice for this very request, besides its `requestId`. */
  readonly idempotencyKey?: string;
  /** Be answered with how the attempt ended if that takes at most so many seconds. @default 0 */
  readonly waitSeconds?: number;
}

/** Of {@link BatonClient.events}. */
export interface EventsOptions extends CallOptions {
  /** Go on after this event. @default from the first */
  readonly lastEventId?: string;
}

/** Of {@link BatonClient.waitForOutcome}. */
export interface WaitOptions extends CallOptions {
  /** @default the latest request of the conversation */
  readonly requestId?: string;
  /** @default 600000 */
  readonly timeoutMs?: number;
}

const DEFAULT_WAIT_MS = 600_000;

/**
 * Talks to Baton's gateway. Every method rejects with a {@link BatonProblem}; calls are tried again where that helps.
 *
 * @example
 * const baton = new BatonClient({ baseUrl: 'https://baton.example.com', apiKey });
 * await baton.start({ conversationId: 'c-1', requestId: 'r-1', integration: 'to-human' });
 */
export class BatonClient {
  /** See {@link verifyNotice}. */
  static readonly verifyNotice = verifyNotice;
  readonly #settings: Settings;
  readonly #transport: Transport;

  /** @throws TypeError for options that no call could work with */
  constructor(options: BatonClientOptions) {
    this.#settings = settingsOf(options);
    this.#transport = createTransport(this.#settings);
  }

  /** Starts an escalation, or asks again after a failure. The same `requestId` again is the same request. */
  start(request: StartRequest, options: StartOptions = {}): Promise<Taken> {
    const { idempotencyKey, waitSeconds = 0, signal } = options;
    return this.#transport.json({
      method: 'POST',
      path: '/v1/escalations',
      body: request,
      headers: {
        ...(idempotencyKey !== undefined && { 'idempotency-key': `"${idempotencyKey}"` }),
        ...(waitSeconds > 0 && { prefer: `wait=${Math.floor(waitSeconds)}` }),
      },
      extraMs: waitSeconds * 1_000,
      ...(signal && { signal }),
    });
  }

  /** Where the conversation's open, or else latest, escalation stands. */
  get(conversationId: string, options: CallOptions = {}): Promise<Escalation> {
    return this.#transport.json({ method: 'GET', path: escalation(conversationId), ...options });
  }

  /** What was tried, and why not. */
  explain(conversationId: string, options: CallOptions = {}): Promise<Explanation> {
    return this.#transport.json({ method: 'GET', path: `${escalation(conversationId)}/explain`, ...options });
  }

  /** The tenant's escalations, the latest first, page after page. */
  async *list(
    filter: ListFilter = {},
    options: CallOptions = {},
  ): AsyncGenerator<ListedEscalation, void, void> {
    let cursor: string | undefined;
    do {
      const page: { escalations: readonly ListedEscalation[]; nextCursor?: string } =
        await this.#transport.json({
          method: 'GET',
          path: '/v1/escalations',
          query: { ...filter, cursor },
          ...options,
        });
      yield* page.escalations;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  /** Takes the handoff back. */
  cancel(conversationId: string, options: CallOptions = {}): Promise<Accepted> {
    return this.#transport.json({ method: 'POST', path: `${escalation(conversationId)}/cancel`, ...options });
  }

  /** The user has left the conversation. */
  userLeft(conversationId: string, options: CallOptions = {}): Promise<Accepted> {
    const path = `${escalation(conversationId)}/user-left`;
    return this.#transport.json({ method: 'POST', path, ...options });
  }

  /** Has a notice sent again, with the same `webhook-id`. `sequence` is its number in the escalation. */
  redeliver(conversationId: string, sequence: number, options: CallOptions = {}): Promise<Accepted> {
    const path = `${escalation(conversationId)}/notices/${sequence}/redeliver`;
    return this.#transport.json({ method: 'POST', path, ...options });
  }

  /**
   * The escalation's notices as they come, until it is over. Connects again by itself, after the last event; what it
   * has given once it does not give again.
   */
  events(conversationId: string, options: EventsOptions = {}): AsyncGenerator<BatonEvent, void, void> {
    const path = `${escalation(conversationId)}/events`;
    return followEvents(this.#transport, this.#settings, { path, ...options });
  }

  /** Waits for the notice that tells how a request ended. */
  async waitForOutcome(conversationId: string, options: WaitOptions = {}): Promise<Awaited> {
    const { requestId, signal, timeoutMs = DEFAULT_WAIT_MS } = options;
    return withDeadline(timeoutMs, signal, async (either) => {
      try {
        const awaited = requestId ?? (await this.get(conversationId, { signal: either })).requestId;
        return await this.#concluded(conversationId, awaited, either);
      } catch (error) {
        signal?.throwIfAborted();
        if (either.aborted) return { kind: 'timed_out' };
        throw error;
      }
    });
  }

  /** Who may speak to the user now. */
  owner(conversationId: string, options: CallOptions = {}): Promise<Ownership> {
    return this.#transport.json({ method: 'GET', path: `${conversation(conversationId)}/owner`, ...options });
  }

  /** Says something to the user if the bot still owns the conversation; `ESC_NOT_OWNER` tells who does. */
  say(conversationId: string, message: SayMessage, options: CallOptions = {}): Promise<Posted> {
    const path = `${conversation(conversationId)}/messages`;
    return this.#transport.json({ method: 'POST', path, body: message, ...options });
  }

  /** What the user wrote while a human is on the way, or there; `ESC_NO_HANDOFF`: it is the bot's to answer. */
  userMessage(conversationId: string, message: UserMessage, options: CallOptions = {}): Promise<Accepted> {
    const path = `${conversation(conversationId)}/user-messages`;
    return this.#transport.json({ method: 'POST', path, body: message, ...options });
  }

  /** The user has begun, or stopped, to write. */
  typing(conversationId: string, writes: boolean, options: CallOptions = {}): Promise<Accepted> {
    const path = `${conversation(conversationId)}/typing`;
    return this.#transport.json({ method: 'POST', path, body: { writes }, ...options });
  }

  /** The agent is done and the platform gave the conversation back to the bot. */
  returned(
    conversationId: string,
    conversationNow: ReturnedConversation,
    options: CallOptions = {},
  ): Promise<Ownership> {
    const path = `${conversation(conversationId)}/return`;
    return this.#transport.json({ method: 'POST', path, body: conversationNow, ...options });
  }

  /**
   * Hands over the answer of an Einstein bot that escalates, and the session with it: for clients that speak to the bot
   * themselves. The same answer again is the same.
   */
  handOver(handover: EinsteinHandover, options: CallOptions = {}): Promise<HandedOver> {
    return this.#transport.json({
      method: 'POST',
      path: '/v1/triggers/einstein-bots',
      body: handover,
      ...options,
    });
  }

  /** The user writes to a bot that Baton speaks to, or chooses; the first message begins a session with the bot. */
  tellBot(conversationId: string, message: SessionMessage, options: CallOptions = {}): Promise<Accepted> {
    const path = `${session(conversationId)}/messages`;
    return this.#transport.json({ method: 'POST', path, body: message, ...options });
  }

  /** Where the conversation with the bot stands. */
  session(conversationId: string, options: CallOptions = {}): Promise<BotSession> {
    return this.#transport.json({ method: 'GET', path: session(conversationId), ...options });
  }

  /** The user has left the bot. */
  endSession(conversationId: string, options: CallOptions = {}): Promise<Accepted> {
    return this.#transport.json({ method: 'POST', path: `${session(conversationId)}/end`, ...options });
  }

  async #concluded(
    conversationId: string,
    requestId: string | undefined,
    signal: AbortSignal,
  ): Promise<Awaited> {
    // A request that came when its escalation was about to close is worked on by the next one.
    for (let previous: string | undefined; ;) {
      let run: string | undefined;
      for await (const { id, notice } of this.events(conversationId, { signal })) {
        run = runOf(id);
        if (run === previous) return { kind: 'over' };
        if (notice.data.progress !== true && notice.data.requestId === requestId)
          return { kind: 'concluded', notice };
      }
      if (run === undefined) return { kind: 'over' };
      previous = run;
    }
  }
}

function escalation(conversationId: string): string {
  return `/v1/escalations/${encodeURIComponent(conversationId)}`;
}

function conversation(conversationId: string): string {
  return `/v1/conversations/${encodeURIComponent(conversationId)}`;
}

function session(conversationId: string): string {
  return `/v1/sessions/${encodeURIComponent(conversationId)}`;
}

/** An event's id names its escalation before the slash. */
function runOf(eventId: string): string {
  return eventId.slice(0, eventId.lastIndexOf('/'));
}
