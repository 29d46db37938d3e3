// The demo's bot backend: talks to the gateway over HTTP like any other.
import type { Explanation } from '../../domain/explain';
import type { EscalationRequest } from '../../domain/request';
import type { HttpClient } from '../../platforms/http';

/** The calls that a demo needs. */
export interface GatewayClient {
  readonly url: string;
  readonly apiKey: string;
  start(conversationId: string, request: EscalationRequest): Promise<{ readonly workflowId: string }>;
  /** Undefined while the workflow has not answered yet. */
  explain(conversationId: string): Promise<Explanation | undefined>;
}

/** A client of the gateway at `url`. */
export function createGatewayClient(http: HttpClient, url: string, apiKey: string): GatewayClient {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const path = (conversationId: string): string =>
    `${url}/v1/escalations/${encodeURIComponent(conversationId)}`;
  return {
    url,
    apiKey,
    start: async (conversationId, asked) => {
      const body = JSON.stringify({ conversationId, ...asked });
      const answer = await http.request({ method: 'POST', url: `${url}/v1/escalations`, headers, body });
      if (answer.status !== 202) throw new Error(`the gateway answered ${answer.status}: ${answer.body}`);
      return JSON.parse(answer.body) as { workflowId: string };
    },
    explain: async (conversationId) => {
      const answer = await http.request({ method: 'GET', url: `${path(conversationId)}/explain`, headers });
      return answer.status === 200 ? (JSON.parse(answer.body) as Explanation) : undefined;
    },
  };
}
