// A bot backend's calls to the gateway, as plain HTTP.
import { request } from 'undici';
import type { EscalationRequest } from '../../domain/request';

const DEADLINE_MS = 30_000;

/** An answer of the gateway. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed; an empty object when there is none. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a call may carry. */
export interface GatewayCall {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when a string. */
  readonly body?: unknown;
}

/** See the file's comment. */
export interface GatewayCalls {
  call(method: 'GET' | 'POST', path: string, call?: GatewayCall): Promise<GatewayAnswer>;
  /** `POST /v1/escalations`. */
  escalate(
    conversationId: string,
    asked: EscalationRequest,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GatewayAnswer>;
}

/** Calls the gateway whose URL `url()` gives now. */
export function createGatewayCalls(url: () => string, apiKey: string): GatewayCalls {
  const call: GatewayCalls['call'] = async (method, path, { headers, body } = {}) => {
    const answer = await request(`${url()}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
      ),
      json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  };
  return {
    call,
    escalate: (conversationId, asked, headers) =>
      call('POST', '/v1/escalations', {
        body: { conversationId, ...asked },
        ...(headers && { headers }),
      }),
  };
}
