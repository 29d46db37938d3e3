// The calls of the Messaging for In-App and Web API (custom client, v2), each sent once in the name of an end user. A
// refused token is replaced once. What a status means is for the caller to say.
import { BatonError } from '../../domain/errors';
import { errorForStatus } from '../http';
import type { EventStream, EventStreams, HttpClient, HttpResponse, RateLimiter } from '../http';
import type { EndUser } from './end-users';
import type { MessagingConnector } from './options';
import { businessHoursSchema, entriesSchema, readBody, readEntry } from './wire';
import type { Entry } from './wire';

const ROOT = '/iamessage/api/v2/conversation';
/** The most that one page may have. */
const PAGE = 50;
/** More than any chat has: only a server that never ends its list is stopped. */
const MAX_PAGES = 4_000;
/** What Salesforce does not say after a 429: 22 messages a minute are one in so long. */
const RATE_LIMIT_MS = 3_000;

/** Which entries. */
export interface EntriesQuery {
  readonly since?: number;
}

/** What a message may be sent as besides. */
export interface NewSession {
  readonly routingAttributes: Readonly<Record<string, string>>;
}

/** See the file's comment. Every call throws as the HTTP client does, and `ESC_PLATFORM_UNAUTHORIZED`. */
export interface MessagingClient {
  /** @throws BatonError as `errorForStatus` says */
  create(
    user: EndUser,
    routingAttributes: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * `ended`: there is no open session (417). `gone`: no such conversation.
   *
   * @throws BatonError as `errorForStatus` says
   */
  send(
    user: EndUser,
    message: { readonly id: string; readonly text: string } & Partial<NewSession>,
    signal: AbortSignal,
  ): Promise<'sent' | 'ended' | 'gone'>;
  /** Entries from `since` on, oldest first, each page after the one before; undefined: no such conversation. */
  entries(user: EndUser, query: EntriesQuery, signal: AbortSignal): Promise<readonly Entry[] | undefined>;
  /** Entries, newest first, page by page until `isEnough`. */
  entriesBack(
    user: EndUser,
    type: 'Message' | 'any',
    isEnough: (entries: readonly Entry[]) => boolean,
    signal: AbortSignal,
  ): Promise<readonly Entry[] | undefined>;
  typing(user: EndUser, id: string, writes: boolean, signal: AbortSignal): Promise<void>;
  acknowledge(
    user: EndUser,
    acks: readonly {
      readonly id: string;
      readonly entryType: 'Delivery' | 'Read';
      readonly entryId: string;
    }[],
    signal: AbortSignal,
  ): Promise<void>;
  /** Closes the conversation; one that is closed or missing is left as it is. */
  close(user: EndUser, signal: AbortSignal): Promise<void>;
  /** Hours in which the deployment is open, as far as Salesforce tells; empty: none are configured. */
  businessHours(signal: AbortSignal): Promise<readonly { readonly from: number; readonly to: number }[]>;
  stream(user: EndUser, lastEventId: string | undefined, signal: AbortSignal): Promise<EventStream>;
}

/** What the client needs. */
export interface ClientDeps {
  readonly connector: MessagingConnector;
  readonly http: HttpClient;
  readonly streams: EventStreams;
  readonly limiter: RateLimiter;
}

interface Request {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

/** See {@link MessagingClient}. */
export function createMessagingClient(deps: ClientDeps): MessagingClient {
  const { connector, http, streams, limiter } = deps;
  const { org, deployment: esDeveloperName, language, scrtUrl } = connector;

  async function call(user: EndUser, request: Request, signal: AbortSignal): Promise<HttpResponse> {
    let { bearer } = await user.token(signal);
    for (let again = false; ; again = true) {
      await limiter.acquire(signal);
      const { method, path, body } = request;
      const answer = await http.request({
        method,
        url: `${scrtUrl}${path}`,
        headers: {
          authorization: `Bearer ${bearer}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal,
      });
      if (answer.status !== 401 || again) return answer;
      ({ bearer } = await user.replace(bearer, signal));
    }
  }
  const expect = ({ status, headers }: HttpResponse, name: string): void => {
    const failure = errorForStatus(status, headers, `${name} of org ${org}`);
    if (!failure) return;
    if (failure.code !== 'ESC_PLATFORM_RATE_LIMITED' || failure.retryAfterMs !== undefined) throw failure;
    throw new BatonError(failure.code, `${name} of org ${org}: HTTP ${status}`, {
      retryAfterMs: RATE_LIMIT_MS,
    });
  };
  const pathOf = (user: EndUser, rest = ''): string => `${ROOT}/${user.conversation}${rest}`;
  const page = async (
    user: EndUser,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<readonly Entry[] | undefined> => {
    const name = 'entries';
    const path = pathOf(
      user,
      `/entries?${new URLSearchParams({ limit: String(PAGE), ...query }).toString()}`,
    );
    const answer = await call(user, { name, method: 'GET', path }, signal);
    if (answer.status === 404) return undefined;
    expect(answer, name);
    const { conversationEntries } = readBody(entriesSchema, answer.body, name);
    return conversationEntries.map(readEntry).filter((entry) => entry !== undefined);
  };

  return {
    async create(user, routingAttributes, signal) {
      const name = 'conversation';
      const body = { conversationId: user.conversation, esDeveloperName, language, routingAttributes };
      expect(await call(user, { name, method: 'POST', path: ROOT, body }, signal), name);
    },

    async send(user, { id, text, routingAttributes }, signal) {
      const name = 'message';
      const message = {
        id,
        messageType: 'StaticContentMessage',
        staticContent: { formatType: 'Text', text },
      };
      const isNewMessagingSession = routingAttributes !== undefined;
      const body = {
        message,
        esDeveloperName,
        isNewMessagingSession,
        ...(isNewMessagingSession && { routingAttributes, language }),
      };
      const answer = await call(user, { name, method: 'POST', path: pathOf(user, '/message'), body }, signal);
      if (answer.status === 417) return 'ended';
      if (answer.status === 404) return 'gone';
      expect(answer, name);
      return 'sent';
    },

    async entries(user, { since = 0 }, signal) {
      const found = new Map<string, Entry>();
      let from = since;
      for (let pages = 0; pages < MAX_PAGES; pages += 1) {
        const query = {
          direction: 'FromStart',
          ...(from > 0 && { startTimestamp: String(from) }),
        };
        const entries = await page(user, query, signal);
        if (!entries) return undefined;
        const isNew = entries.some(({ id }) => !found.has(id));
        for (const entry of entries) if (!found.has(entry.id)) found.set(entry.id, entry);
        const last = entries.at(-1);
        if (!last || !isNew || entries.length < PAGE) break;
        from = last.at;
      }
      return [...found.values()].sort((one, other) => one.at - other.at);
    },

    async entriesBack(user, type, isEnough, signal) {
      const found = new Map<string, Entry>();
      let until: number | undefined;
      for (let pages = 0; pages < MAX_PAGES; pages += 1) {
        const query = {
          direction: 'FromEnd',
          ...(type !== 'any' && { entryTypeFilter: type }),
          ...(until !== undefined && { endTimestamp: String(until) }),
        };
        const entries = await page(user, query, signal);
        if (!entries) return undefined;
        const isNew = entries.some(({ id }) => !found.has(id));
        for (const entry of entries) found.set(entry.id, entry);
        if (!isNew || entries.length < PAGE || isEnough([...found.values()])) break;
        until = Math.min(...entries.map(({ at }) => at));
      }
      return [...found.values()].sort((one, other) => other.at - one.at);
    },

    async typing(user, id, writes, signal) {
      const name = 'typing';
      const entryType = writes ? 'TypingStartedIndicator' : 'TypingStoppedIndicator';
      const path = pathOf(user, '/entry');
      expect(await call(user, { name, method: 'POST', path, body: { entryType, id } }, signal), name);
    },

    async acknowledge(user, acks, signal) {
      const name = 'receipts';
      const path = pathOf(user, '/acknowledge-entries');
      const body = {
        acks: acks.map(({ id, entryType, entryId }) => ({ id, entryType, conversationEntryId: entryId })),
      };
      expect(await call(user, { name, method: 'POST', path, body }, signal), name);
    },

    async close(user, signal) {
      const name = 'close';
      const path = pathOf(user, `?${new URLSearchParams({ esDeveloperName }).toString()}`);
      const answer = await call(user, { name, method: 'DELETE', path }, signal);
      if (answer.status !== 404 && answer.status !== 417) expect(answer, name);
    },

    async businessHours(signal) {
      const name = 'business hours';
      const query = new URLSearchParams({ orgId: org, esConfigName: esDeveloperName }).toString();
      await limiter.acquire(signal);
      const answer = await http.request({
        method: 'GET',
        url: `${scrtUrl}/embeddedservice/v1/businesshours?${query}`,
        signal,
      });
      if (answer.status === 404) return [];
      expect(answer, name);
      const { businessHoursInfo } = readBody(businessHoursSchema, answer.body, name);
      const hours = businessHoursInfo?.businessHours ?? [];
      return hours.map(({ startTime: from, endTime: to }) => ({ from, to }));
    },

    async stream(user, lastEventId, signal) {
      const token = await user.token(signal);
      const open = (bearer: string): Promise<EventStream> =>
        streams.open({
          url: `${scrtUrl}/eventrouter/v1/sse`,
          headers: {
            authorization: `Bearer ${bearer}`,
            // 15 characters (developer documentation); 18 were seen to work as well.
            'x-org-id': org.slice(0, 15),
            'last-event-id': lastEventId ?? token.lastEventId,
          },
          signal,
        });
      try {
        return await open(token.bearer);
      } catch (error) {
        if (!(error instanceof BatonError) || error.code !== 'ESC_PLATFORM_UNAUTHORIZED') throw error;
        return open((await user.replace(token.bearer, signal)).bearer);
      }
    },
  };
}
