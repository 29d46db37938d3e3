// Puts the simulator together: the vendor's HTTP with faults, the stream, and the control API, on one port.
import { handleControl } from '../../simulation/control';
import { createFaults } from '../../simulation/faults';
import { serve } from '../../simulation/server';
import type { ListenOptions } from '../../simulation/server';
import { createStateWriter, readState } from '../../simulation/state-file';
import { createTimers } from '../../simulation/timers';
import { controlOperations } from './control';
import { createConversations } from './conversations';
import { createStreams } from './streams';
import { handleVendor } from './vendor';
import type { Vendor } from './vendor';
import { createWorld, DEFAULT_WORLD } from './world';
import type { World, WorldSpec } from './world';

/** How to start a simulator. */
export interface MessagingSimulatorOptions extends ListenOptions {
  /** The demo's when absent. Not used when the state file exists. */
  readonly world?: WorldSpec;
  /** Where the org with its conversations is kept over restarts. */
  readonly stateFile?: string;
}

/** A running simulator. */
export interface MessagingSimulator {
  /** For {@link createMessagingControl}, and the connector's `scrtUrl`. */
  readonly url: string;
  /** Cuts every connection and writes the state file. */
  close(): Promise<void>;
}

/** Starts it. Rejects when the port is taken or the state file cannot be read. */
export async function startMessagingSimulator(
  options: MessagingSimulatorOptions = {},
): Promise<MessagingSimulator> {
  const { stateFile } = options;
  const known = stateFile === undefined ? undefined : readState<World>(stateFile);
  const world = known ?? createWorld(options.world ?? DEFAULT_WORLD);
  const { changed, close: writeState } = createStateWriter(stateFile, world);
  const timers = createTimers();
  const streams = createStreams(world);
  const conversations = createConversations({ world, streams, timers, changed });
  const vendor: Vendor = { world, conversations, streams, faults: createFaults(), requests: {}, changed };
  const operations = controlOperations(vendor, () => server.connections());
  const server = await serve(options, async (request) =>
    request.path.startsWith('/_control/')
      ? handleControl(operations, request)
      : handleVendor(vendor, request),
  );
  return {
    url: server.url,
    async close() {
      timers.close();
      streams.close();
      await server.close();
      writeState();
    },
  };
}
