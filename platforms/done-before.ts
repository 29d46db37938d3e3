// Remembers what was acknowledged, for an API that cannot tell a repeat. Of this process only, and bounded: it spares
// the user what a retry of several messages would say again, and promises nothing over a crash.

const MAX_REMEMBERED = 10_000;

/** See the file's comment. */
export interface DoneBefore {
  has(key: string): boolean;
  add(key: string): void;
}

/** Nothing is remembered at first; past the bound the oldest is forgotten. */
export function createDoneBefore(): DoneBefore {
  const done = new Set<string>();
  return {
    has: (key) => done.has(key),
    add(key) {
      done.add(key);
      const oldest = done.values().next();
      if (done.size > MAX_REMEMBERED && !oldest.done) done.delete(oldest.value);
    },
  };
}
