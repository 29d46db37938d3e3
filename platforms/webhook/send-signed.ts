// Sends one signed webhook. Every attempt has its own timestamp; the id is the caller's and stays.
import type { HttpClient, HttpResponse } from '../http';
import { signWebhook } from './signing';

/** Where signed webhooks go. */
export interface Endpoint {
  readonly url: string;
  /** `whsec_…`; several during a rotation. */
  readonly secrets: readonly string[];
}

/** What every body has (Standard Webhooks, payload structure). */
export interface Envelope {
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One webhook. */
export interface OutgoingWebhook {
  /** `webhook-id`: the receiver's idempotency key. */
  readonly id: string;
  /** The body. */
  readonly envelope: Envelope;
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
  const { id, envelope, signal } = webhook;
  const body = JSON.stringify(envelope);
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

/** The body of what is sent when it happens. */
export function envelopeOf(type: string, data: Envelope['data'], at: number = Date.now()): Envelope {
  return { type, timestamp: new Date(at).toISOString(), data };
}
