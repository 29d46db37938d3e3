// The bot that a call means.
import type { TenantConfiguration } from '../domain/configuration';
import { BatonError } from '../domain/errors';

/**
 * The name of the bot; a tenant with one bot may leave it out.
 * @throws BatonError `ESC_CONFIG_UNKNOWN_NAME`
 */
export function nameOfBot({ bots }: TenantConfiguration, asked: string | undefined): string {
  const names = Object.keys(bots);
  const name = asked ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined)
    throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', 'the tenant has more than one bot: name it as `bot`');
  if (!names.includes(name)) throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `bot ${name}`);
  return name;
}
