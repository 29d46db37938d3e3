// What a bot of the configuration says: which of the vendor's bots it is, where its users are reached, and what its
// conversations may do.
import { z } from 'zod';
import type { BotConfiguration } from '../../domain/configuration';
import { schemaFaults } from '../connector-options';
import type { OptionFault } from '../platform';
import { sessionOptions } from '../session-options';
import { checkUserSide, USER_SIDE_OPTIONS } from '../webhook/options';
import { isValidTargetId } from './desk';

const optionsSchema = z.strictObject({
  ...sessionOptions,
  /** The bot with which a conversation begins. */
  botId: z.string().refine((id) => isValidTargetId('bot', id), 'is not the id of a bot'),
  ...Object.fromEntries(USER_SIDE_OPTIONS.map((name) => [name, z.unknown().optional()])),
});

/** Every fault of a bot's options. */
export function checkBot(bot: BotConfiguration): readonly OptionFault[] {
  const checked = optionsSchema.safeParse(bot.options);
  const remedy = 'See platforms/einstein-bots/README.md for the options; a bot’s id begins with 0Xx.';
  return [...(checked.success ? [] : schemaFaults(checked.error, 'options', remedy)), ...checkUserSide(bot)];
}

/** The vendor's id of the bot with which a conversation begins; of a bot without faults. */
export function entryBotId({ options }: BotConfiguration): string {
  return String(options['botId']);
}
