// The demo's bot backend: talks to the gateway over HTTP like any other.
import { request } from 'undici';
import type { Explanation } from '../../domain/explain';
import type { EscalationRequest } from '../../domain/request';

const DEADLINE_MS = 15_000;

/** The calls that a demo needs. */
export interface GatewayClient {
  readonly url: string;
  readonly apiKey: string;
  start(conversationId: string, request: EscalationRequest): Promise<{ readonly workflowId: string }>;
  /** Undefined while the workflow has not answered yet. */
  explain(conversationId: string): Promise<Explanation | undefined>;
  isReady(): Promise<boolean>;
}

/** A client of the gateway at `url`. */
export function createGatewayClient(url: string, apiKey: string): GatewayClient {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const call = async (
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: unknown }> => {
    const answer = await request(`${url}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, json: await answer.body.json() };
  };
  return {
    url,
    apiKey,
    start: async (conversationId, asked) => {
      const { status, json } = await call('POST', '/v1/escalations', { conversationId, ...asked });
      if (status !== 202) throw new Error(`the gateway answered ${status}: ${JSON.stringify(json)}`);
      return json as { workflowId: string };
    },
    explain: async (conversationId) => {
      const { status, json } = await call(
        'GET',
        `/v1/escalations/${encodeURIComponent(conversationId)}/explain`,
      );
      return status === 200 ? (json as Explanation) : undefined;
    },
    isReady: async () => (await call('GET', '/readyz')).status === 200,
  };
}
