// What the platforms know about a configuration, in the shape that contract/ takes when it loads the file.
import type { BotConfiguration, ConnectorConfiguration } from '../domain/configuration';
import { carrierOf } from './pairs';
import type { OptionFault, Platform } from './platform';
import { checkNotices } from './webhook/options';

/** The checks of a set of platforms; fits contract/check-platforms.ts. */
export interface ConfigurationChecks {
  checkPlatform(
    kind: 'bot' | 'connector',
    platform: string,
    value: BotConfiguration | ConnectorConfiguration,
  ): readonly OptionFault[];
  targetForm(
    platform: string,
    kind: string,
    id: string,
  ): 'valid' | 'invalid' | 'no_desk' | 'unknown_platform';
  canTakeOver(bot: string, desk: string): boolean;
}

/** Checks bots and connectors with their platforms; one that is unknown, or has no such side, is a fault at `platform`. */
export function configurationChecks(platforms: Readonly<Record<string, Platform>>): ConfigurationChecks {
  const find = (name: string): Platform | undefined =>
    Object.hasOwn(platforms, name) ? platforms[name] : undefined;
  return {
    checkPlatform: (kind, name, value) =>
      kind === 'bot'
        ? checkBot(platforms, find(name), value as BotConfiguration)
        : (find(name)?.desk?.checkConnector(value as ConnectorConfiguration) ??
          unknownPlatform(platforms, 'connectors', (platform) => platform.desk)),
    targetForm: (name, kind, id) => {
      const platform = find(name);
      if (!platform) return 'unknown_platform';
      if (!platform.desk) return 'no_desk';
      return platform.desk.isValidTargetId(kind, id) ? 'valid' : 'invalid';
    },
    canTakeOver: (bot, desk) => {
      const pair = { bot: find(bot)?.botSide, desk: find(desk)?.desk };
      // One that is not there is a fault of its own.
      return !pair.bot || !pair.desk || carrierOf(pair.bot, pair.desk) !== 'none';
    },
  };
}

function checkBot(
  platforms: Readonly<Record<string, Platform>>,
  platform: Platform | undefined,
  bot: BotConfiguration,
): readonly OptionFault[] {
  const side = platform?.botSide;
  if (!side) return unknownPlatform(platforms, 'bots', (each) => each.botSide);
  const faults = [...side.checkBot(bot), ...checkNotices(bot)];
  if (side.needsConnector && bot.connector === undefined)
    faults.push({
      path: ['connector'],
      message: `is required for a bot on ${bot.platform}`,
      remedy: 'Name the connector whose account posts to the user.',
    });
  if (bot.notices.kind === 'platform' && !side.deliversNotices)
    faults.push({
      path: ['notices'],
      message: `${bot.platform} has no words of its own for notices`,
      remedy: 'Use `webhook` or `signal`.',
    });
  // The session waits for the outcome, and only its own platform's words reach it.
  if (bot.notices.kind !== 'platform' && side.sessions)
    faults.push({
      path: ['notices'],
      message: `do not reach a bot on ${bot.platform} this way`,
      remedy: 'Use `platform`: the bot hears in its session how its handoff went.',
    });
  return faults;
}

function unknownPlatform(
  platforms: Readonly<Record<string, Platform>>,
  users: string,
  side: (platform: Platform) => unknown,
): readonly OptionFault[] {
  const known = Object.keys(platforms).filter((name) => {
    const platform = platforms[name];
    return platform !== undefined && side(platform) !== undefined;
  });
  return [
    {
      path: ['platform'],
      message: `is not a platform for ${users}`,
      remedy: `Use one of ${known.map((name) => `\`${name}\``).join(', ')}.`,
    },
  ];
}
