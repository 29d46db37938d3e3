// The long poll, and the way back after the vendor moved a chat to another server. Exactly one poller per chat, ever:
// a second one ends it. So whoever polls also resyncs.
import { assertNever } from '../../domain/assert-never';
import { BatonError } from '../../domain/errors';
import { readEvents } from './chat-events';
import type { ChatEvent, TranscriptLine } from './chat-events';
import type { ChatSession } from './chat-session';
import { verdictOf } from './post';
import type { LostReason } from './post';
import type { Rest } from './rest';
import { parseBody, parseValue } from '../parse-body';
import { messagesSchema, reconnectSchema } from './wire';

/** Moves within one resync, after which it is left to the caller to try again. */
const MAX_ROUNDS = 3;
/** Polls until the transcript comes, which the guide says is the first. */
const MAX_POLLS = 5;

/** What a poll brought. Poll again at once with the session of the result. */
export type PollResult =
  | { readonly kind: 'events'; readonly session: ChatSession; readonly events: readonly ChatEvent[] }
  /** Nothing happened for half a minute; or, not `isAnswered`, the poll got no answer in time. */
  | { readonly kind: 'silent'; readonly session: ChatSession; readonly isAnswered: boolean }
  | { readonly kind: 'resync' }
  | { readonly kind: 'lost'; readonly reason: LostReason };

/** What a resync brought. */
export type ResyncResult =
  | {
      readonly kind: 'resumed';
      readonly session: ChatSession;
      /** All that was said in the chat so far: see read-back.ts. */
      readonly transcript: readonly TranscriptLine[];
      /** What came with it. */
      readonly events: readonly ChatEvent[];
    }
  /** It has not moved: the 503 was an outage. Go on with the session as it is, and repeat what failed. */
  | { readonly kind: 'unmoved' }
  | { readonly kind: 'lost'; readonly reason: LostReason };

/** Polls once. @throws BatonError for faults; the same poll may be repeated */
export async function poll(rest: Rest, session: ChatSession, signal: AbortSignal): Promise<PollResult> {
  const name = 'Messages';
  const patience = AbortSignal.timeout(session.pollTimeoutMs);
  const path = `System/Messages?ack=${session.ack}`;
  const bounded = AbortSignal.any([signal, patience]);
  const call = { method: 'GET', path, name, timeoutMs: 2 * session.pollTimeoutMs } as const;
  const answer = await rest.call(session, call, bounded).catch((error: unknown) => {
    // The guide's way with a poll that got no answer: give it up and poll again.
    if (patience.aborted && !signal.aborted) return undefined;
    throw error;
  });
  if (!answer) return { kind: 'silent', session, isAnswered: false };
  const verdict = verdictOf(answer.status, answer.body);
  switch (verdict.kind) {
    case 'ok':
      // 204 as the guide has it; an empty 200 could not mean anything else.
      if (answer.body === '') return { kind: 'silent', session, isAnswered: true };
      return take(session, answer.body);
    case 'resync':
    case 'lost':
      return verdict;
    case 'outOfSync':
    case 'fault':
      throw rest.fault(answer, name);
    default:
      return assertNever(verdict);
  }
}

function take(session: ChatSession, body: string): PollResult {
  const { messages, sequence, offset } = parseBody(messagesSchema, body, 'Messages');
  const events = readEvents(messages);
  const moved = events.findLast((event) => event.kind === 'switchServer');
  return {
    kind: 'events',
    events,
    session: {
      ...session,
      ack: sequence ?? session.ack,
      ...(offset !== undefined && { offset }),
      ...(moved && { baseUrl: moved.baseUrl }),
    },
  };
}

/** Where a chat is now. */
export type Found =
  | { readonly kind: 'found'; readonly session: ChatSession }
  | { readonly kind: 'unmoved' }
  | { readonly kind: 'lost'; readonly reason: LostReason };

/** What a resync is made with. */
export interface ResyncDeps {
  /** For the polls in it. */
  readonly polls: Rest;
  readonly posts: Rest;
  readonly organizationId: string;
  /** Of each call but the polls. */
  readonly timeoutMs: number;
  /** Writes down where the chat was found, before it goes on there. See {@link resync}. */
  readonly checkpoint: (session: ChatSession) => Promise<void>;
}

/** Finds the server that has the chat now. Numbers of POSTs and of answers begin anew there. */
export async function reconnect(
  { posts: rest, timeoutMs }: Pick<ResyncDeps, 'posts' | 'timeoutMs'>,
  session: ChatSession,
  signal: AbortSignal,
): Promise<Found> {
  const name = 'ReconnectSession';
  const path = `System/ReconnectSession?ReconnectSession.offset=${session.offset ?? 0}`;
  const answer = await rest.call(session, { method: 'GET', path, name, identity: 'key', timeoutMs }, signal);
  const verdict = verdictOf(answer.status, answer.body);
  if (verdict.kind === 'lost') return verdict;
  // How the vendor answers a chat that it has not moved (field).
  if (answer.status === 405) return { kind: 'unmoved' };
  if (verdict.kind !== 'ok') throw rest.fault(answer, name);
  const { messages } = parseBody(messagesSchema, answer.body, name);
  const found = messages.find(({ type }) => type === 'ReconnectSession');
  const { affinityToken: affinity } = parseValue(reconnectSchema, found?.message, name);
  return {
    kind: 'found',
    session: { ...session, affinity, sequence: 0, ack: -1, resyncs: session.resyncs + 1, isResuming: true },
  };
}

/**
 * Reconnects, reads the transcript and says that the chat goes on. May be repeated from the stored session, or from
 * what `checkpoint` was given: once the chat goes on, the vendor may refuse to be asked again where it is, so that
 * without the checkpoint a crash right then could lose it.
 */
export async function resync(
  deps: ResyncDeps,
  session: ChatSession,
  signal: AbortSignal,
): Promise<ResyncResult> {
  let current = session;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (round > 0 || !current.isResuming) {
      const found = await reconnect(deps, current, signal);
      if (found.kind !== 'found') return found;
      current = found.session;
      await deps.checkpoint(current);
    }
    const read = await readTranscript(deps.polls, current, signal);
    if (read.kind === 'resync') continue;
    if (read.kind !== 'resumed') return read;
    const goneOn = await goOn(deps, read.session, signal);
    if (goneOn.kind === 'lost') return goneOn;
    if (goneOn.kind === 'resync') continue;
    const { isResuming: _, ...resumed } = read.session;
    return { ...read, session: resumed };
  }
  throw new BatonError('ESC_PLATFORM_ERROR', 'the chat keeps moving from server to server');
}

type Read = ResyncResult | { readonly kind: 'resync' };

async function readTranscript(rest: Rest, found: ChatSession, signal: AbortSignal): Promise<Read> {
  const events: ChatEvent[] = [];
  let session = found;
  for (let polls = 0; polls < MAX_POLLS; polls += 1) {
    const polled = await poll(rest, session, signal);
    if (polled.kind === 'resync' || polled.kind === 'lost') return polled;
    session = polled.session;
    if (polled.kind === 'silent') continue;
    events.push(...polled.events);
    const data = events.findLast((event) => event.kind === 'sessionData');
    if (!data) continue;
    const others = events.filter((event) => event.kind !== 'sessionData');
    return { kind: 'resumed', session, transcript: data.transcript, events: others };
  }
  throw new BatonError('ESC_PLATFORM_PROTOCOL', 'no ChasitorSessionData came after ReconnectSession');
}

async function goOn(
  { posts: rest, organizationId, timeoutMs }: ResyncDeps,
  session: ChatSession,
  signal: AbortSignal,
): Promise<{ readonly kind: 'ok' | 'resync' } | { readonly kind: 'lost'; readonly reason: LostReason }> {
  const name = 'ChasitorResyncState';
  const path = `Chasitor/${name}`;
  const call = { method: 'POST', path, name, body: { organizationId }, timeoutMs } as const;
  const answer = await rest.call(session, call, signal);
  const verdict = verdictOf(answer.status, answer.body);
  switch (verdict.kind) {
    case 'ok':
    case 'resync':
    case 'lost':
      return verdict;
    case 'outOfSync':
    case 'fault':
      throw rest.fault(answer, name);
    default:
      return assertNever(verdict);
  }
}
