// What a bot that Baton speaks to says of its conversations: options that every platform with sessions has.
import { z } from 'zod';
import type { BotConfiguration } from '../domain/configuration';
import { BatonError } from '../domain/errors';

const MOST_HOPS = 20;
const name = z.string().min(1).max(200);

/** The options, for a platform's own schema to be made of. */
export const sessionOptions = {
  /** Integration of the escalations that the bot asks for. */
  integration: name,
  /** Integration of those for which the bot failed. @default integration */
  onError: name.optional(),
  /** How many bots may take over one from another. */
  maxHops: z.number().int().min(0).max(MOST_HOPS).default(5),
  /** Variable of the bot that says why it escalates: `user_request`, `error` or `configured`. */
  reasonVariable: name.optional(),
  /** Labels of the intents by which users ask for a human. */
  userRequestIntents: z.array(name).max(100).default([]),
};

const schema = z.object(sessionOptions);

/** The session options of a bot. @throws BatonError `ESC_PLAN_MISCONFIGURED`; the configuration check finds the faults first */
export function readSessionOptions(bot: BotConfiguration): z.output<typeof schema> {
  const read = schema.safeParse(bot.options);
  if (read.success) return read.data;
  const [first] = read.error.issues;
  throw new BatonError('ESC_PLAN_MISCONFIGURED', `options.${first?.path.join('.')}: ${first?.message}`);
}
