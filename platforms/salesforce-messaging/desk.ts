// Messaging for In-App and Web as a desk: a conversation for each transfer, in which Baton speaks for the user. A human
// has joined when an agent is added to it.
import { randomUUID } from 'node:crypto';
import type { ConnectorConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import type { Call, ChatCapabilities, Desk, DeskCapabilities, DeskChat, TransferRef } from '../desk';
import { createEventStreams, createHttpClient, createRateLimiter } from '../http';
import type { PlatformContext } from '../platform';
import { readChatState } from './chat-state';
import { createMessagingClient } from './client';
import type { MessagingClient } from './client';
import { createEndUsers } from './end-users';
import type { EndUsers } from './end-users';
import { listen } from './listen';
import type { ListenDeps } from './listener';
import { readConnector } from './options';
import { sendMessages } from './send';
import { lookUp, requestTransfer, withdraw } from './transfer';

const MAX_CHARS = 4_000;
const CONTEXT = { inlineChars: 255, messages: 4 } as const;
/** Each chat holds a stream. */
const MAX_STREAMS = 5_000;

const CHAT: ChatCapabilities = {
  always: true,
  maxChars: MAX_CHARS,
  perMinute: 22,
  attachments: 'as_link',
  typing: { toAgent: true, toUser: true },
  repeats: 'read_back',
  resumes: 'read_back',
  context: CONTEXT,
};

/** What Messaging can do as a desk. */
export const MESSAGING_CAPABILITIES: DeskCapabilities = {
  targets: ['queue', 'skill', 'agent', 'flow'],
  carriesMessage: false,
  events: 'stream',
  confirmsConnection: true,
  settlesUnknownBy: 'client_made_id',
  chat: CHAT,
};

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for a connector at fault. */
export function createMessagingDesk(configuration: ConnectorConfiguration, context: PlatformContext): Desk {
  const connector = readConnector(configuration);
  const http = createHttpClient(connector);
  const streams = createEventStreams({
    ...connector,
    silenceMs: connector.heartbeatTimeoutMs,
    maxStreams: MAX_STREAMS,
  });
  const limiter = createRateLimiter(connector.rateLimit);
  const users = createEndUsers({ tenant: context.tenant, connector, http, limiter });
  const client = createMessagingClient({ connector, http, streams, limiter });
  const size = { messages: CONTEXT.messages, maxChars: MAX_CHARS };
  const deps = { client, connector, size, log: context.log };
  return {
    capabilities: MESSAGING_CAPABILITIES,
    async check(_target, { signal }) {
      const hours = await client.businessHours(signal);
      const now = Date.now();
      const isOpen = hours.some(({ from, to }) => from <= now && now < to);
      return { exists: 'unknown', available: hours.length === 0 ? 'unknown' : isOpen ? 'yes' : 'no' };
    },
    async requestTransfer(request, { signal }) {
      return requestTransfer(deps, await users.findOrMake(request, signal), request, signal);
    },
    lookUp: (ref, { signal }) => lookUp(deps, users.find(ref), ref, signal),
    withdraw: (ref, { signal }) => withdraw(deps, users.find(ref), ref, signal),
    chat: createChat(deps, client, users),
    async close() {
      await Promise.all([http.close(), streams.close()]);
    },
  };
}

function createChat(deps: ListenDeps, client: MessagingClient, users: EndUsers): DeskChat {
  return {
    send(ref, batch, { signal }) {
      const user = users.find(ref);
      return user ? sendMessages(client, user, batch, signal) : Promise.resolve({ taken: 0, gone: true });
    },
    async listen(ref, deliver, { signal }: Call) {
      const user = users.find(ref);
      if (!user) throw lost(ref);
      await listen(deps, { user, state: readChatState(ref.chat), deliver, signal });
      users.forget(ref.transferId);
    },
    async close(ref, { signal }) {
      const user = users.find(ref);
      if (user) await client.close(user, signal);
    },
    async typing(ref, writes, { signal }) {
      const user = users.find(ref);
      if (user) await client.typing(user, randomUUID(), writes, signal);
    },
  };
}

function lost({ transferId }: TransferRef): BatonError {
  return new BatonError('ESC_PLATFORM_REJECTED', `nobody holds the guest's token of transfer ${transferId}`);
}
