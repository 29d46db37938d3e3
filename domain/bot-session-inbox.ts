// What waits to be done in a conversation with a bot. The workflow's handlers only note what came; `nextDeed` says what is
// to be done about it, one thing at a time.
import { assertNever } from './assert-never';
import type { HandedOver, UserSays } from './bot-session-messages';
import { tellSession, type BotSessionState, type SessionNotice } from './bot-session-state';
import { isKnown } from './relay-lane';

const MAX_QUEUE = 100;

/** Of all messages that wait; in UTF-16 units. */
const MAX_QUEUE_CHARS = 64 * 1024;

const MAX_NOTICES = 50;

/** Bots' sessions expire after three days without a message (Einstein Bots documentation). */
const EXPIRY_MS = 3 * 24 * 3_600_000;

/**
 * A conversation that nobody has is kept this long: what a client sends again after it is over is known here, and begins
 * no session. Clients have long given up by then, and a new message begins a run like the first.
 */
const LINGER_MS = 15 * 60_000;

/** What is to be done next. */
export type SessionDeed =
  | { readonly kind: 'leave' }
  | { readonly kind: 'hear'; readonly notice: SessionNotice }
  | { readonly kind: 'goOn'; readonly handed: HandedOver }
  | { readonly kind: 'begin' | 'say' | 'forward'; readonly said: UserSays };

/** Notes what the user said. Twice the same id is once. */
export function noteUserSays(state: BotSessionState, at: number, said: UserSays): void {
  if (isKnown(state.seen.said, said.id)) return;
  const chars = [...state.queue, said].reduce((sum, { text = '' }) => sum + text.length, 0);
  if (state.queue.length >= MAX_QUEUE || chars > MAX_QUEUE_CHARS)
    return tellSession(state, at, 'message_dropped', 'too many wait');
  state.queue.push(said);
  state.movedAt = at;
}

/** Notes a session that a client handed over. Twice the same answer of the bot is once; of several the newest counts. */
export function noteHandedOver(state: BotSessionState, at: number, handed: HandedOver): void {
  const { escalates, said } = handed.turn;
  const id = escalates?.messageId ?? said.at(-1)?.id ?? `sequence ${handed.sequence}`;
  if (isKnown(state.seen.handed, id)) return;
  state.sequence = Math.max(state.sequence, handed.sequence);
  state.handed = handed;
  state.movedAt = at;
}

/** Notes what the escalation tells: nothing has happened by that. Progress is not for the bot; twice the same id is once. */
export function noteNotice(state: BotSessionState, at: number, notice: SessionNotice): void {
  if (notice.progress || isKnown(state.seen.notices, notice.id)) return;
  if (state.notices.length < MAX_NOTICES) state.notices.push(notice);
  else tellSession(state, at, 'notice_dropped', notice.type);
}

/** Notes that the user left. What was said before that is answered by nobody; what comes after it begins anew. */
export function noteLeaving(state: BotSessionState): void {
  state.leaving = true;
  state.queue.splice(0);
  delete state.handed;
}

/** What is to be done next; undefined: wait. It stays the next until it is taken. */
export function nextDeed(state: BotSessionState): SessionDeed | undefined {
  if (state.leaving) return { kind: 'leave' };
  const [notice] = state.notices;
  if (notice) return { kind: 'hear', notice };
  // The bot has one answer to wait for: it is told of the escalation at hand first.
  if (state.handed && state.phase !== 'handing_off') return { kind: 'goOn', handed: state.handed };
  const [said] = state.queue;
  if (!said) return undefined;
  switch (state.phase) {
    case 'idle':
    case 'over':
      return { kind: 'begin', said };
    case 'talking':
      return { kind: 'say', said };
    case 'handing_off':
      return state.handOff?.toBots || state.handOff?.waits ? undefined : { kind: 'forward', said };
    case 'handed_off':
      return { kind: 'forward', said };
    default:
      return assertNever(state.phase);
  }
}

/** Takes a deed out of what waits: it is being done. */
export function takeDeed(state: BotSessionState, deed: SessionDeed): void {
  switch (deed.kind) {
    case 'leave':
      delete state.leaving;
      return;
    case 'hear':
      state.notices.shift();
      return;
    case 'goOn':
      delete state.handed;
      return;
    case 'begin':
    case 'say':
    case 'forward':
      state.queue.shift();
      return;
    default:
      assertNever(deed);
  }
}

/** Puts back what the user said, because it is for somebody else: first of all, before what came since. */
export function putBack(state: BotSessionState, said: UserSays): void {
  if (!state.leaving) state.queue.unshift(said);
}

/** How long nothing may happen, in epoch milliseconds: then the wait for an answer, or the conversation, is over. */
export function waitsUntil({ phase, handOff, movedAt }: BotSessionState): number {
  if (phase === 'idle' || phase === 'over') return movedAt + LINGER_MS;
  if (phase === 'handing_off' && handOff?.giveUpAt !== undefined) return handOff.giveUpAt;
  return movedAt + EXPIRY_MS;
}
