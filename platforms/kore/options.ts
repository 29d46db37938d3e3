// What a bot on Kore.ai says in its options, read once, with every fault reported at once. The same schema serves the
// configuration check, the gateway and the worker.
import { z } from 'zod';
import type { BotConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import { fault, schemaFaults, textOrSecret } from '../connector-options';
import { checkUrl } from '../http';
import type { EgressPolicy } from '../http';
import type { OptionFault } from '../platform';

/** `st-` and a UUID of version 5: what BotKit takes for a bot's id (BotKit, its middleware). */
export const BOT_ID =
  /^st-[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-5[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$/;
const REMEDY = 'See docs/platforms/kore.md for the options.';
/** What the SDK asks for unless told otherwise (BotKit, getMessages). */
const TRANSCRIPT_LINES = 20;

const name = z.string().min(1).max(200);

const optionsSchema = z.strictObject({
  /** Id of the bot, as in the path of its callback URLs. */
  botId: z.string().regex(BOT_ID, 'is not `st-` and a UUID of version 5'),
  /** Client ID of the JWT app. */
  appId: name,
  clientSecret: textOrSecret,
  /** During a rotation: what it signs is taken too. */
  previousClientSecret: textOrSecret.optional(),
  /** With which Baton signs its calls; what comes may be signed with either. */
  jwtAlgorithm: z.enum(['HS256', 'HS512']).default('HS256'),
  /** Origins of the platform. Payloads that name another are refused: what Baton sends there carries a credential. */
  host: z
    .union([z.string().transform((host) => [host]), z.array(z.string()).min(1).max(10)])
    .default(['https://bots.kore.ai', 'https://platform.kore.ai']),
  /** The integration of a handover that `integrations` does not name. */
  integration: name,
  /** By name of the agent transfer node, intent, or id of the dialog. */
  integrations: z.record(name, name).default({}),
  /** What agents write is shown by the `live_agent` template, with their names. */
  liveAgentTemplate: z.boolean().default(false),
  /** Said when nobody took the handover, after the bot has the conversation again. */
  noAgentsMessage: z.string().min(1).max(3_000).optional(),
  /** `bot`: as if the user had written it, for a dialog to react to; `user`: shown. */
  noAgentsMessageTo: z.enum(['bot', 'user']).default('bot'),
  /** Most lines of the conversation before the handoff that an agent gets; 0: none are read. */
  transcriptLines: z.number().int().min(0).max(100).default(TRANSCRIPT_LINES),
});

/** A bot, read. */
export interface KoreBot extends Omit<
  z.output<typeof optionsSchema>,
  'clientSecret' | 'previousClientSecret'
> {
  /** The first signs, each of them verifies. */
  readonly secrets: readonly string[];
  /** Of `host`. */
  readonly origins: readonly string[];
}

/** Every fault of a bot. */
export function checkBot(bot: BotConfiguration): readonly OptionFault[] {
  const checked = optionsSchema.safeParse(bot.options);
  const faults = checked.success
    ? checked.data.host.flatMap((host) => checkHost(host, bot))
    : schemaFaults(checked.error, 'options', REMEDY);
  if (bot.notices.kind === 'platform') return faults;
  return [
    ...faults,
    fault(
      ['notices'],
      'a bot on kore is told in its own words: without them its users would be left with nobody',
      'Set it to `platform`.',
    ),
  ];
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for a bot that {@link checkBot} finds fault with */
export function readBot(bot: BotConfiguration): KoreBot {
  const [first] = checkBot(bot);
  if (first) throw new BatonError('ESC_PLAN_MISCONFIGURED', `${first.path.join('.')}: ${first.message}`);
  const { clientSecret, previousClientSecret, ...options } = optionsSchema.parse(bot.options);
  return {
    ...options,
    secrets: [clientSecret, ...(previousClientSecret === undefined ? [] : [previousClientSecret])],
    origins: options.host.map((host) => new URL(host).origin),
  };
}

function checkHost(host: string, { allowPrivateNetwork, privateHosts }: EgressPolicy): OptionFault[] {
  const remedy = 'Set it to the origin of the platform, such as https://bots.kore.ai.';
  try {
    const url = checkUrl(host, { allowPrivateNetwork, privateHosts });
    return url.pathname === '/' && url.search === ''
      ? []
      : [fault(['options', 'host'], 'has more than an origin', remedy)];
  } catch (error) {
    return [fault(['options', 'host'], (error as Error).message, remedy)];
  }
}
