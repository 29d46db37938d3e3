// Does what a bot's platform left to be done after its answer.
import { BatonError } from '../domain/errors';
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import type { AskForPassageInput, PassOnInput } from './types';

/** The `askForPassage` activity. The same id again is the same. */
export function createAskForPassage({ askForPassage }: Pick<ActivityDeps, 'askForPassage'>) {
  return ({ tenant, conversationId, asked }: AskForPassageInput): Promise<void> =>
    withFaults(() => askForPassage({ tenant, conversationId }, asked));
}

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
