// The bot of every story, as a witness: the notices that its webhook got.
import type { BotReceiverControl } from '../../platforms/webhook/simulator';
import type { Witness } from './timeline';

/** What it heard of one conversation. */
export function botHears(bot: BotReceiverControl, conversationId: string): Witness {
  return async () =>
    (await bot.state()).notices
      .filter(({ data }) => data.conversationId === conversationId)
      .map(({ timestamp, type, data }) => ({
        at: Date.parse(timestamp) + 1,
        line: {
          who: 'bot',
          what: `hears ${data.progress ? 'on the way: ' : ''}${type}`,
          event: type,
          ...(data.progress && { detail: 'progress' }),
        },
      }));
}
