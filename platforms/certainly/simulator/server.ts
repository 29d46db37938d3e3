// Puts the simulator together: the platform's HTTP with faults, the users' WebSocket, and the control API, on one port.
import { createFaults } from '../../simulation/faults';
import { handleControl } from '../../simulation/control';
import { serve } from '../../simulation/server';
import type { ListenOptions } from '../../simulation/server';
import { controlOperations, type Controlled } from './control';
import { createConversations } from './conversations';
import { createSockets } from './sockets';
import { handleVendor, resourceOf } from './vendor';
import { createWebhooks } from './webhooks';
import { createWorld, DEFAULT_WORLD, type WorldSpec } from './world';

/** How to start a simulator. */
export interface CertainlySimulatorOptions extends ListenOptions {
  /** The demo's when absent. */
  readonly world?: WorldSpec;
}

/** A running simulator. */
export interface CertainlySimulator {
  /** For the bot's `baseUrl`, for users, and for {@link createCertainlyControl}. */
  readonly url: string;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** Starts it. Rejects when the port is taken or the world has faults. */
export async function startCertainlySimulator(
  options: CertainlySimulatorOptions = {},
): Promise<CertainlySimulator> {
  const world = createWorld({ ...DEFAULT_WORLD, ...options.world });
  const webhooks = createWebhooks(world);
  const sockets = createSockets(world, () => ({
    opened: (userId) => conversations.connected(userId),
    wrote: (user, said) => conversations.userWrites(user, said),
  }));
  const conversations = createConversations({
    world,
    webhooks,
    show: (user, line) => sockets.show(user, line),
  });
  const controlled: Controlled = {
    world,
    conversations,
    faults: createFaults(),
    requests: {},
    sockets: (user) => sockets.open(user),
    connections: () => server.connections(),
  };
  const operations = controlOperations(controlled);
  const server = await serve(
    options,
    async (request) => {
      if (request.path.startsWith('/_control/')) return handleControl(operations, request);
      const resource = resourceOf(request);
      controlled.requests[resource] = (controlled.requests[resource] ?? 0) + 1;
      return controlled.faults.strike(resource, () => handleVendor(controlled, request));
    },
    (...request) => sockets.upgrade(...request),
  );
  return {
    url: server.url,
    async close() {
      sockets.close();
      await webhooks.close();
      await server.close();
    },
  };
}
