// What is asked of a bot side: to post messages to the user, in order, each acknowledged before the next; to keep the
// conversation alive; to say what was said before.
import type { BotState } from '../domain/bot-state';
import { BatonError } from '../domain/errors';
import { createMask } from '../domain/mask';
import type { EarlierMessage } from '../domain/request';
import type { BotCall } from '../platforms/bot-side';
import { tenantOf } from './accounts';
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import { withinLimit } from './payload-limit';
import type { BotConversation, PostToUserInput } from './types';

/** The `postToUser` activity. Repeating it posts nothing twice where the platform can tell. */
export function createPostToUser(deps: Pick<ActivityDeps, 'accounts'>) {
  return async function postToUser(input: PostToUserInput): Promise<{ kind: 'posted' | 'gone' }> {
    return withFaults(async (signal) => {
      const botSide = deps.accounts.botSide(input.tenant, input.bot);
      for (const message of input.messages) {
        const posted = await botSide.postToUser(input.conversationId, message, botCall(input, signal));
        if (posted.kind === 'gone') return posted;
      }
      return { kind: 'posted' };
    });
  };
}

/** The `extendConversation` activity. */
export function createExtendConversation({ accounts }: Pick<ActivityDeps, 'accounts'>) {
  return async function extendConversation(input: BotConversation): Promise<void> {
    return withFaults(async (signal) => {
      const { extend } = accounts.botSide(input.tenant, input.bot);
      if (!extend) throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `bot ${input.bot} has nothing to extend`);
      return extend(input.conversationId, botCall(input, signal));
    });
  };
}

/** The `readTranscript` activity: what was said as its tenant wants it written down. */
export function createReadTranscript({
  accounts,
  configuration,
}: Pick<ActivityDeps, 'accounts' | 'configuration'>) {
  return async function readTranscript(input: BotConversation): Promise<readonly EarlierMessage[]> {
    return withFaults(async (signal) => {
      const { readTranscript: read } = accounts.botSide(input.tenant, input.bot);
      if (!read) throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `bot ${input.bot} has no transcript`);
      const lines = await read(input.conversationId, botCall(input, signal));
      const { masking } = tenantOf(configuration, input.tenant);
      const mask = masking && createMask(masking);
      return withinLimit(
        mask ? lines.map(({ from, text }) => ({ from, text: mask(text) })) : lines,
        'the transcript',
      );
    });
  };
}

/** A call to a bot side, with what its platform gave for it. */
export function botCall({ botState }: { readonly botState?: BotState }, signal: AbortSignal): BotCall {
  return { signal, ...(botState && { state: botState }) };
}
