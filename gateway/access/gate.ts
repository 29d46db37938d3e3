// The gate before every route that asks who is calling: finds out, counts the call, and lets it pass before its body is
// read. Right keys always pass: whoever guesses, even from the same address, locks nobody out. What is limited is how
// many wrong ones are answered; keys are too long to be found by any number of guesses.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import type { Access, Caller } from './caller';
import { createRateLimit, createShards, type Allowance } from './rate-limit';
import { networkOf } from './remote-network';

/** Wrong keys and tokens from one address, in {@link FAILURES_PER_MS}, before the answer is 429. */
export const FAILURES_ALLOWED = 60;
const FAILURES_PER_MS = 60_000;
const FAILURE_SHARDS = 16_384;
/** Subjects of one tenant's tokens: a tenant's identity provider may make as many as it likes. */
const SUBJECT_SHARDS = 1_024;

/** See the file's comment. Both set the `RateLimit` headers of the reply. */
export interface Gate {
  /** @throws BatonError `ESC_KEY_UNKNOWN`, `ESC_IDENTITY_PROVIDER_UNAVAILABLE`, `ESC_RATE_LIMITED` */
  tenant(request: FastifyRequest, reply: FastifyReply): Promise<Caller>;
  /** @throws BatonError `ESC_KEY_UNKNOWN`, `ESC_RATE_LIMITED` */
  operator(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

/** The gate of one gateway process. */
export function createGate(access: Access, { rateLimit }: Pick<GatewayConfiguration, 'rateLimit'>): Gate {
  const calls = createRateLimit(rateLimit);
  const failures = createRateLimit({ requests: FAILURES_ALLOWED, perMs: FAILURES_PER_MS });
  const [failureShard, subjectShard] = [createShards(FAILURE_SHARDS), createShards(SUBJECT_SHARDS)];
  const policy = `"default";q=${rateLimit.requests};w=${Math.ceil(rateLimit.perMs / 1_000)}`;

  const admit = async (name: string, reply: FastifyReply): Promise<void> => {
    const allowance = await calls.take(name);
    const resetS = Math.ceil(allowance.resetMs / 1_000);
    void reply.header('ratelimit-policy', policy);
    void reply.header('ratelimit', `"default";r=${allowance.remaining};t=${resetS}`);
    if (!allowance.allowed) throw limited('this key has made too many calls', allowance);
  };
  /** Counts a failure of its address, and makes it 429 beyond the limit. */
  const counted = async (error: unknown, { socket }: FastifyRequest): Promise<unknown> => {
    if (!(error instanceof BatonError) || error.code !== 'ESC_KEY_UNKNOWN') return error;
    const allowance = await failures.take(String(failureShard(networkOf(socket.remoteAddress))));
    return allowance.allowed ? error : limited('too many unknown keys from this address', allowance);
  };
  const nameOf = ({ tenant, key }: Caller): string =>
    key.startsWith('oidc:') ? `${tenant}/oidc:${subjectShard(`${tenant}/${key}`)}` : `${tenant}/${key}`;

  return {
    async tenant(request, reply) {
      const caller = await access.tenant(request.headers.authorization).catch(async (error: unknown) => {
        throw await counted(error, request);
      });
      await admit(nameOf(caller), reply);
      return caller;
    },
    async operator(request, reply) {
      await admit(`operator:${await operatorOf(access, request, counted)}`, reply);
    },
  };
}

async function operatorOf(
  access: Access,
  request: FastifyRequest,
  counted: (error: unknown, request: FastifyRequest) => Promise<unknown>,
): Promise<string> {
  try {
    return access.operator(request.headers.authorization);
  } catch (error) {
    throw await counted(error, request);
  }
}

function limited(detail: string, { resetMs }: Allowance): BatonError {
  return new BatonError('ESC_RATE_LIMITED', detail, { retryAfterMs: resetMs });
}
