// Masks one message at the border, before anything of it reaches Temporal.
import { MAX_MESSAGE_BYTES } from '../contract/text';
import type { TenantConfiguration } from '../domain/configuration';
import { BatonError } from '../domain/errors';
import { createMask } from '../domain/mask';

/**
 * The message as its tenant wants it written down.
 * @throws BatonError `ESC_REQUEST_TOO_LARGE`
 */
export function maskedText({ masking }: TenantConfiguration, text: string): string {
  return fitting(masking ? createMask(masking)(text) : text, 'once it is masked');
}

/**
 * The same, cut where only masking made it too large: who sent it can do nothing about that, and most of a message is
 * better than none of it.
 * @throws BatonError `ESC_REQUEST_TOO_LARGE` if it was too large as it came
 */
export function maskedAndCut({ masking }: TenantConfiguration, text: string): string {
  const whole = fitting(text, 'in a message');
  const masked = Buffer.from(masking ? createMask(masking)(whole) : whole);
  // A character that is cut in two is written as U+FFFD, which is taken off.
  return masked.byteLength <= MAX_MESSAGE_BYTES
    ? masked.toString()
    : masked
        .subarray(0, MAX_MESSAGE_BYTES)
        .toString()
        .replace(/\uFFFD$/, '');
}

function fitting(text: string, when: string): string {
  if (Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return text;
  throw new BatonError('ESC_REQUEST_TOO_LARGE', `more than ${MAX_MESSAGE_BYTES} bytes ${when}`);
}
