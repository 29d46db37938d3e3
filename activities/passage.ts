// Does what a bot's platform left to be done after its answer.
import { BatonError } from '../domain/errors';
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import type { PassOnInput } from './types';

/** The `passOn` activity: one item. The same item again has no second effect, as far as the platform allows. */
export function createPassOn({ accounts }: Pick<ActivityDeps, 'accounts'>) {
  return async function passOn({ tenant, bot, conversationId, item }: PassOnInput): Promise<void> {
    return withFaults(async (signal) => {
      const botSide = accounts.botSide(tenant, bot);
      if (!botSide.passOn)
        throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `the platform of bot ${bot} passes nothing on`);
      return botSide.passOn(conversationId, item, { signal });
    });
  };
}
