// From Salesforce's entries to the desk's words: one entry at a time, with what must be remembered between them. Pure,
// and unmoved by entries that come again, so that a listener may go over the same stretch twice.
import type { DeskWord } from '../../domain/desk-event';
import type { MessagingState } from './chat-state';
import { messagesOf } from './content';
import { messageId } from './ids';
import type { Entry, Payload } from './wire';

/** Something to tell, with its id. */
export interface Said {
  readonly id: string;
  readonly word: DeskWord;
}

/** What came of one entry. */
export interface Folded {
  readonly state: MessagingState;
  readonly said: readonly Said[];
  /** The agent began or stopped to write. */
  readonly typing?: boolean;
  /** A message to acknowledge. */
  readonly received?: string;
}

/** What the words depend on besides. */
export interface FoldDeps {
  readonly conversation: string;
  readonly unsupportedText: string;
}

/** How far echoes of own messages may be apart: numbers of messages that were given up have none. */
const ECHO_REACH = 50;
const AGENT_SIDE: readonly string[] = ['Agent', 'Supervisor', 'Chatbot', 'System'];

/** Takes the next entry. Kinds that are not known change nothing. */
export function fold(deps: FoldDeps, state: MessagingState, entry: Entry): Folded {
  if (state.over) return { state, said: [] };
  switch (entry.type) {
    case 'RoutingResult':
      return onRouting(state, entry);
    case 'QueuePosition':
      return onPosition(state, entry);
    case 'ParticipantChanged':
      return onParticipants(state, entry);
    case 'Message':
      return entry.role === 'EndUser' ? onEcho(deps, state, entry) : onMessage(deps, state, entry);
    case 'SessionStatusChanged':
      return entry.payload.sessionStatus === 'Ended' ? onEnd(state, entry) : { state, said: [] };
    case 'CloseConversation':
      return over(state, entry, { kind: 'ended', by: 'user' });
    case 'TypingStartedIndicator':
    case 'TypingStoppedIndicator':
      return {
        state,
        said: [],
        ...(entry.role === 'Agent' && { typing: entry.type === 'TypingStartedIndicator' }),
      };
    default:
      return { state, said: [] };
  }
}

/** The agent who left was not followed by another in time. */
export function agentStaysAway(state: MessagingState): Folded {
  const { left, ...rest } = state;
  if (left === undefined) return { state, said: [] };
  return { state: rest, said: [{ id: `${left}:left`, word: { kind: 'agentLeft' } }] };
}

function onRouting(state: MessagingState, { id, payload }: Entry): Folded {
  const { failureType = 'None' } = payload;
  // A transfer to another queue that failed is no refusal: a human was there.
  if (state.joined) return { state, said: [] };
  if (failureType === null || failureType === 'None') {
    const said: Said[] = [{ id, word: { kind: 'queued' } }];
    return { state, said };
  }
  const reason = failureType === 'RoutingError' ? 'no_agents' : 'rejected';
  return {
    state: { ...state, over: true },
    said: [{ id, word: { kind: 'declined', reason, detail: `routing: ${failureType.slice(0, 40)}` } }],
  };
}

function onPosition(state: MessagingState, { id, payload }: Entry): Folded {
  const position = payload.position ?? payload.queuePosition;
  if (state.joined || position === undefined || position < 0) return { state, said: [] };
  const waitMs = waitOf(payload);
  const word = {
    kind: 'position',
    position: Math.floor(position),
    ...(waitMs !== undefined && { waitMs }),
  } as const;
  return { state, said: [{ id, word }] };
}

/** Where the estimated wait is, is not certain: a number of seconds, or an object that has it. */
function waitOf({ estimatedWaitTime: wait }: Payload): number | undefined {
  const seconds =
    typeof wait === 'object' && wait !== null && 'estimatedWaitTimeInSeconds' in wait
      ? wait.estimatedWaitTimeInSeconds
      : wait;
  return typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : undefined;
}

function onParticipants(before: MessagingState, { id, payload }: Entry): Folded {
  let state = before;
  const said: Said[] = [];
  for (const [index, { operation, displayName, participant }] of (payload.entries ?? []).entries()) {
    if (participant.role !== 'Agent') continue;
    const agentId = participant.subject ?? displayName ?? 'agent';
    if (operation === 'add' && state.agent !== agentId) {
      const { left: _left, ...rest } = state;
      const name = displayName ? { agentName: displayName } : {};
      const word: DeskWord = state.joined
        ? { kind: 'agentChanged', agentId, ...name }
        : { kind: 'connected', agentId };
      said.push({ id: index === 0 ? id : `${id}#${index}`, word });
      state = { ...rest, joined: true, agent: agentId };
    }
    // Another than the one who is there has left: an agent who had handed over, or who only looked on.
    if (operation === 'remove' && state.agent === agentId) {
      const { agent: _agent, ...rest } = state;
      state = { ...rest, left: id };
    }
  }
  return { state, said };
}

function onEcho({ conversation }: FoldDeps, state: MessagingState, { id }: Entry): Folded {
  for (let number = state.echoed + 1; number <= state.echoed + ECHO_REACH; number += 1)
    if (messageId(conversation, number) === id) return { state: { ...state, echoed: number }, said: [] };
  return { state, said: [] };
}

function onMessage({ unsupportedText }: FoldDeps, state: MessagingState, entry: Entry): Folded {
  if (entry.role !== undefined && !AGENT_SIDE.includes(entry.role)) return { state, said: [] };
  const { id, senderName, payload } = entry;
  // An agent said something; of the org's automats only what can be read is worth telling.
  const fallback = entry.role === 'Agent' ? unsupportedText : undefined;
  const said = messagesOf(id, payload.abstractMessage, fallback).map((message): Said => {
    const word = {
      kind: 'message',
      message,
      ...(senderName !== undefined && { agentName: senderName }),
    } as const;
    return { id: message.id, word };
  });
  return { state, said, received: id };
}

function onEnd(state: MessagingState, entry: Entry): Folded {
  const { sessionEndedByRole: role } = entry.payload;
  // Who ended it is not told reliably: after an agent was there, it was the agent unless said otherwise.
  const by = role === 'EndUser' ? 'user' : role === 'Agent' || (!role && state.joined) ? 'agent' : 'system';
  return over(state, entry, { kind: 'ended', by });
}

function over(state: MessagingState, { id }: Entry, ended: DeskWord & { kind: 'ended' }): Folded {
  const word: DeskWord =
    state.joined || ended.by === 'user'
      ? ended
      : { kind: 'declined', reason: 'rejected', detail: 'the session ended before an agent joined' };
  const { left: _left, ...rest } = state;
  return { state: { ...rest, over: true }, said: [{ id, word }] };
}
