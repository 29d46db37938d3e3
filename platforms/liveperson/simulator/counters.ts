// Counts of what arrived, by type: `http:<route>`, `ws:<frame type>`, `upgrade`. Faulted requests count too.

/** See {@link createCounters}. */
export interface Counters {
  add(name: string): void;
  read(): Record<string, number>;
  reset(): void;
}

/** Counters that begin at nothing. */
export function createCounters(): Counters {
  const counts = new Map<string, number>();
  return {
    add: (name) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    read: () => Object.fromEntries(counts),
    reset: () => counts.clear(),
  };
}
