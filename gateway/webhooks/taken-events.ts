// Remembers for a while which events of platforms were taken, so that a repeated delivery costs no second signal. It is
// a short cut only: the workflow drops what it knows too, also after a restart of the gateway.
import { createHash } from 'node:crypto';
import type { EventFate } from '../metrics';

/** How many events a gateway process remembers. */
const REMEMBERED = 20_000;

/** The memory. */
export interface TakenEvents {
  /**
   * Has the event of this name taken once, also when it comes twice at the same time. `take` says whether an open
   * escalation took it; what it throws is thrown here, and the event is as new as before.
   */
  once(name: readonly string[], take: () => Promise<boolean>): Promise<EventFate>;
}

/** An empty memory of at most `limit` events; the one taken longest ago is forgotten first. */
export function createTakenEvents(limit: number = REMEMBERED): TakenEvents {
  const taken = new Map<string, Promise<boolean>>();
  return {
    async once(name, take) {
      // Ids are as long as a platform likes; their digests are not.
      const key = createHash('sha256').update(JSON.stringify(name)).digest('base64');
      const earlier = taken.get(key);
      if (earlier) return (await earlier) ? 'duplicate' : 'unmatched';
      const taking = take();
      taken.set(key, taking);
      for (const [oldest] of taken) {
        if (taken.size <= limit) break;
        taken.delete(oldest);
      }
      let isTaken = false;
      try {
        isTaken = await taking;
      } finally {
        if (!isTaken && taken.get(key) === taking) taken.delete(key);
      }
      return isTaken ? 'taken' : 'unmatched';
    },
  };
}
