// Standard Webhooks signatures (v1, HMAC-SHA256) on node:crypto: who holds the secret can send, and nobody can
// change or replay what was sent. Ids must not contain a dot, since dots separate what is signed.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Largest difference between the sender's clock and ours, in seconds. */
export const TOLERANCE_S = 300;
const PREFIX = 'whsec_';
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/** What to sign. */
export interface SigningInput {
  readonly id: string;
  /** Unix seconds of this attempt. */
  readonly timestamp: number;
  readonly body: string | Buffer;
  /** `whsec_…`; one signature for each, so that a receiver may hold any of them during a rotation. */
  readonly secrets: readonly string[];
}

/** The three headers of a signed webhook. */
export interface SignatureHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** What to verify. */
export interface VerifyInput {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The exact bytes that came. */
  readonly body: string | Buffer;
  /** `whsec_…`; a signature by any of them counts. */
  readonly secrets: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** `why` is for logs, never for the sender. */
export type Verification =
  | { readonly kind: 'verified'; readonly id: string; readonly timestamp: number }
  | { readonly kind: 'refused'; readonly why: 'headers' | 'timestamp' | 'signature' | 'secret' };

/** Whether a secret can be used: `whsec_` and the base64 of 24 to 64 bytes. */
export function isSecret(secret: string): boolean {
  return keyOf(secret) !== undefined;
}

/** A webhook id from a key of any form: the same key, the same id. */
export function webhookId(...key: readonly string[]): string {
  return `msg_${createHash('sha256').update(JSON.stringify(key)).digest('base64url')}`;
}

/**
 * The headers of a signed webhook.
 *
 * @throws RangeError for an id with a dot or a secret that is none; neither is named.
 */
export function signWebhook({ id, timestamp, body, secrets }: SigningInput): SignatureHeaders {
  if (id === '' || id.includes('.')) throw new RangeError('a webhook id must not be empty or contain a dot');
  const keys = secrets.map(keyOf);
  if (keys.length === 0) throw new RangeError('a webhook needs a secret');
  const signatures = keys.map((key) => {
    if (!key) throw new RangeError('a webhook secret must be whsec_ and the base64 of 24 to 64 bytes');
    return `v1,${sign(key, id, String(timestamp), body).toString('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}

/** Checks a signed webhook: headers, clock, then every `v1` signature in constant time. */
export function verifyWebhook({ headers, body, secrets, now }: VerifyInput): Verification {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (!id || !timestamp || !signatures || id.includes('.')) return { kind: 'refused', why: 'headers' };
  if (!isCurrent(timestamp, now)) return { kind: 'refused', why: 'timestamp' };
  const keys = secrets.map(keyOf).filter((key) => key !== undefined);
  if (keys.length === 0) return { kind: 'refused', why: 'secret' };
  const expected = keys.map((key) => sign(key, id, timestamp, body));
  if (!matches(signatures, expected)) return { kind: 'refused', why: 'signature' };
  return { kind: 'verified', id, timestamp: Number(timestamp) };
}

function isCurrent(timestamp: string, now: number): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(Math.floor(now / 1000) - Number(timestamp)) <= TOLERANCE_S;
}

/** Looks at every pair, found or not, so that time tells nothing about which one matched. */
function matches(signatures: string, expected: readonly Buffer[]): boolean {
  let found = false;
  for (const entry of signatures.split(' ')) {
    const [version, encoded = ''] = entry.split(',', 2);
    if (version !== 'v1') continue;
    const given = Buffer.from(encoded, 'base64');
    for (const signature of expected)
      if (given.length === signature.length && timingSafeEqual(given, signature)) found = true;
  }
  return found;
}

function sign(key: Buffer, id: string, timestamp: string, body: string | Buffer): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

function keyOf(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIX)) return undefined;
  const encoded = secret.slice(PREFIX.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  return key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES ? key : undefined;
}
