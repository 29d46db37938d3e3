// Asking for a human, seeing where that stands, and taking it back. A conversation is the transfer: its id is made of
// the transfer's, and its entries say how far it has come.
import { contextMessages } from '../context-messages';
import type { ContextSize } from '../context-messages';
import type { TransferAnswer, TransferRef, TransferRequest, TransferStanding, Withdrawal } from '../desk';
import { newChatState, readChatState } from './chat-state';
import type { MessagingState, Opening } from './chat-state';
import type { MessagingClient } from './client';
import { routingAttributes } from './context';
import type { EndUser } from './end-users';
import { contextMessageId } from './ids';
import type { MessagingConnector } from './options';
import type { Entry } from './wire';

/** What a transfer needs. */
export interface TransferDeps {
  readonly client: MessagingClient;
  readonly connector: MessagingConnector;
  readonly size: ContextSize;
}

/** Where a state may be kept, it may have so many bytes of JSON. */
const MAX_STATE_BYTES = 8_000;
/** Lengths of the messages of a context that has to stand in the state, until it fits. */
const SHORTER: readonly number[] = [900, 500, 200];

/**
 * Creates the conversation unless it is there, and tells the agent what was said before. With a guest nothing happens
 * yet: their token has to stand in the workflow first, or a conversation could be there to which nobody has the key. Who
 * listens creates it then.
 */
export async function requestTransfer(
  deps: TransferDeps,
  user: EndUser,
  request: TransferRequest,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const { client, connector, size } = deps;
  const attributes = routingAttributes(connector.routingAttributes, request);
  const contextOf = (maxChars: number): readonly string[] =>
    contextMessages(request.context, connector.contextHeading, { ...size, maxChars });
  const raw = { conversationId: user.conversation };
  const token = user.sealed();
  const known = readChatState(request.chat);
  if (token !== undefined && known?.opening) return { kind: 'requested', raw, chat: known };
  if (token !== undefined && !known)
    return { kind: 'requested', raw, chat: stateToOpen(newChatState(token), attributes, contextOf) };
  const standing = await open(client, user, { attributes, context: [...contextOf(size.maxChars)] }, signal);
  if (standing.kind === 'absent')
    return { kind: 'declined', reason: 'rejected', detail: 'the conversation was closed' };
  if (standing.kind === 'declined' || standing.kind === 'userLeft') return standing;
  return { ...standing, raw, chat: known ?? newChatState(token) };
}

function stateToOpen(
  state: MessagingState,
  attributes: Opening['attributes'],
  contextOf: (maxChars: number) => readonly string[],
): MessagingState {
  for (const maxChars of SHORTER) {
    const opened = { ...state, opening: { attributes, context: [...contextOf(maxChars)] } };
    if (Buffer.byteLength(JSON.stringify(opened)) <= MAX_STATE_BYTES) return opened;
  }
  return { ...state, opening: { attributes, context: [] } };
}

/** Makes the conversation be there, with its first messages, once; gives where it stood before. */
export async function open(
  client: MessagingClient,
  user: EndUser,
  { attributes, context }: Opening,
  signal: AbortSignal,
): Promise<TransferStanding> {
  const before = await client.entries(user, {}, signal);
  const standing: TransferStanding = before ? standingOf(before) : { kind: 'requested' };
  if (standing.kind === 'absent' || standing.kind === 'declined') return standing;
  if (!before) await client.create(user, attributes, signal);
  const known = new Set(before?.map(({ id }) => id));
  for (const [index, text] of context.entries()) {
    const id = contextMessageId(user.conversation, index);
    if (!known.has(id) && (await client.send(user, { id, text }, signal)) !== 'sent') break;
  }
  return standing;
}

/** Where the conversation stands by its entries. */
export function standingOf(entries: readonly Entry[]): TransferStanding {
  const agents: string[] = [];
  let standing: TransferStanding = { kind: 'requested' };
  for (const { type, payload } of entries) {
    if (type === 'CloseConversation') return { kind: 'absent' };
    if (type === 'RoutingResult' && agents.length === 0) standing = routed(payload.failureType ?? 'None');
    if (type === 'SessionStatusChanged' && payload.sessionStatus === 'Ended' && agents.length === 0)
      standing = { kind: 'declined', reason: 'rejected', detail: 'the session ended before an agent joined' };
    for (const { operation, participant, displayName } of (type === 'ParticipantChanged' &&
      payload.entries) ||
      [])
      if (participant.role === 'Agent' && operation === 'add')
        agents.push(participant.subject ?? displayName ?? 'agent');
  }
  const agentId = agents.at(-1);
  return agentId === undefined ? standing : { kind: 'connected', agentId };
}

function routed(failureType: string): TransferStanding {
  if (failureType === 'None') return { kind: 'queued' };
  const reason = failureType === 'RoutingError' ? 'no_agents' : 'rejected';
  return { kind: 'declined', reason, detail: `routing: ${failureType.slice(0, 40)}` };
}

/** Where it stands, asked anew. */
export async function lookUp(
  { client }: Pick<TransferDeps, 'client'>,
  user: EndUser | undefined,
  ref: TransferRef,
  signal: AbortSignal,
): Promise<TransferStanding> {
  if (!user) return { kind: 'absent' };
  const known = readChatState(ref.chat);
  const entries = await client.entries(user, {}, signal);
  // Who listens will create it.
  if (!entries) return known?.opening ? { kind: 'requested', chat: known } : { kind: 'absent' };
  const standing = standingOf(entries);
  if (standing.kind === 'absent' || standing.kind === 'declined' || standing.kind === 'userLeft')
    return standing;
  return { ...standing, chat: known ?? newChatState(user.sealed()) };
}

/** Closes the conversation unless a human is there. */
export async function withdraw(
  { client }: Pick<TransferDeps, 'client'>,
  user: EndUser | undefined,
  ref: TransferRef,
  signal: AbortSignal,
): Promise<Withdrawal> {
  const standing = await lookUp({ client }, user, ref, signal);
  if (standing.kind === 'connected')
    return { kind: 'connected', ...(standing.agentId !== undefined && { agentId: standing.agentId }) };
  if (!user || standing.kind === 'absent') return { kind: 'withdrawn' };
  const opening = readChatState(ref.chat)?.opening;
  // A listener may be about to create it: one that is there and closed is not created.
  if (opening && standing.kind === 'requested') await open(client, user, { ...opening, context: [] }, signal);
  await client.close(user, signal);
  return { kind: 'withdrawn' };
}
