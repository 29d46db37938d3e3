// How many calls a caller may make in a window of time. In memory, for this process.
import { createHmac, randomBytes } from 'node:crypto';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** What is left after a call. */
export interface Allowance {
  readonly allowed: boolean;
  /** Calls left in this window. */
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetMs: number;
}

/** Counts calls by name. */
export interface RateLimit {
  /** Counts one call. */
  take(name: string): Promise<Allowance>;
}

/** At most `requests` calls of one name in `perMs`. Takes memory for each name: see {@link createShards}. */
export function createRateLimit(limit: { readonly requests: number; readonly perMs: number }): RateLimit {
  const limiter = new RateLimiterMemory({ points: limit.requests, duration: limit.perMs / 1_000 });
  const toAllowance = (allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): Allowance => ({
    allowed,
    remaining: remainingPoints,
    resetMs: msBeforeNext,
  });
  return {
    take: async (name) => {
      try {
        return toAllowance(true, await limiter.consume(name));
      } catch (error) {
        if (error instanceof Error) throw error;
        return toAllowance(false, error as RateLimiterRes);
      }
    },
  };
}

/**
 * Names that strangers choose, as one of `count` shards: bounded memory whatever names come. Two names may share a
 * shard; which ones nobody outside can tell.
 */
export function createShards(count: number): (name: string) => number {
  const salt = randomBytes(32);
  return (name) => createHmac('sha256', salt).update(name).digest().readUInt32BE(0) % count;
}
