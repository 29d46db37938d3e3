// The request that benchmarks send.
import { randomUUID } from 'node:crypto';
import type { EscalationRequest } from '../domain/request';

const REQUEST_BYTES = 400;

/** A request of exactly {@link REQUEST_BYTES} bytes of JSON. */
export function aRequest(integration: string, skillId: string): EscalationRequest {
  const requestId = randomUUID();
  const made = (note: string): EscalationRequest => ({
    requestId,
    integration,
    variables: { skillId, firstName: 'Ada', orderId: '2026-118-204', note },
    reason: 'user_request',
    intent: 'returns.damaged',
  });
  return made('x'.repeat(Math.max(0, REQUEST_BYTES - JSON.stringify(made('')).length)));
}
