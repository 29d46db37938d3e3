// Masks what a client hands over of a bot's session, before anything of it reaches Temporal.
import { MAX_REQUEST_BYTES } from '../contract/request';
import type { HandedOver } from '../domain/bot-session-messages';
import type { TenantConfiguration } from '../domain/configuration';
import { BatonError } from '../domain/errors';
import { createMask } from '../domain/mask';
import { maskTurn } from '../domain/mask-turn';

/**
 * What was handed over as its tenant wants it written down; ids are kept.
 * @throws BatonError `ESC_REQUEST_TOO_LARGE`
 */
export function maskedHandover(tenant: TenantConfiguration, handed: HandedOver): HandedOver {
  const given = withMask(tenant, handed);
  if (Buffer.byteLength(JSON.stringify(given)) > MAX_REQUEST_BYTES)
    throw new BatonError(
      'ESC_REQUEST_TOO_LARGE',
      `more than ${MAX_REQUEST_BYTES} bytes to be kept of the session`,
    );
  return given;
}

function withMask(tenant: TenantConfiguration, { turn, transcript, ...rest }: HandedOver): HandedOver {
  const mask = tenant.masking ? createMask(tenant.masking) : (same: string): string => same;
  return {
    ...rest,
    turn: maskTurn(tenant, turn),
    ...(transcript && { transcript: transcript.map(({ from, text }) => ({ from, text: mask(text) })) }),
  };
}
