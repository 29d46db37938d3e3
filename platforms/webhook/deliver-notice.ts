// Tells a bot by signed webhook how an attempt ended. One try: the workflow keeps the schedule.
import { BatonError } from '../../domain/errors';
import type { Notice } from '../../domain/notice';
import type { Call } from '../desk';
import { parseRetryAfter } from '../http';
import type { HttpClient } from '../http';
import { noticeEnvelope } from './notice-envelope';
import { sendSigned } from './send-signed';
import type { Endpoint } from './send-signed';
import { webhookId } from './signing';

/**
 * Posts the notice's envelope with `webhook-id` made of the notice's id, the same on every try.
 *
 * @throws BatonError `ESC_NOTICE_GONE` (terminal) for a 410; `ESC_NOTICE_NOT_TAKEN` (retryable) for every other
 * status but 2xx, redirects included, with the receiver's Retry-After; or as {@link HttpClient.request}.
 */
export async function deliverWebhookNotice(
  http: HttpClient,
  endpoint: Endpoint,
  notice: Notice,
  call: Call,
): Promise<void> {
  const { status, headers } = await sendSigned(http, endpoint, {
    id: webhookId('notice', notice.id),
    envelope: noticeEnvelope(notice),
    signal: call.signal,
  });
  if (status >= 200 && status < 300) return;
  const { host } = new URL(endpoint.url);
  if (status === 410) throw new BatonError('ESC_NOTICE_GONE', `${host} for notice ${notice.id}`);
  const retryAfterMs = parseRetryAfter(headers['retry-after'], Date.now());
  throw new BatonError('ESC_NOTICE_NOT_TAKEN', `${host} answered HTTP ${status} to notice ${notice.id}`, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
