// Requests that are held open on order, so that a session has one being processed for as long as a test likes.

/** Which request to hold: the next one that fits. */
export interface HoldOrder {
  /** Its kind, as faults name it. Absent: any. */
  readonly on?: string | undefined;
  readonly sessionId?: string | undefined;
}

/** See the file's comment. */
export interface Holds {
  order(order: HoldOrder): void;
  /** Lets every held request go on, and forgets orders. */
  release(): void;
  /** Requests that are held now. */
  held(): number;
  /** Resolves at once, or at the release. */
  pass(kinds: readonly string[], sessionId: string | undefined): Promise<void>;
}

/** No holds at first. */
export function createHolds(): Holds {
  const orders: HoldOrder[] = [];
  const waiting = new Set<() => void>();
  return {
    order: (order) => void orders.push(order),
    release() {
      orders.splice(0);
      for (const goOn of waiting) goOn();
      waiting.clear();
    },
    held: () => waiting.size,
    async pass(kinds, sessionId) {
      const at = orders.findIndex(
        (order) =>
          (order.on === undefined || kinds.includes(order.on)) &&
          (order.sessionId === undefined || order.sessionId === sessionId),
      );
      if (at < 0) return;
      orders.splice(at, 1);
      await new Promise<void>((resolve) => waiting.add(resolve));
    },
  };
}
