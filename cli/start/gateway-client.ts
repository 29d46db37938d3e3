// The demo's bot backend: talks to the gateway over HTTP like any other, with the client of the package.
import { BatonClient, type BotSession } from '../../client';
import type { Explanation } from '../../domain/explain';
import type { EscalationRequest } from '../../domain/request';

/** The calls that a demo needs. */
export interface GatewayClient {
  readonly url: string;
  readonly apiKey: string;
  start(conversationId: string, request: EscalationRequest): Promise<{ readonly workflowId: string }>;
  /** Undefined while the workflow has not answered yet. */
  explain(conversationId: string): Promise<Explanation | undefined>;
  /** The conversation with a bot that Baton speaks to; undefined while the workflow has not answered yet. */
  session(conversationId: string): Promise<BotSession | undefined>;
}

/** A client of the gateway at `url`. */
export function createGatewayClient(url: string, apiKey: string): GatewayClient {
  const baton = new BatonClient({ baseUrl: url, apiKey });
  return {
    url,
    apiKey,
    start: (conversationId, asked) => baton.start({ conversationId, ...asked }),
    // The contract promises less of it than the demo knows, which is of the same build.
    explain: (conversationId) =>
      baton.explain(conversationId).catch(() => undefined) as Promise<unknown> as Promise<Explanation>,
    session: (conversationId) => baton.session(conversationId).catch(() => undefined),
  };
}
