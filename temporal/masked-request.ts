// Masks a request at the border, before anything of it reaches Temporal.
import { MAX_REQUEST_BYTES } from '../contract/request';
import type { Configuration } from '../domain/configuration';
import { BatonError } from '../domain/errors';
import { maskRequest } from '../domain/mask-request';
import type { EscalationRequest } from '../domain/request';

/**
 * The request as its tenant wants it written down.
 * @throws BatonError `ESC_REQUEST_TOO_LARGE` if what stands in the text instead made it so: the workflow would refuse it
 */
export function maskedRequest(
  configuration: Configuration,
  tenant: string,
  request: EscalationRequest,
): EscalationRequest {
  const rules = Object.hasOwn(configuration.tenants, tenant) ? configuration.tenants[tenant] : undefined;
  if (!rules?.masking) return request;
  const masked = maskRequest(rules, request);
  if (Buffer.byteLength(JSON.stringify(masked)) > MAX_REQUEST_BYTES)
    throw new BatonError('ESC_REQUEST_TOO_LARGE', `more than ${MAX_REQUEST_BYTES} bytes once it is masked`);
  return masked;
}
