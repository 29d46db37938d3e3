// Finds the bot that a platform's call names. Whether a tenant or a bot exists, or its platform calls nobody, is not told
// apart: there is no such address.
import type { BotConfiguration, Configuration, ConnectorConfiguration } from '../../domain/configuration';
import type { BotInboundResult, BotRequest, Platform } from '../../platforms/platform';

/** A bot whose platform calls Baton. */
export interface CalledBot {
  readonly tenant: string;
  readonly bot: string;
  readonly platform: string;
  /** Verifies and parses by the platform's rules. */
  read(request: BotRequest): BotInboundResult;
}

/** Finds bots by what stands in a path; undefined: there is none whose platform calls. */
export type FindBot = (tenant: string, bot: string) => CalledBot | undefined;

/** Of a configuration's bots: found at once, whatever is asked for. */
export function createFindBot(
  { tenants }: Configuration,
  platforms: Readonly<Record<string, Platform>>,
): FindBot {
  const called = new Map<string, CalledBot>();
  for (const [tenant, { bots, connectors }] of Object.entries(tenants))
    for (const [bot, configured] of Object.entries(bots)) {
      const found = calledBot(platforms, configured, connectors);
      if (found) called.set(keyOf(tenant, bot), { tenant, bot, ...found });
    }
  return (tenant, bot) => called.get(keyOf(tenant, bot));
}

function calledBot(
  platforms: Readonly<Record<string, Platform>>,
  bot: BotConfiguration,
  connectors: Readonly<Record<string, ConnectorConfiguration>>,
): Pick<CalledBot, 'platform' | 'read'> | undefined {
  const side = Object.hasOwn(platforms, bot.platform) ? platforms[bot.platform]?.botSide : undefined;
  if (!side?.readInbound) return undefined;
  const connector = bot.connector === undefined ? undefined : connectors[bot.connector];
  const readInbound = side.readInbound.bind(side);
  return { platform: bot.platform, read: (request) => readInbound(bot, connector, request) };
}

function keyOf(tenant: string, bot: string): string {
  return JSON.stringify([tenant, bot]);
}
