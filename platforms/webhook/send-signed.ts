// Sends one signed webhook. Every attempt has its own timestamp; the id is the caller's and stays.
import type { HttpClient, HttpResponse } from '../http';
import { signWebhook } from './signing';

/** Where signed webhooks go. */
export interface Endpoint {
  readonly url: string;
  /** `whsec_…`; several during a rotation. */
  readonly secrets: readonly string[];
}

/** One webhook. */
export interface OutgoingWebhook {
  /** `webhook-id`: the receiver's idempotency key. */
  readonly id: string;
  readonly type: string;
  /** When it happened, epoch milliseconds. */
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/**
 * Posts the webhook once and returns the answer, whatever its status.
 *
 * @throws BatonError as {@link HttpClient.request}
 */
export function sendSigned(
  http: HttpClient,
  endpoint: Endpoint,
  webhook: OutgoingWebhook,
): Promise<HttpResponse> {
  const { id, type, at, data, signal } = webhook;
  const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
  const timestamp = Math.floor(Date.now() / 1000);
  return http.request({
    method: 'POST',
    url: endpoint.url,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...signWebhook({ id, timestamp, body, secrets: endpoint.secrets }),
    },
    body,
    signal,
  });
}
