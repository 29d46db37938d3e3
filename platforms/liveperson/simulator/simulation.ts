// What the parts of the simulator share: one value, made by server.ts and handed to every handler.
import type { ConsumerTokens } from './consumer-tokens';
import type { Counters } from './counters';
import type { Faults } from './faults';
import type { Notifier } from './notifications';
import type { Routing } from './routing';
import type { Sessions } from './sessions';
import type { Sockets } from './sockets';
import type { Timers } from '../../simulation/timers';
import type { World } from './world';

/** A line of the simulator's log: names of requests and ids, never texts or credentials. */
export type SimulatorLog = (event: string, fields: Record<string, unknown>) => void;

/** The running simulator. */
export interface Simulation {
  readonly world: World;
  readonly timers: Timers;
  readonly faults: Faults;
  readonly sessions: Sessions;
  readonly consumers: ConsumerTokens;
  readonly sockets: Sockets;
  readonly notifier: Notifier;
  readonly routing: Routing;
  readonly counters: Counters;
  readonly log: SimulatorLog;
  /** The state file has to be written. */
  readonly changed: () => void;
  /** `host:port` as the domain lookup gives it. */
  readonly authority: () => string;
}
