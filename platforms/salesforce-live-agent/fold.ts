// Turns what the platform says of a chat into the words of a desk, one event after the other. The same state and event
// give the same words under the same ids: what the platform tells again counts once.
import { createHash } from 'node:crypto';
import { assertNever } from '../../domain/assert-never';
import type { DeskWord } from '../../domain/desk-event';
import type { ChatAgent, ChatEvent, QueuePlace } from './chat-events';
import type { LiveAgentState } from './chat-state';

const ID_CHARS = 16;
const MAX_TEXT_CHARS = 60_000;
/** The vendor's word for nobody being there; what it says otherwise is repeated only if it is a plain word. */
const NO_AGENTS = 'Unavailable';
const PLAIN = /^[\w ]{1,40}$/;

/** A word with its id. */
export interface Said {
  readonly id: string;
  readonly word: DeskWord;
}

/** What an event changes. */
export interface Folded {
  readonly state: LiveAgentState;
  readonly said: readonly Said[];
  readonly typing?: boolean;
}

/** See the file's comment. `transferId` makes ids of different chats different. */
export function fold(transferId: string, state: LiveAgentState, event: ChatEvent): Folded {
  const isConnected = state.phase === 'connected';
  const tell = (next: LiveAgentState, ...words: readonly DeskWord[]): Folded => ({
    state: { ...next, told: next.told + words.length },
    said: words.map((word, index) => ({ id: wordId(transferId, `e${next.told + index + 1}`), word })),
  });
  switch (event.kind) {
    case 'requestSucceeded': {
      const next: LiveAgentState = state.phase === 'opened' ? { ...state, phase: 'asked' } : state;
      return isConnected ? tell(state) : tell(next, { kind: 'queued' }, ...positionOf(event));
    }
    case 'queueUpdate':
      return isConnected ? tell(state) : tell(state, ...positionOf(event));
    case 'established':
    case 'transferred':
      return tell(
        { ...state, phase: 'connected', ...(event.agent.id !== undefined && { agentId: event.agent.id }) },
        ...(isConnected ? [] : [connected(event.agent)]),
        changed(event.agent),
      );
    case 'requestFailed':
      return tell({ ...state, phase: 'over' }, isConnected ? endedBySystem() : declined(event.reason));
    case 'agentDisconnected':
      return isConnected ? tell(state, { kind: 'agentLeft' }) : tell(state);
    case 'ended':
      return tell({ ...state, phase: 'over' }, ...ended(event, isConnected));
    case 'message':
      return message(transferId, state, event);
    case 'typing':
      return { state, said: [], typing: event.isTyping };
    case 'sessionData':
    case 'switchServer':
    case 'unreadable':
      return { state, said: [] };
    default:
      return assertNever(event);
  }
}

/** An id that no other chat's words have. */
export function wordId(transferId: string, name: string): string {
  return `${createHash('sha256').update(transferId).digest('hex').slice(0, ID_CHARS)}:${name}`;
}

function message(
  transferId: string,
  state: LiveAgentState,
  { agent, text }: ChatEvent & { kind: 'message' },
): Folded {
  // Numbered by their place among all that agents wrote, which a transcript tells too.
  const said = state.said + 1;
  const id = wordId(transferId, `m${said}`);
  const agentName = agent.name === '' ? {} : { agentName: agent.name };
  const word: DeskWord = {
    kind: 'message',
    message: { id, text: text.slice(0, MAX_TEXT_CHARS) },
    ...agentName,
  };
  return { state: { ...state, said }, said: text === '' ? [] : [{ id, word }] };
}

function positionOf({ position, waitMs }: QueuePlace): readonly DeskWord[] {
  if (position === undefined) return [];
  return [{ kind: 'position', position, ...(waitMs !== undefined && { waitMs }) }];
}

function connected({ id }: ChatAgent): DeskWord {
  return { kind: 'connected', ...(id !== undefined && { agentId: id }) };
}

function changed({ id, name }: ChatAgent): DeskWord {
  return {
    kind: 'agentChanged',
    ...(id !== undefined && { agentId: id }),
    ...(name !== '' && { agentName: name }),
  };
}

function declined(reason: string): DeskWord {
  if (reason === NO_AGENTS) return { kind: 'declined', reason: 'no_agents' };
  return { kind: 'declined', reason: 'rejected', ...(PLAIN.test(reason) && { detail: reason }) };
}

function endedBySystem(): DeskWord {
  return { kind: 'ended', by: 'system' };
}

/** Before a human joined only Baton can have been the visitor who ended it: that is no news. */
function ended({ by }: ChatEvent & { kind: 'ended' }, isConnected: boolean): readonly DeskWord[] {
  if (isConnected) return [{ kind: 'ended', by: by === 'visitor' ? 'user' : by }];
  return by === 'visitor' ? [] : [{ kind: 'declined', reason: 'rejected', detail: 'ended' }];
}
