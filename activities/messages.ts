// Posts messages to the user through the bot side, in order, each acknowledged before the next.
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import type { PostToUserInput } from './types';

/** The `postToUser` activity. Repeating it posts nothing twice where the platform can tell. */
export function createPostToUser(deps: Pick<ActivityDeps, 'accounts'>) {
  return async function postToUser(input: PostToUserInput): Promise<{ kind: 'posted' | 'gone' }> {
    return withFaults(async (signal) => {
      const botSide = deps.accounts.botSide(input.tenant, input.bot);
      for (const message of input.messages) {
        const posted = await botSide.postToUser(input.conversationId, message, { signal });
        if (posted.kind === 'gone') return posted;
      }
      return { kind: 'posted' };
    });
  };
}
