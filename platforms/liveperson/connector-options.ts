// What a connector or bot says about LivePerson, read once: hosts and credentials, with every fault reported at
// once. The same schema serves the configuration check and the start.
import { z } from 'zod';
import { BatonError } from '../../domain/errors';
import type { BotConfiguration, ConnectorConfiguration } from '../../domain/configuration';
import { fault, limitsOf, schemaFaults, textOrSecret, type ConnectorLimits } from '../connector-options';
import type { OptionFault } from '../platform';

const optionsSchema = z.strictObject({
  /** Host of the domain lookup. @default adminlogin.liveperson.net */
  host: z.string().min(1).default('adminlogin.liveperson.net'),
  /** `http` only for simulators: needs `allowPrivateNetwork` or `privateHosts`. @default https */
  scheme: z.enum(['https', 'http']).default('https'),
  /** How long to wait for the first notification of a fresh subscription, which may never come. @default 2000 */
  snapshotGraceMs: z.number().int().min(0).max(60_000).default(2_000),
});

const credentialsSchema = z
  .strictObject({
    username: textOrSecret,
    password: textOrSecret.optional(),
    appKey: textOrSecret.optional(),
    secret: textOrSecret.optional(),
    accessToken: textOrSecret.optional(),
    accessTokenSecret: textOrSecret.optional(),
  })
  .refine((c) => (c.password !== undefined) !== (c.appKey !== undefined), {
    message: 'needs either `password`, or `appKey` and `secret`',
    path: ['password'],
  })
  .refine((c) => (c.appKey === undefined) === (c.secret === undefined), {
    message: '`appKey` and `secret` go together',
    path: ['secret'],
  });

/** How the bot logs in. */
export type Credentials = z.output<typeof credentialsSchema>;

/** A connector, read. */
export interface LivePersonConnector extends z.output<typeof optionsSchema>, ConnectorLimits {
  readonly account: string;
  readonly credentials: Credentials;
}

const noticeEndpointSchema = z.object({
  /** Base URL of the bot's custom endpoint, without a path after the service's root. */
  endpoint: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  botId: z.string().min(1),
  environment: z.string().min(1).default('production'),
  /** Bearer token of the endpoint. */
  token: textOrSecret.optional(),
});

/** Where a bot hears LivePerson's words. */
export type NoticeEndpoint = z.output<typeof noticeEndpointSchema>;

/** Every fault of a connector. */
export function checkConnector(connector: ConnectorConfiguration): readonly OptionFault[] {
  const { options, credentials } = connector;
  const faults = [
    ...faultsOf(optionsSchema, options, 'options', 'See platforms/liveperson/README.md for the options.'),
    ...faultsOf(
      credentialsSchema,
      credentials,
      'credentials',
      'Give `username` and `password`, or `username`, `appKey` and `secret` of the bot user.',
    ),
  ];
  if (!/^\d+$/.test(connector.account))
    faults.push(
      fault(['account'], 'must be the account number (digits)', 'Copy it from Conversational Cloud.'),
    );
  if (connector.fallbackSkillId !== undefined && !/^\d+$/.test(connector.fallbackSkillId))
    faults.push(fault(['fallbackSkillId'], 'must be numeric', 'Give the id of the skill, not its name.'));
  if (options['scheme'] === 'http' && !mayBePrivate(connector))
    faults.push(fault(['options', 'scheme'], 'http needs allowPrivateNetwork', 'Use https, or a simulator.'));
  return faults;
}

function mayBePrivate({ allowPrivateNetwork, privateHosts = [] }: ConnectorConfiguration): boolean {
  return allowPrivateNetwork || privateHosts.length > 0;
}

/** Every fault of a bot: only notices in LivePerson's own words need options. */
export function checkBot(bot: BotConfiguration): readonly OptionFault[] {
  const wanted = bot.notices.kind === 'platform' || Object.keys(bot.options).length > 0;
  const remedy = 'Give `endpoint`, `botId`, `environment` and `token` of the custom endpoint.';
  return wanted ? faultsOf(noticeEndpointSchema.strict(), bot.options, 'options', remedy) : [];
}

/** @throws BatonError `ESC_PLATFORM_REJECTED` when the connector has faults; the configuration check finds them first. */
export function readConnector(connector: ConnectorConfiguration): LivePersonConnector {
  const [first] = checkConnector(connector);
  if (first)
    throw new BatonError('ESC_PLATFORM_REJECTED', `connector ${first.path.join('.')}: ${first.message}`);
  return {
    ...optionsSchema.parse(connector.options),
    account: connector.account,
    credentials: credentialsSchema.parse(connector.credentials),
    ...limitsOf(connector),
  };
}

/** The bot's custom endpoint, or undefined where it has none. */
export function readNoticeEndpoint(bot: BotConfiguration): NoticeEndpoint | undefined {
  const read = noticeEndpointSchema.safeParse(bot.options);
  return read.success ? read.data : undefined;
}

function faultsOf(schema: z.ZodType, value: unknown, root: string, remedy: string): OptionFault[] {
  const read = schema.safeParse(value);
  return read.success ? [] : schemaFaults(read.error, root, remedy);
}
