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
  const masked = masking ? createMask(masking)(text) : text;
  if (Buffer.byteLength(masked) > MAX_MESSAGE_BYTES)
    throw new BatonError('ESC_REQUEST_TOO_LARGE', `more than ${MAX_MESSAGE_BYTES} bytes once it is masked`);
  return masked;
}
