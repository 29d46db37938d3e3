// Verifies a webhook of Baton: who holds the secret sent it, just now, and it is a notice that this client knows.
import { NOTICE_TYPES, NOTICE_VERSION } from '../domain/notice';
import { verifyWebhook } from '../platforms/webhook/signing';
import type { BatonNotice } from './types';

/** Headers as Node, Fastify, Express or fetch have them. */
export type NoticeHeaders =
  Readonly<Record<string, string | readonly string[] | undefined>> | { get(name: string): string | null };

/** A webhook as it came. */
export interface ReceivedNotice {
  readonly headers: NoticeHeaders;
  /** The exact bytes, before anything has parsed them. */
  readonly body: string | Uint8Array;
  /** `whsec_…`: the one of the configuration; during a rotation also the one before. */
  readonly secrets: readonly string[];
  /** Epoch milliseconds. @default the clock */
  readonly now?: number;
}

/**
 * `verified`: `id` is the same for every delivery of this notice; drop one that was handled before. `refused` because
 * of `headers` (not all three are there), `timestamp` (more than five minutes off), `signature`, `secret` (none of the
 * given can be used), `body` (signed, but no notice) or `unfamiliar` (signed, of a version or type that is newer than
 * this client). Answer 401 to the first four; 2xx to `unfamiliar`, or it will come again for hours.
 */
export type VerifiedNotice =
  | { readonly kind: 'verified'; readonly id: string; readonly notice: BatonNotice }
  | {
      readonly kind: 'refused';
      readonly why: 'headers' | 'timestamp' | 'signature' | 'secret' | 'body' | 'unfamiliar';
    };

const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** Checks signature and clock (Standard Webhooks), then reads the notice. */
export function verifyNotice({ headers, body, secrets, now = Date.now() }: ReceivedNotice): VerifiedNotice {
  const bytes = typeof body === 'string' ? body : Buffer.from(body);
  const named = Object.fromEntries(HEADERS.map((name) => [name, headerOf(headers, name)]));
  const verified = verifyWebhook({ headers: named, body: bytes, secrets, now });
  if (verified.kind === 'refused') return verified;
  const notice = parse(bytes.toString());
  if (typeof notice?.type !== 'string' || typeof notice.data !== 'object' || notice.data === null)
    return { kind: 'refused', why: 'body' };
  const isKnown =
    notice.version === NOTICE_VERSION && (NOTICE_TYPES as readonly string[]).includes(notice.type);
  if (!isKnown) return { kind: 'refused', why: 'unfamiliar' };
  return { kind: 'verified', id: verified.id, notice: notice as BatonNotice };
}

function headerOf(headers: NoticeHeaders, name: string): string | undefined {
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1] as unknown;
  const first: unknown = Array.isArray(found) ? found[0] : found;
  return typeof first === 'string' ? first : undefined;
}

function parse(text: string): Partial<Record<keyof BatonNotice, unknown>> | undefined {
  try {
    return (JSON.parse(text) ?? undefined) as Partial<Record<keyof BatonNotice, unknown>> | undefined;
  } catch {
    return undefined;
  }
}
