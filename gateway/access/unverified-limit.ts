// How many requests of platforms that could not be verified are answered, by the address that they come from. Good ones
// always pass: whoever guesses, even from the same address, locks nobody out.
import type { FastifyRequest } from 'fastify';
import { BatonError } from '../../domain/errors';
import { createRateLimit, createShards } from './rate-limit';
import { networkOf } from './remote-network';

/** Bad ones from one address in a minute before the answer is 429. */
export const UNVERIFIED_ALLOWED = 60;
const MINUTE_MS = 60_000;
const ADDRESS_SHARDS = 16_384;

/** Counts one that could not be verified; what to answer instead beyond the limit. */
export type UnverifiedLimit = (request: FastifyRequest) => Promise<BatonError | undefined>;

/** The limit of some routes of one gateway process. */
export function createUnverifiedLimit(): UnverifiedLimit {
  const limit = createRateLimit({ requests: UNVERIFIED_ALLOWED, perMs: MINUTE_MS });
  const shardOf = createShards(ADDRESS_SHARDS);
  return async ({ socket }) => {
    const { allowed, resetMs } = await limit.take(String(shardOf(networkOf(socket.remoteAddress))));
    if (allowed) return undefined;
    const detail = 'too many calls from this address that could not be verified';
    return new BatonError('ESC_RATE_LIMITED', detail, { retryAfterMs: resetMs });
  };
}
