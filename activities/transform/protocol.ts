// What the pool and a runner process say to each other. A runner has run foreign code, so the pool believes
// nothing that it says: every answer is checked here, and an answer that does not fit counts as a dead process.

/** One run, pool to runner. Everything the script sees is in `input`, as JSON text. */
export interface RunnerJob {
  readonly id: number;
  readonly source: string;
  /** JSON of {@link GuestInput}. */
  readonly input: string;
  /** What the script's clock shows, all the time; epoch milliseconds. */
  readonly now: number;
  readonly deadlineMs: number;
  readonly memoryBytes: number;
  readonly stackBytes: number;
  readonly outputBytes: number;
}

/** What the code inside the engine starts from. */
export interface GuestInput {
  /** Pairs, not an object: a name such as `__proto__` stays a plain name. */
  readonly variables: readonly (readonly [name: string, value: unknown])[];
  readonly resultName: string;
  readonly jsonData: string;
  readonly status: number;
  readonly conversationId: string;
  readonly userMessage: string | null;
  /** Four 32-bit words that seed Math.random. */
  readonly seed: readonly [number, number, number, number];
}

/** Why a run gave no output. */
export const RUN_FAILURES = ['threw', 'timed_out', 'out_of_memory', 'too_large', 'trapped'] as const;
export type RunFailure = (typeof RUN_FAILURES)[number];

/** One answer, runner to pool. */
export type RunnerAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly output: string; readonly rssBytes: number }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly reason: RunFailure;
      /** One of the engine's own error names. */
      readonly name: string;
      /** Line of the script; 0: not known. */
      readonly line: number;
      /** A vendor function that a result script does not have, when calling it was the failure. */
      readonly missing: string;
      readonly rssBytes: number;
    };

/** Reads a runner's message; undefined when it is not one. */
export function readRunnerAnswer(message: unknown): RunnerAnswer | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { kind, id, output, reason, name, line, missing, rssBytes } = message as Record<string, unknown>;
  if (kind === 'ready') return { kind };
  if (typeof id !== 'number' || typeof rssBytes !== 'number') return undefined;
  if (kind === 'done' && typeof output === 'string') return { kind, id, output, rssBytes };
  if (kind !== 'failed' || !isRunFailure(reason)) return undefined;
  if (typeof name !== 'string' || typeof missing !== 'string') return undefined;
  if (typeof line !== 'number' || !Number.isSafeInteger(line)) return undefined;
  return { kind, id, reason, name, line, missing, rssBytes };
}

function isRunFailure(value: unknown): value is RunFailure {
  return RUN_FAILURES.some((reason) => reason === value);
}
