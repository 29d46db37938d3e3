// One listener to one conversation: what it has heard, what follows, and how it is told. The stream tells at once but may
// lose: after every opening, at every message of the agent, and now and then besides, it is held against the list of
// entries. Whatever comes twice is told once.
import { BatonError } from '../../domain/errors';
import type { DeskNews } from '../desk';
import type { PlatformLog } from '../platform';
import { newChatState } from './chat-state';
import type { MessagingState } from './chat-state';
import type { MessagingClient } from './client';
import type { EndUser } from './end-users';
import { createEntryQueue } from './entry-queue';
import { agentStaysAway, fold } from './fold';
import type { FoldDeps, Folded, Said } from './fold';
import { uuidOf } from '../salesforce/ids';
import type { MessagingConnector } from './options';
import { open } from './transfer';
import type { Entry } from './wire';

/** Clocks of Salesforce's servers may differ: so far back entries are looked at again. */
const OVERLAP_MS = 5_000;
const MAX_KNOWN_IDS = 40;
const ID_START = 8;
/** Words of one delivery, and their length. */
const MAX_WORDS = 25;
const MAX_NEWS_CHARS = 100_000;
/** What listening needs. */
export interface ListenDeps {
  readonly client: MessagingClient;
  readonly connector: MessagingConnector;
  readonly log: PlatformLog;
}

/** One conversation to listen to. */
export interface ListenCall {
  readonly user: EndUser;
  readonly state: MessagingState | undefined;
  readonly deliver: (news: DeskNews) => Promise<void>;
  readonly signal: AbortSignal;
}

/** See the file's comment. */
export interface Listener {
  /** One stream, from its opening to its end. */
  connection(): Promise<'over' | 'broken'>;
  /** Whether `deliver` has thrown. */
  failed(): boolean;
  /** Whether the last connection got as far as reading; asking forgets it. */
  hadNews(): boolean;
}

/** Nothing is heard before the first connection. */
export function createListener(deps: ListenDeps, { user, deliver, signal, ...call }: ListenCall): Listener {
  const { client, connector, log } = deps;
  const foldDeps: FoldDeps = { conversation: user.conversation, unsupportedText: connector.unsupportedText };
  let state = call.state ?? newChatState(user.sealed());
  const seen = new Set<string>();
  const times = new Map<string, number>();
  let told = state.echoed;
  let hasFailed = false;
  let worked = false;
  let connections = 0;
  let leftAt: number | undefined;
  let isTyping = false;

  const isKnown = ({ id }: Entry): boolean => seen.has(id) || state.ids.includes(id.slice(0, ID_START));

  function note(next: MessagingState, entry: Entry): MessagingState {
    seen.add(entry.id);
    const since = Math.max(next.since, entry.at);
    times.set(entry.id, entry.at);
    for (const [id, at] of times) if (at < since - OVERLAP_MS) times.delete(id);
    return { ...next, since };
  }

  /** The state as it is carried: with what the next listener has to know of the last seconds. */
  function carried(): MessagingState {
    const recent = [...times.keys()].slice(-MAX_KNOWN_IDS).map((id) => id.slice(0, ID_START));
    const ids = times.size === 0 ? state.ids : recent;
    return { ...state, ids };
  }

  async function tell(said: readonly Said[]): Promise<void> {
    try {
      await deliver({ words: said, chat: carried() });
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  }

  async function tellTyping(typing: boolean): Promise<void> {
    if (typing === isTyping) return;
    isTyping = typing;
    await deliver({ words: [], typing }).catch(() => undefined);
  }

  async function take(entries: readonly Entry[], more: readonly Said[] = []): Promise<void> {
    let said: Said[] = [...more];
    let received: string[] = [];
    let length = 0;
    const flush = async (): Promise<void> => {
      if (said.length > 0) await tell(said);
      acknowledge(received);
      said = [];
      received = [];
      length = 0;
    };
    for (const entry of entries) {
      if (isKnown(entry)) {
        if (entry.at >= state.since - OVERLAP_MS) times.set(entry.id, entry.at);
        continue;
      }
      const folded = fold(foldDeps, state, entry);
      state = note(folded.state, entry);
      said.push(...folded.said);
      length += folded.said.reduce((sum, { word }) => sum + JSON.stringify(word).length, 0);
      if (folded.received !== undefined) received.push(folded.received);
      noteGrace();
      if (folded.typing !== undefined) await tellTyping(folded.typing);
      if (folded.received !== undefined) await tellTyping(false);
      if (folded.said.some(({ word }) => word.kind === 'declined')) await closeDeclined();
      if (said.length >= MAX_WORDS || length >= MAX_NEWS_CHARS) await flush();
    }
    await flush();
  }

  /** An org that declined may route the conversation later all the same. */
  async function closeDeclined(): Promise<void> {
    await client.close(user, signal).catch(() => undefined);
  }

  function noteGrace(): void {
    if (state.left === undefined) leftAt = undefined;
    else leftAt ??= Date.now();
  }

  /** Nobody waits for it: an acknowledgement that is lost shows the agent a message as not delivered, no more. */
  function acknowledge(received: readonly string[]): void {
    if (received.length === 0) return;
    const kinds = connector.readReceipts ? (['Delivery', 'Read'] as const) : (['Delivery'] as const);
    const acks = received.flatMap((entryId) =>
      kinds.map((entryType) => ({ id: uuidOf(entryType, entryId), entryType, entryId })),
    );
    client.acknowledge(user, acks, signal).catch((error: unknown) => {
      log.debug({ code: error instanceof BatonError ? error.code : 'unknown' }, 'a receipt was not taken');
    });
  }

  async function reconcile(): Promise<void> {
    const since = Math.max(0, state.since - OVERLAP_MS);
    const entries = await client.entries(user, { since }, signal);
    if (!entries) return notThere();
    await take(entries);
    // Numbers of messages whose sending had no known answer: they have arrived.
    if (state.echoed > told && connections > 1)
      await tell([{ id: `delivered:${state.echoed}`, word: { kind: 'delivered', count: state.echoed } }]);
    told = state.echoed;
  }

  /** A guest's conversation is created only now that their token is kept. */
  async function begin(): Promise<void> {
    if (!state.opening) return;
    await open(client, user, state.opening, signal);
    const { opening: _opening, ...rest } = state;
    state = rest;
  }

  async function notThere(): Promise<void> {
    // One that was only just created may not be listed yet.
    if (state.since === 0) throw new BatonError('ESC_PLATFORM_ERROR', 'the conversation is not listed');
    const payload = { sessionStatus: 'Ended', sessionEndedByRole: 'System' };
    await take([{ id: 'gone', type: 'SessionStatusChanged', at: state.since, payload }]);
  }

  async function passTime(): Promise<void> {
    if (leftAt !== undefined && Date.now() - leftAt >= connector.agentGraceMs) {
      // What the stream may have lost: another agent, or the end.
      await reconcile();
      if (state.over || state.left === undefined) return;
      const folded: Folded = agentStaysAway(state);
      state = folded.state;
      noteGrace();
      await tell(folded.said);
    }
    const renewAt = user.renewAt();
    if (renewAt !== undefined && user.sealed() !== undefined && Date.now() >= renewAt) await renewToken();
  }

  async function renewToken(): Promise<void> {
    await user.renew(signal);
    const token = user.sealed();
    if (token === undefined) return;
    state = { ...state, token, generation: state.generation + 1 };
    await tell([]);
  }

  function nextTime(reconcileAt: number): number {
    const grace = leftAt === undefined ? Infinity : leftAt + connector.agentGraceMs;
    const renew = user.sealed() === undefined ? Infinity : (user.renewAt() ?? Infinity);
    return Math.min(reconcileAt, grace, renew);
  }

  return {
    failed: () => hasFailed,
    hadNews: () => {
      const had = worked;
      worked = false;
      return had;
    },
    async connection() {
      connections += 1;
      if (state.over) return 'over';
      const stream = await client.stream(user, state.event, signal);
      const queue = createEntryQueue(stream.events, user.conversation);
      try {
        await begin();
        await reconcile();
        worked = true;
        noteGrace();
        for (let reconcileAt = Date.now() + connector.reconcileMs; ;) {
          if (state.over) return 'over';
          const woken = await queue.wait(nextTime(reconcileAt) - Date.now(), signal);
          const { entries, event } = queue.take();
          if (event !== undefined) state = { ...state, event };
          // The list first: what the stream has lost comes before what it has now.
          if (connector.checkOrder && entries.some(isFromAgent)) await reconcile();
          await take(entries);
          await passTime();
          if (state.over) return 'over';
          if (woken === 'end' && queue.isEmpty()) {
            const error = queue.error();
            if (error !== undefined) throw error;
            return 'broken';
          }
          if (Date.now() >= reconcileAt) {
            await reconcile();
            reconcileAt = Date.now() + connector.reconcileMs;
          }
        }
      } finally {
        stream.close();
      }
    },
  };
}

function isFromAgent({ type, role }: Entry): boolean {
  return type === 'Message' && role !== 'EndUser';
}
