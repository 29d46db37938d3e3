// Asking for a human, seeing where that stands, and taking it back. A conversation is the transfer: its id is made of
// the transfer's, and its entries say how far it has come.
import type { TransferAnswer, TransferRequest, TransferStanding, Withdrawal } from '../desk';
import { newChatState } from './chat-state';
import type { MessagingClient } from './client';
import { contextMessages, routingAttributes } from './context';
import type { ContextSize } from './context';
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

/** Creates the conversation unless it is there, and tells the agent what was said before. */
export async function requestTransfer(
  { client, connector, size }: TransferDeps,
  user: EndUser,
  request: TransferRequest,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const chat = newChatState(user.sealed());
  const before = await client.entries(user, {}, signal);
  const standing: TransferStanding = before ? standingOf(before) : { kind: 'requested' };
  if (standing.kind === 'absent')
    return { kind: 'declined', reason: 'rejected', detail: 'the conversation was closed' };
  if (standing.kind === 'declined' || standing.kind === 'userLeft') return standing;
  if (!before) await client.create(user, routingAttributes(connector.routingAttributes, request), signal);
  const known = new Set(before?.map(({ id }) => id));
  const texts = contextMessages(request.context, connector.contextHeading, size);
  for (const [index, text] of texts.entries()) {
    const id = contextMessageId(user.conversation, index);
    if (!known.has(id) && (await client.send(user, { id, text }, signal)) !== 'sent') break;
  }
  return { ...standing, raw: { conversationId: user.conversation }, chat };
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
  signal: AbortSignal,
): Promise<TransferStanding> {
  const entries = user && (await client.entries(user, {}, signal));
  if (!entries || !user) return { kind: 'absent' };
  const standing = standingOf(entries);
  if (standing.kind === 'absent' || standing.kind === 'declined' || standing.kind === 'userLeft')
    return standing;
  return { ...standing, chat: newChatState(user.sealed()) };
}

/** Closes the conversation unless a human is there. */
export async function withdraw(
  deps: Pick<TransferDeps, 'client'>,
  user: EndUser | undefined,
  signal: AbortSignal,
): Promise<Withdrawal> {
  const standing = await lookUp(deps, user, signal);
  if (standing.kind === 'connected')
    return { kind: 'connected', ...(standing.agentId !== undefined && { agentId: standing.agentId }) };
  if (user && standing.kind !== 'absent') await deps.client.close(user, signal);
  return { kind: 'withdrawn' };
}
