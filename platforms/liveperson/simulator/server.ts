// Puts the parts together: one port serves the vendor's HTTP, the agent WebSocket and the control API.
import type { AddressInfo, Socket } from 'node:net';
import { connectControl } from './control-client';
import { createControlHandler } from './control-routes';
import type { LivePersonControl } from './control-schema';
import { createConsumerTokens } from './consumer-tokens';
import { createCounters } from './counters';
import { DEFAULT_WORLD } from './default-world';
import { createFaults } from './faults';
import { createHttpServer } from './http-server';
import { createNotifier } from './notifications';
import { createRouting } from './routing';
import { createSessions } from './sessions';
import type { Simulation, SimulatorLog } from './simulation';
import { createSockets } from './sockets';
import { createStateWriter, readState } from '../../simulation/state-file';
import { createTimers } from '../../simulation/timers';
import { createWorld } from './world';
import type { World } from './world';
import type { WorldSpec } from './world-schema';
import { createWsServer } from './ws-server';

/** How to start a simulator. */
export interface SimulatorOptions {
  /** Any free port when absent. */
  readonly port?: number;
  /** `127.0.0.1` when absent. */
  readonly host?: string;
  /** The demo's world when absent. Not used when the state file exists. */
  readonly world?: WorldSpec;
  /** Where the world is kept over restarts. Sessions are not: everybody logs in again. */
  readonly stateFile?: string;
  readonly log?: SimulatorLog;
}

/** A running simulator. */
export interface LivePersonSimulator {
  /** Base of everything, e.g. `http://127.0.0.1:4800`. */
  readonly url: string;
  readonly port: number;
  readonly control: LivePersonControl;
  /** Cuts every connection and writes the state file. */
  close(): Promise<void>;
}

/** Starts a simulator on loopback. Rejects when the port is taken or the state file cannot be read. */
export async function startLivePersonSimulator(options: SimulatorOptions = {}): Promise<LivePersonSimulator> {
  const host = options.host ?? '127.0.0.1';
  const known = options.stateFile === undefined ? undefined : readState<World>(options.stateFile);
  const world = known ?? createWorld(options.world ?? DEFAULT_WORLD);
  const writer = createStateWriter(options.stateFile, world);
  const faults = createFaults();
  const sockets = createSockets(faults);
  const timers = createTimers();
  const notifier = createNotifier({ sockets, changed: writer.changed });
  const hasSocket = (accountId: string, userId: string): boolean => sockets.of(accountId, userId).length > 0;
  const simulation: Simulation = {
    world,
    timers,
    faults,
    sockets,
    notifier,
    sessions: createSessions(),
    consumers: createConsumerTokens(),
    routing: createRouting({ timers, notifier, hasSocket }),
    counters: createCounters(),
    log: options.log ?? (() => undefined),
    changed: writer.changed,
    authority: () => `${host}:${String(port)}`,
  };
  const http = createHttpServer(simulation, createControlHandler(simulation));
  const agents = createWsServer(simulation);
  http.on('upgrade', agents.upgrade);
  // An upgrade that was left hanging belongs to nobody, and would keep the server from closing.
  const connections = new Set<Socket>();
  http.on('connection', (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.port ?? 0, host, resolve);
  });
  const { port } = http.address() as AddressInfo;
  for (const account of Object.values(world.accounts)) simulation.routing.resume(account);
  const url = `http://${host}:${String(port)}`;
  return {
    url,
    port,
    control: connectControl(url),
    async close() {
      timers.close();
      agents.close();
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      for (const connection of connections) connection.destroy();
      await closed;
      writer.close();
    },
  };
}
