// Puts the simulator together: the platform's HTTP with faults, its events, and the control API, on one port.
import { handleControl } from '../../simulation/control';
import { createFaults } from '../../simulation/faults';
import { serve } from '../../simulation/server';
import type { ListenOptions } from '../../simulation/server';
import { createStateWriter, readState } from '../../simulation/state-file';
import { takeCall, type Reach } from './callbacks';
import { controlOperations } from './control';
import { createHappenings } from './events';
import { createWorld } from './world';
import type { World, WorldSpec } from './world';

/** How to start a simulator. */
export interface KoreSimulatorOptions extends ListenOptions {
  /** Every default when absent; not used when the state file exists. `callbackUrl` may be set later, by control. */
  readonly settings?: WorldSpec;
  /** Where the platform with its users is kept over restarts. */
  readonly stateFile?: string;
}

/** A running simulator. */
export interface KoreSimulator {
  /** For {@link createKoreControl}, and the bot's `options.host`. */
  readonly url: string;
  /** Cuts every connection and writes the state file. */
  close(): Promise<void>;
}

/** Starts it. Rejects when the port is taken or the state file cannot be read. */
export async function startKoreSimulator(options: KoreSimulatorOptions = {}): Promise<KoreSimulator> {
  const { stateFile, settings } = options;
  const known = stateFile === undefined ? undefined : readState<World>(stateFile);
  const world = known ?? createWorld(settings);
  const { changed, close: writeState } = createStateWriter(stateFile, world);
  const happenings = createHappenings(world, () => server.url, changed);
  const reach: Reach = { world, happenings, faults: createFaults(), changed };
  const operations = controlOperations(reach, () => server.connections());
  const server = await serve(options, async (request) => {
    if (!request.path.startsWith('/_control/')) return takeCall(reach, request);
    const controlled = handleControl(operations, request);
    return controlled.kind === 'answer' ? { ...controlled, body: (await controlled.body) ?? {} } : controlled;
  });
  return {
    url: server.url,
    async close() {
      await happenings.close();
      await server.close();
      writeState();
    },
  };
}
