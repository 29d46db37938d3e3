// Named timers of the simulated world, so that one can be cancelled by its name and all end with the server.

/** A set of named timers. Setting a name again replaces its timer. */
export interface Timers {
  set(name: string, afterMs: number, run: () => void): void;
  cancel(name: string): void;
  close(): void;
}

/** See {@link Timers}. Nothing runs after `close`. */
export function createTimers(): Timers {
  const pending = new Map<string, NodeJS.Timeout>();
  let closed = false;
  const cancel = (name: string): void => {
    clearTimeout(pending.get(name));
    pending.delete(name);
  };
  return {
    set(name, afterMs, run) {
      if (closed) return;
      cancel(name);
      const timer = setTimeout(
        () => {
          pending.delete(name);
          run();
        },
        // Longer waits overflow into an immediate timer.
        Math.min(Math.max(afterMs, 0), 2_147_483_647),
      );
      pending.set(name, timer);
    },
    cancel,
    close() {
      closed = true;
      for (const timer of pending.values()) clearTimeout(timer);
      pending.clear();
    },
  };
}
