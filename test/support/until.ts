// Waits for a condition instead of a time. The limit only bounds how long a failing test takes.

/** Options of {@link until}. */
export interface UntilOptions {
  /** @default 45000 */
  readonly timeoutMs?: number;
  /** @default 40 */
  readonly pollMs?: number;
}

/** Asks until there is an answer that is neither undefined nor false; what `ask` throws ends the wait. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  options: UntilOptions = {},
): Promise<T> {
  const { timeoutMs = 45_000, pollMs = 40 } = options;
  const deadlineAt = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadlineAt) throw new Error(`waited ${timeoutMs / 1_000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
