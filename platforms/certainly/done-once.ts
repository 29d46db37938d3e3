// Remembers what was acknowledged, for an API that cannot tell a repeat. Of this process only, and bounded: it spares
// the user what a retry of several messages would say again, and promises nothing over a crash.

const MAX_REMEMBERED = 10_000;

/** See the file's comment. */
export interface DoneOnce {
  /** Runs the deed unless it was done under this key; a deed that throws was not. */
  run(key: string, deed: () => Promise<void>): Promise<void>;
}

/** Nothing is remembered at first. */
export function createDoneOnce(): DoneOnce {
  const done = new Set<string>();
  return {
    async run(key, deed) {
      if (done.has(key)) return;
      await deed();
      done.add(key);
      const oldest = done.values().next();
      if (done.size > MAX_REMEMBERED && !oldest.done) done.delete(oldest.value);
    },
  };
}
