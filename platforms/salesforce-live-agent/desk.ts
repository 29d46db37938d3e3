// Live Agent as a desk: a chat for each transfer, in which Baton speaks for the user. Asking for a transfer only opens a
// session, which nobody sees; its key stands in the workflow before its listener asks for the chat, so that whatever
// dies in between, nobody is asked twice.
import type { ConnectorConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import type { Target } from '../../domain/target';
import type { Desk, DeskChat, TargetCheck, TransferRef, TransferStanding, Withdrawal } from '../desk';
import type { PlatformContext } from '../platform';
import { LIVE_AGENT_CAPABILITIES } from './capabilities';
import type { AvailabilityResult } from './availability';
import type { ChatSession } from './chat-session';
import { readChatState } from './chat-state';
import type { LiveAgentState } from './chat-state';
import { createLiveAgentClient } from './client';
import type { LiveAgentClient } from './client';
import { openingOf } from './context';
import { LAST_NUMBER, listen } from './listen';
import { readConnector } from './options';
import type { LiveAgentConnector } from './options';
import { createPollers } from './pollers';
import type { Pollers } from './pollers';
import { createPoster } from './poster';
import type { Poster } from './poster';
import { seal, unseal } from './seal';
import { sendMessages } from './send';

/** A call that an installation does not have, or has otherwise. */
const UNANSWERED: readonly string[] = ['ESC_PLATFORM_REJECTED', 'ESC_PLATFORM_PROTOCOL'];

interface Runtime {
  readonly connector: LiveAgentConnector;
  readonly client: LiveAgentClient;
  readonly pollers: Pollers;
  readonly poster: Poster;
  readonly context: PlatformContext;
}

/** A chat that the workflow knows. */
interface Known {
  readonly state: LiveAgentState;
  readonly session: ChatSession;
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for a connector at fault. */
export function createLiveAgentDesk(configuration: ConnectorConfiguration, context: PlatformContext): Desk {
  const connector = readConnector(configuration);
  const client = createLiveAgentClient(connector);
  const pollers = createPollers();
  const poster = createPoster(client, pollers.wake);
  const runtime: Runtime = { connector, client, pollers, poster, context };
  return {
    capabilities: LIVE_AGENT_CAPABILITIES,
    check: async (target, { signal }) =>
      checkOf(target, await client.availability(idsOf(target), { signal })),
    async requestTransfer(request, { signal }) {
      const known = readChatState(request.chat);
      if (known) return { kind: 'requested', chat: known };
      const baseUrl = await podOf(client, request.target, signal);
      const session = await client.openSession({ signal, ...(baseUrl !== undefined && { baseUrl }) });
      const opening = openingOf(connector, request);
      const chat: LiveAgentState = {
        generation: 1,
        session: seal(session, connector.sealer, request.transferId),
        phase: 'opened',
        ...opening,
        contextLines: opening.context.length,
        said: 0,
        told: 0,
      };
      return { kind: 'requested', chat };
    },
    lookUp: (ref, { signal }) => lookUp(runtime, ref, signal),
    withdraw: (ref, { signal }) => withdraw(runtime, ref, signal),
    chat: createChat(runtime),
    close: () => client.close(),
  };
}

function createChat(runtime: Runtime): DeskChat {
  const { client, poster, pollers, connector, context } = runtime;
  return {
    async send(ref, batch, { signal }) {
      const known = knownOf(runtime, ref);
      return known ? sendMessages(poster, { ...known, ...batch }, signal) : { taken: 0, gone: true };
    },
    async listen(ref, deliver, { signal }) {
      const known = knownOf(runtime, ref);
      if (!known) throw new BatonError('ESC_PLATFORM_REJECTED', 'nobody holds the key of this chat');
      const place = await pollers.enter(known.session.id);
      try {
        await listen(
          { client, connector, poster, log: context.log },
          { ref, ...known, place, deliver, signal },
        );
        poster.forget(known.session.id);
      } finally {
        place.leave();
      }
    },
    async close(ref, { signal }) {
      const known = knownOf(runtime, ref);
      if (known && known.state.phase !== 'over') await end(client, known.session, signal);
    },
  };
}

function knownOf({ connector }: Runtime, { chat, transferId }: TransferRef): Known | undefined {
  const state = readChatState(chat);
  return state && { state, session: unseal(state.session, connector.sealer, transferId) };
}

async function lookUp(runtime: Runtime, ref: TransferRef, signal: AbortSignal): Promise<TransferStanding> {
  const known = knownOf(runtime, ref);
  // Without a key nobody was asked, and nobody will be.
  if (!known || known.state.phase === 'over') return { kind: 'absent' };
  if (!(await runtime.client.exists(known.session, { signal }))) return { kind: 'absent' };
  const { phase, agentId } = known.state;
  const chat = known.state;
  if (phase === 'connected') return { kind: 'connected', ...(agentId !== undefined && { agentId }), chat };
  return { kind: phase === 'asked' ? 'queued' : 'requested', chat };
}

/** The pod where the chat has to begin, where the vendor answers that. */
async function podOf(
  client: LiveAgentClient,
  target: Target,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await client.availability(idsOf(target), { signal })).baseUrl;
  } catch (error) {
    if (error instanceof BatonError && UNANSWERED.includes(error.code)) return undefined;
    throw error;
  }
}

/** An agent who accepts at this moment sees the visitor leave: only the chat's listener hears of agents. */
async function withdraw(runtime: Runtime, ref: TransferRef, signal: AbortSignal): Promise<Withdrawal> {
  const standing = await lookUp(runtime, ref, signal);
  if (standing.kind === 'connected')
    return { kind: 'connected', ...(standing.agentId !== undefined && { agentId: standing.agentId }) };
  const known = knownOf(runtime, ref);
  if (known && standing.kind !== 'absent') await end(runtime.client, known.session, signal);
  return { kind: 'withdrawn' };
}

function end(client: LiveAgentClient, session: ChatSession, signal: AbortSignal): Promise<void> {
  return client.end(session, { signal, sequence: LAST_NUMBER, isRepeat: false });
}

function idsOf({ id, agentId }: Target): readonly string[] {
  return agentId === undefined ? [id] : [id, agentId];
}

function checkOf({ kind, id, agentId }: Target, { byId }: AvailabilityResult): TargetCheck {
  const isThere = (one: string): 'yes' | 'no' => (byId[one]?.isAvailable ? 'yes' : 'no');
  const agent = kind === 'skill' && agentId !== undefined ? isThere(agentId) : undefined;
  // A button with nobody but the agent who was asked for is as good as one with somebody.
  const available = agent === 'yes' ? 'yes' : isThere(id);
  return { exists: 'unknown', available, ...(agent && { agent }) };
}
