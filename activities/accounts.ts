// The live accounts of this process: desks and bot sides, made when first used and kept, because a platform's
// session is costly and shared by every escalation on the account.
import type {
  BotConfiguration,
  Configuration,
  ConnectorConfiguration,
  TenantConfiguration,
} from '../domain/configuration';
import { BatonError } from '../domain/errors';
import type { BotSide } from '../platforms/bot-side';
import type { Desk } from '../platforms/desk';
import { createHttpClient, type HttpClient } from '../platforms/http';
import type { BotSidePlatform, DeskPlatform, Platform, PlatformLog } from '../platforms/platform';

const NOTICE_CONNECT_MS = 5_000;
const WARM_UP_MS = 15_000;
const NOTICE_REQUEST_MS = 15_000;

/** Finds the account behind a name of the configuration. */
export interface Accounts {
  /** @throws BatonError `ESC_CONFIG_UNKNOWN_NAME` if a running escalation names what was removed since. */
  desk(tenant: string, connector: string): Desk;
  /** @throws BatonError `ESC_CONFIG_UNKNOWN_NAME` */
  botSide(tenant: string, bot: string): BotSide;
  /** Connects every desk that can be connected ahead of its first call. What fails is logged and tried again then. */
  warmUp(): Promise<void>;
  /** The way out to a bot's own webhook. */
  noticeClient(tenant: string, bot: string): HttpClient;
  close(): Promise<void>;
}

/** What the accounts are made from. */
export interface AccountsOptions {
  readonly configuration: Configuration;
  readonly platforms: Readonly<Record<string, Platform>>;
  readonly log: PlatformLog;
}

/** Accounts of one process. */
export function createAccounts(options: AccountsOptions): Accounts {
  const desks = new Map<string, Desk>();
  const botSides = new Map<string, BotSide>();
  const clients = new Map<string, HttpClient>();
  const desk = (tenant: string, connector: string): Desk =>
    obtain(desks, `${tenant}/${connector}`, () => openDesk(options, tenant, connector));
  return {
    desk,
    warmUp: async () => {
      await Promise.all(
        connectorNames(options).map((name) => warmUp(options.log, () => desk(...name), name)),
      );
    },
    botSide: (tenant, bot) => obtain(botSides, `${tenant}/${bot}`, () => openBotSide(options, tenant, bot)),
    noticeClient: (tenant, bot) =>
      obtain(clients, `${tenant}/${bot}`, () => openClient(botOf(options, tenant, bot))),
    close: async () => {
      const open = [...desks.values(), ...botSides.values(), ...clients.values()];
      await Promise.all(open.map((account) => account.close()));
    },
  };
}

/** The tenant's part of the configuration. */
export function tenantOf(configuration: Configuration, tenant: string): TenantConfiguration {
  return named(configuration.tenants, tenant, 'tenant');
}

/** One bot of the configuration. */
export function botOf(
  options: { readonly configuration: Configuration },
  tenant: string,
  bot: string,
): BotConfiguration {
  return named(tenantOf(options.configuration, tenant).bots, bot, 'bot');
}

function connectorNames({
  configuration,
  platforms,
}: AccountsOptions): [tenant: string, connector: string][] {
  return Object.entries(configuration.tenants).flatMap(([tenant, { connectors }]) =>
    Object.entries(connectors)
      .filter(([, { platform }]) => platforms[platform]?.desk)
      .map(([name]): [string, string] => [tenant, name]),
  );
}

async function warmUp(
  log: PlatformLog,
  desk: () => Desk,
  [tenant, connector]: [string, string],
): Promise<void> {
  try {
    await desk().warmUp?.({ signal: AbortSignal.timeout(WARM_UP_MS) });
  } catch (error) {
    const code = error instanceof BatonError ? error.code : 'ESC_INTERNAL';
    log.warn(
      { event: 'connector.not_connected', tenant, connector, code },
      'connector could not be connected yet',
    );
  }
}

function obtain<T>(open: Map<string, T>, key: string, make: () => T): T {
  const known = open.get(key);
  if (known !== undefined) return known;
  const made = make();
  open.set(key, made);
  return made;
}

function openDesk({ configuration, platforms, log }: AccountsOptions, tenant: string, name: string): Desk {
  const connector = connectorOf(configuration, tenant, name);
  const platform = half<DeskPlatform>(platforms[connector.platform]?.desk, connector.platform, 'desk');
  return platform.createDesk(connector, { tenant, name, log });
}

function openBotSide(options: AccountsOptions, tenant: string, name: string): BotSide {
  const { configuration, platforms, log } = options;
  const bot = botOf(options, tenant, name);
  const platform = half<BotSidePlatform>(platforms[bot.platform]?.botSide, bot.platform, 'bot side');
  const connector =
    bot.connector === undefined ? undefined : connectorOf(configuration, tenant, bot.connector);
  return platform.createBotSide(bot, connector, { tenant, name, log });
}

function openClient(bot: BotConfiguration): HttpClient {
  return createHttpClient({
    allowPrivateNetwork: bot.allowPrivateNetwork,
    privateHosts: bot.privateHosts,
    connectMs: NOTICE_CONNECT_MS,
    requestMs: NOTICE_REQUEST_MS,
  });
}

function connectorOf(configuration: Configuration, tenant: string, name: string): ConnectorConfiguration {
  return named(tenantOf(configuration, tenant).connectors, name, 'connector');
}

function named<T>(entries: Readonly<Record<string, T>>, name: string, kind: string): T {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry === undefined)
    throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `${kind} ${name} is not configured`);
  return entry;
}

function half<T>(found: T | undefined, platform: string, kind: string): T {
  if (found === undefined)
    throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `platform ${platform} has no ${kind}`);
  return found;
}
