// Puts the simulator together: the vendor's HTTP with faults, and the control API, on one port.
import { createFaults } from '../../simulation/faults';
import { handleControl } from '../../simulation/control';
import { answerText, serve } from '../../simulation/server';
import type { ListenOptions, SimulatorAnswer, SimulatorRequest } from '../../simulation/server';
import { createStateWriter, readState } from '../../simulation/state-file';
import { createTimers } from '../../simulation/timers';
import { createChats } from './chats';
import type { Chats } from './chats';
import { controlOperations } from './control';
import type { Controlled } from './control';
import { createOutbox } from './outbox';
import { createRouting } from './routing';
import { isBadJson, resourcesAt } from './vendor';
import { createWorld, DEFAULT_WORLD } from './world';
import type { World, WorldSpec } from './world';

/** How to start a simulator. */
export interface LiveAgentSimulatorOptions extends ListenOptions {
  /** The demo's when absent. Not used when the state file exists. */
  readonly world?: WorldSpec;
  /** Where the org with its chats is kept over restarts. */
  readonly stateFile?: string;
}

/** A running simulator. */
export interface LiveAgentSimulator {
  /** For {@link createLiveAgentControl}. */
  readonly url: string;
  /** For the client: `<url>/chat/rest`. */
  readonly baseUrl: string;
  /** Cuts every connection and writes the state file. */
  close(): Promise<void>;
}

/** Starts it. Rejects when the port is taken or the state file cannot be read. */
export async function startLiveAgentSimulator(
  options: LiveAgentSimulatorOptions = {},
): Promise<LiveAgentSimulator> {
  const { stateFile } = options;
  const known = stateFile === undefined ? undefined : readState<World>(stateFile);
  const world = known ?? createWorld(options.world ?? DEFAULT_WORLD);
  const { changed, close: writeState } = createStateWriter(stateFile, world);
  const timers = createTimers();
  const terminate: Chats['terminate'] = (chat, by) => chats.terminate(chat, by);
  const outbox = createOutbox({ world, timers, changed, terminate });
  const routing = createRouting({ world, timers, outbox });
  const chats = createChats({ world, outbox, routing, changed });
  const faults = createFaults();
  const connections = (): number => server.connections();
  const controlled = {
    world,
    chats,
    outbox,
    routing,
    faults,
    requests: {},
    running: 0,
    changed,
    connections,
  };
  const operations = controlOperations(controlled);
  routing.resume();
  const server = await serve(options, async (request) =>
    request.path.startsWith('/_control/')
      ? handleControl(operations, request)
      : handleVendor(controlled, request),
  );
  return {
    url: server.url,
    baseUrl: `${server.url}/chat/rest`,
    async close() {
      timers.close();
      outbox.close();
      await server.close();
      writeState();
    },
  };
}

async function handleVendor(controlled: Controlled, request: SimulatorRequest): Promise<SimulatorAnswer> {
  const there = resourcesAt(request.path);
  const resource = there.find(({ method }) => method === request.method);
  const name = resource?.name ?? 'unknown';
  controlled.requests[name] = (controlled.requests[name] ?? 0) + 1;
  controlled.running += 1;
  const answered = controlled.faults.strike(name, () => {
    if (!resource) return answerText(there.length > 0 ? 405 : 404, 'No such resource');
    if (request.headers['x-liveagent-api-version'] === undefined) return answerText(400, 'No API version');
    if (isBadJson(request)) return answerText(400, 'The body is not JSON');
    const effect = resource.handle(controlled, request);
    controlled.changed();
    return effect;
  });
  return answered.finally(() => {
    controlled.running -= 1;
  });
}
