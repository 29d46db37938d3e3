// Where a relayed chat stands, for operators: counts, never what was written.
import type { ChatEnd } from './chat';
import type { RelayState } from './relay';
import type { Lane } from './relay-lane';

/** One direction. A long message counts once for each of its parts. */
export interface LaneStatus {
  readonly carried: number;
  readonly undelivered: number;
  readonly waiting: number;
}

/** See the file's comment. */
export interface RelayStatus {
  readonly toAgent: LaneStatus;
  readonly toUser: LaneStatus;
  readonly agentName?: string;
  readonly ended?: ChatEnd;
}

/** The status of a relay. */
export function relayStatus({ toAgent, toUser, waiting, agentName, end }: RelayState): RelayStatus {
  return {
    toAgent: laneStatus(toAgent, waiting.length),
    toUser: laneStatus(toUser, 0),
    ...(agentName !== undefined && { agentName }),
    ...(end && { ended: end }),
  };
}

function laneStatus({ settled, givenUp, queue }: Lane, notYetAccepted: number): LaneStatus {
  return { carried: settled - givenUp, undelivered: givenUp, waiting: queue.length + notYetAccepted };
}
