// Hears a chat until it is over: asks for it, polls, follows it to another server. What was heard is delivered, with
// where the chat stands after it, before the next poll acknowledges it; so another worker that goes on from what was
// delivered hears the rest, and what it hears twice has the same ids.
import { setTimeout as sleep } from 'node:timers/promises';
import { assertNever } from '../../domain/assert-never';
import { BatonError } from '../../domain/errors';
import type { DeskNews, TransferRef } from '../desk';
import type { PlatformLog } from '../platform';
import { MESSAGE_GAP_MS } from './capabilities';
import type { ChatEvent } from './chat-events';
import { prechatOf } from './chat-request';
import type { ChatTarget } from './chat-request';
import type { ChatSession } from './chat-session';
import { movedBy } from './chat-state';
import type { LiveAgentState } from './chat-state';
import type { LiveAgentClient } from './client';
import { fold, wordId } from './fold';
import type { Said } from './fold';
import type { LiveAgentConnector } from './options';
import type { PollerPlace } from './pollers';
import type { Poster } from './poster';
import { unread } from './read-back';
import { seal } from './seal';

const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 5_000;
/** After so many faults in a row the activity fails and is tried again, perhaps elsewhere. */
const MAX_FAILURES = 8;
/** So often a chat may be said to have moved without having moved. */
const MAX_UNMOVED = 20;
/** Tries to give the agent the context; then the chat goes on without. */
const MAX_CONTEXT_TRIES = 3;
const CLEANUP_MS = 3_000;
/** Words of one delivery, and their length. */
const MAX_WORDS = 25;
const MAX_NEWS_CHARS = 100_000;

/** What listening needs. */
export interface ListenDeps {
  readonly client: LiveAgentClient;
  readonly connector: LiveAgentConnector;
  readonly poster: Poster;
  readonly log: PlatformLog;
}

/** One chat to listen to. */
export interface Listening {
  readonly ref: TransferRef;
  readonly state: LiveAgentState;
  readonly session: ChatSession;
  readonly place: PollerPlace;
  readonly deliver: (news: DeskNews) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Resolves when the chat is over. @throws BatonError; whatever `deliver` throws */
export async function listen(deps: ListenDeps, call: Listening): Promise<void> {
  const signal = AbortSignal.any([call.signal, call.place.replaced]);
  const listener = createListener(deps, { ...call, signal });
  for (let failures = 0; listener.phase() !== 'over';) {
    try {
      await listener.step();
      failures = 0;
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      if (!(error instanceof BatonError) || error.retry !== 'retryable' || failures >= MAX_FAILURES)
        throw error;
      deps.log.debug({ code: error.code, failures }, 'a chat could not be polled');
      const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS);
      await sleep(Math.max(backoffMs, error.retryAfterMs ?? 0), undefined, { signal });
    }
  }
  await listener.cleanUp();
}

interface Listener {
  phase(): LiveAgentState['phase'];
  /** The next call of the chat and what follows from it. */
  step(): Promise<void>;
  /** The vendor need not wait until the session ends by itself. */
  cleanUp(): Promise<void>;
}

function createListener(deps: ListenDeps, { ref, place, deliver, signal, ...call }: Listening): Listener {
  const { client, connector, poster, log } = deps;
  const { transferId, target } = ref;
  let { state, session } = call;
  let contextTries = 0;
  let unmoved = 0;
  let isGone = false;

  /** Delivers, in parts; only the last has the new state, so that after a crash everything is heard again. */
  async function tell(said: readonly Said[], next: LiveAgentState, at: ChatSession): Promise<void> {
    const isSame = at.resyncs === session.resyncs && at.baseUrl === session.baseUrl;
    const sealed = seal(at, connector.sealer, transferId);
    const chat: LiveAgentState = {
      ...next,
      generation: state.generation + 1,
      session: isSame ? { ...sealed, secret: state.session.secret } : sealed,
    };
    const parts = inParts(said);
    const last = parts.pop() ?? [];
    for (const words of parts) await deliver({ words });
    await deliver({ words: last, chat });
    state = chat;
    session = at;
  }

  async function take(events: readonly ChatEvent[], from: LiveAgentState, at: ChatSession): Promise<void> {
    let next = from;
    const said: Said[] = [];
    let typing: boolean | undefined;
    for (const event of events) {
      if (event.kind === 'unreadable')
        log.warn({ type: event.type }, 'a message of the chat was not understood');
      const wasConnected = next.phase === 'connected';
      const folded = fold(transferId, next, event);
      next = folded.state;
      said.push(...folded.said);
      typing = folded.typing ?? (event.kind === 'message' ? false : typing);
      if (!wasConnected && next.phase === 'connected') next = await giveContext(next, at);
    }
    if (typing !== undefined) await deliver({ words: [], typing }).catch(() => undefined);
    if (said.length > 0 || next !== state || at.resyncs !== session.resyncs) await tell(said, next, at);
    else session = at;
  }

  /** Before anybody hears of the agent: until then nobody else posts. */
  async function giveContext(next: LiveAgentState, at: ChatSession): Promise<LiveAgentState> {
    const { context = [], request: _begun, ...rest } = next;
    const done: LiveAgentState = { ...rest };
    delete done.context;
    contextTries += 1;
    if (contextTries > MAX_CONTEXT_TRIES) return done;
    for (const [index, text] of context.entries()) {
      const line = index + 1;
      if (line <= (next.moved?.lines ?? 0)) continue;
      const posting = { session: at, state: next, line, text, gapMs: MESSAGE_GAP_MS };
      try {
        if ((await poster.post(posting, signal)) === 'gone') break;
      } catch (error) {
        if (error instanceof BatonError && error.retry !== 'retryable') break;
        throw error;
      }
    }
    // The next message of the user may follow at once.
    if (context.length > 0) await sleep(MESSAGE_GAP_MS, undefined, { signal });
    return done;
  }

  /** The chat is over in a way that the platform has no message for. */
  async function over(why: string): Promise<void> {
    isGone = true;
    const word =
      state.phase === 'connected'
        ? ({ kind: 'ended', by: 'system' } as const)
        : ({ kind: 'declined', reason: 'rejected', detail: why } as const);
    const said = [{ id: wordId(transferId, `e${state.told + 1}`), word }];
    await tell(said, { ...state, phase: 'over', told: state.told + 1 }, session);
  }

  async function ask(): Promise<void> {
    const { visitorName = 'Visitor', values = {} } = state.request ?? {};
    const request = {
      target: chatTarget(target),
      visitorName,
      language: connector.language,
      prechat: prechatOf(connector.prechat, values),
    };
    const number = { sequence: 1, isRepeat: true };
    try {
      const asked = await client.initialize(session, request, { signal, ...number });
      switch (asked.kind) {
        case 'taken':
          state = { ...state, phase: 'asked' };
          return;
        case 'resync':
          return await followUnasked();
        case 'resequence':
        case 'lost':
          return await over('the session is gone');
        default:
          return assertNever(asked);
      }
    } catch (error) {
      if (!(error instanceof BatonError) || error.retry === 'retryable') throw error;
      log.warn({ code: error.code }, 'a chat could not be asked for');
      await over(error.code);
    }
  }

  /** Whether anybody was asked cannot be known on another server: this chat is given up. */
  async function followUnasked(): Promise<void> {
    if (!(await hasMoved())) return;
    await client.end(session, { signal, sequence: 2, isRepeat: false }).catch(() => undefined);
    await over('the session moved');
  }

  /** False: it has not, and what failed can be repeated. */
  async function hasMoved(): Promise<boolean> {
    const checkpoint = (found: ChatSession): Promise<void> => tell([], state, found);
    const result = await client.resync(session, { signal, checkpoint });
    place.settled();
    switch (result.kind) {
      case 'unmoved':
        unmoved += 1;
        if (unmoved >= MAX_UNMOVED) await over('no server has the chat');
        else await sleep(Math.min(FIRST_BACKOFF_MS * unmoved, MAX_BACKOFF_MS), undefined, { signal });
        return false;
      case 'lost':
        await over(result.reason);
        return false;
      case 'resumed': {
        const { transcript, events } = result;
        const missed = unread(transcript, state.said).map(({ text, name = '' }): ChatEvent => ({
          kind: 'message',
          agent: { name },
          text,
        }));
        await take([...missed, ...events], { ...state, moved: movedBy(transcript) }, result.session);
        return true;
      }
      default:
        return assertNever(result);
    }
  }

  return {
    phase: () => state.phase,
    async step() {
      const moved = place.moved();
      if (session.isResuming || moved.aborted) return void (await hasMoved());
      if (state.phase === 'opened') return ask();
      const polled = await client
        .poll(session, { signal: AbortSignal.any([signal, moved]) })
        .catch((error: unknown) => {
          if (moved.aborted && !signal.aborted) return { kind: 'resync' } as const;
          throw error;
        });
      switch (polled.kind) {
        case 'events':
          unmoved = 0;
          return take(polled.events, state, polled.session);
        case 'silent':
          if (polled.isAnswered) unmoved = 0;
          session = polled.session;
          return;
        case 'resync':
          return void (await hasMoved());
        case 'lost':
          return over(polled.reason);
        default:
          return assertNever(polled);
      }
    },
    async cleanUp() {
      if (isGone) return;
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(CLEANUP_MS)]);
      await client
        .end(session, { signal: bounded, sequence: LAST_NUMBER, isRepeat: false })
        .catch(() => log.debug({}, 'a session was left to end by itself'));
    },
  };
}

/** Of a POST whose number is not known: the vendor answers with the one that it wants. */
export const LAST_NUMBER = 1_000_000;

/** A skill or queue is a button; of a skill with an agent the agent is asked, and without them the button. */
function chatTarget({ kind, id, agentId }: TransferRef['target']): ChatTarget {
  if (kind === 'agent') return { kind: 'agent', agentId: id };
  if (agentId !== undefined) return { kind: 'agent', agentId, fallbackButtonId: id };
  return { kind: 'button', buttonId: id };
}

function inParts(said: readonly Said[]): Said[][] {
  const parts: Said[][] = [];
  let chars = 0;
  for (const one of said) {
    const size = JSON.stringify(one.word).length;
    const last = parts.at(-1);
    if (last && last.length < MAX_WORDS && chars + size <= MAX_NEWS_CHARS) {
      last.push(one);
      chars += size;
    } else {
      parts.push([one]);
      chars = size;
    }
  }
  return parts;
}
