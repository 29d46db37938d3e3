// What a bot's `options` say about Certainly, read once with every fault reported at once. Certainly documents little
// of what it sends, so that the names of members can be set.
import { z } from 'zod';
import type { BotConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import { FAILURE_REASONS } from '../../domain/outcome';
import { fault, schemaFaults, textOrSecret } from '../connector-options';
import { checkUrl } from '../http';
import type { OptionFault } from '../platform';
import { isPathSegment } from './conversation-id';

const segment = z.string().max(100).refine(isPathSegment, 'is not an id of Certainly');
const integrationName = z.string().min(1).max(100);
/** Where a value may be: the first place that has one counts. */
const places = (...defaults: string[]): z.ZodDefault<z.ZodArray<z.ZodString>> =>
  z.array(z.string().min(1).max(200)).max(20).default(defaults);

/** How Certainly proves itself to Baton (Webhook Builder, "Authentication"). */
const webhooksSchema = z.discriminatedUnion('authentication', [
  z.strictObject({ authentication: z.literal('none') }),
  z.strictObject({
    authentication: z.literal('basic'),
    username: textOrSecret,
    password: textOrSecret,
    /** During a rotation. */
    previousPassword: textOrSecret.optional(),
  }),
  z.strictObject({
    authentication: z.literal('bearer'),
    token: textOrSecret,
    /** During a rotation. */
    previousToken: textOrSecret.optional(),
  }),
]);

/** Where the claim webhook has what; paths are member names with dots between. */
const claimSchema = z.strictObject({
  user: places('to'),
  /** Something that is new in each claim. None is documented; a member of this name can be added to the webhook. */
  id: places('claimId', 'customVariables.claimId'),
  userMessage: places('replyData', 'reply'),
  intent: places('intent', 'customVariables.intent'),
});

/** Where the message webhook has what: only `interlocutor` is documented. */
const messageSchema = z.strictObject({
  interlocutor: places('interlocutor'),
  user: places('user_id', 'userId', 'user.id', 'userExternalId', 'to'),
  bot: places('botId', 'bot_id'),
  text: places('text', 'message', 'message.text', 'actions.0.text', 'reply'),
  id: places('id', 'message_id', 'messageId', 'message.id'),
  time: places('timestamp', 'created_at', 'createdAt', 'time'),
  attachments: places('attachments', 'message.attachments', 'attachedMedia'),
});

/** null: taken over without a value. */
const claimEnd = z.string().min(1).max(200).nullable();

/** What `ClaimEnd` says of each ending; of a failure, its reason's word goes before the general one. */
const claimEndSchema = z.strictObject({
  returned: claimEnd.default('success'),
  failed: claimEnd.default('failed'),
  ended: claimEnd.default('failed'),
  queued: claimEnd.default('queued'),
  /** Somebody has taken it, and Baton does not carry the messages. */
  connected: claimEnd.default('connected'),
  cancelled: claimEnd.default('cancelled'),
  abandoned: claimEnd.default('abandoned'),
  ...(Object.fromEntries(FAILURE_REASONS.map((reason) => [reason, claimEnd.optional()])) as Record<
    (typeof FAILURE_REASONS)[number],
    z.ZodOptional<typeof claimEnd>
  >),
});

const optionsSchema = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://app.certainly.io'),
  /** `id` of the widget's script: the bot deployment. */
  deploymentId: segment,
  /** The bot's own id, as claims have it: a claim that names another is refused. */
  botId: segment.optional(),
  /** Bearer token of the handover endpoints. Whether they need one is not documented. */
  token: textOrSecret.optional(),
  webhooks: webhooksSchema,
  integration: integrationName.optional(),
  integrationByModule: z.record(z.string().min(1).max(200), integrationName).default({}),
  claim: claimSchema.prefault({}),
  message: messageSchema.prefault({}),
  claimEnd: claimEndSchema.prefault({}),
  /** A claim or message without an id that comes again within so many seconds is the same. */
  sameWithin: z.number().int().min(1).max(600).default(20),
});

/** A bot's options, read. */
export type CertainlyOptions = z.output<typeof optionsSchema>;

const REMEDY = 'See platforms/certainly/README.md for the options.';

/** Every fault of a bot. */
export function checkBot(bot: BotConfiguration): readonly OptionFault[] {
  const read = optionsSchema.safeParse(bot.options);
  const faults = read.success ? checkValues(read.data, bot) : schemaFaults(read.error, 'options', REMEDY);
  if (bot.notices.kind === 'platform') return faults;
  const message = 'must be `platform`: by them the bot is put into listen mode and given its user back';
  return [...faults, fault(['notices'], message, 'Write `notices: platform`.')];
}

function checkValues(options: CertainlyOptions, bot: BotConfiguration): OptionFault[] {
  const faults: OptionFault[] = [];
  const { integration, integrationByModule, baseUrl } = options;
  if (integration === undefined && Object.keys(integrationByModule).length === 0)
    faults.push(
      fault(
        ['options', 'integration'],
        'no integration is named for claims',
        'Name one for all claims, or `integrationByModule` with one for each module.',
      ),
    );
  try {
    checkUrl(baseUrl, bot);
  } catch (error) {
    const remedy = 'Give the https URL of Certainly; for a simulator also `allowPrivateNetwork`.';
    faults.push(fault(['options', 'baseUrl'], (error as Error).message, remedy));
  }
  return faults;
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for a bot that {@link checkBot} finds fault with. */
export function readBot(bot: BotConfiguration): CertainlyOptions {
  const [first] = checkBot(bot);
  if (first) throw new BatonError('ESC_PLAN_MISCONFIGURED', `${first.path.join('.')}: ${first.message}`);
  return optionsSchema.parse(bot.options);
}
