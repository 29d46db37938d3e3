// Remembers which scripts had to be killed, by hash: a script that hangs a process again and again is not
// given another for a while. Kept for this process only; other workers make their own experience.

/** Counts kills and says which scripts are disabled. */
export interface KillRecord {
  /** Epoch milliseconds until which the script is disabled; undefined: it may run. */
  disabledUntil(hash: string): number | undefined;
  recordKill(hash: string): void;
}

/** What a {@link KillRecord} needs. */
export interface KillRecordOptions {
  readonly killsUntilDisabled: number;
  readonly disabledMs: number;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

interface Entry {
  kills: number;
  /** When the count starts anew. */
  forgetAt: number;
}

/** So many scripts are remembered; the one longest without a kill is forgotten first. */
const MAX_ENTRIES = 1_000;

/** A record with nothing in it. */
export function createKillRecord({ killsUntilDisabled, disabledMs, clock }: KillRecordOptions): KillRecord {
  const entries = new Map<string, Entry>();
  const current = (hash: string): Entry | undefined => {
    const entry = entries.get(hash);
    if (entry === undefined || entry.forgetAt > clock()) return entry;
    entries.delete(hash);
    return undefined;
  };
  return {
    disabledUntil: (hash) => {
      const entry = current(hash);
      return entry !== undefined && entry.kills >= killsUntilDisabled ? entry.forgetAt : undefined;
    },
    recordKill: (hash) => {
      const kills = (current(hash)?.kills ?? 0) + 1;
      entries.delete(hash);
      entries.set(hash, { kills, forgetAt: clock() + disabledMs });
      const [oldest] = entries.keys();
      if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
    },
  };
}
