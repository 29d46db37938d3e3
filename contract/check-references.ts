// Names in the file, and names that point at other names in it. Works on the raw value, so that these faults are
// reported together with all others, and takes nothing for granted about its shape.
import type { FaultPath, PathFault } from './fault';
import { NAME_RULES, type NameRule } from './names';
import { nearest } from './nearest';

/** Every name that is none or leads nowhere, and every custom data field that reads another integration's result. */
export function checkReferences(file: unknown): readonly PathFault[] {
  return [
    ...checkNames(file, 'tenants', []),
    ...checkNames(member(file, 'encryption'), 'keys', ['encryption']),
    ...checkNamesBy(NAME_RULES.apiKeys, member(file, 'gateway'), 'operatorKeys', ['gateway']),
    ...members(member(file, 'tenants')).flatMap(([name, tenant]) => checkTenant(tenant, ['tenants', name])),
  ];
}

function checkNames(owner: unknown, section: keyof typeof NAME_RULES, path: FaultPath): readonly PathFault[] {
  return checkNamesBy(NAME_RULES[section], owner, section, path);
}

function checkNamesBy(
  { is, message, remedy }: NameRule,
  owner: unknown,
  section: string,
  path: FaultPath,
): readonly PathFault[] {
  return members(member(owner, section))
    .filter(([name]) => !is.test(name))
    .map(([name]) => ({ path: [...path, section, name], atKey: true, message, remedy }));
}

function checkTenant(tenant: unknown, path: FaultPath): readonly PathFault[] {
  const names = {
    bot: members(member(tenant, 'bots')).map(([name]) => name),
    connector: members(member(tenant, 'connectors')).map(([name]) => name),
  };
  const at = (owner: unknown, kind: 'bot' | 'connector', where: FaultPath): readonly PathFault[] =>
    checkName(member(owner, kind), kind, names[kind], [...where, kind]);
  return [
    ...checkNames(tenant, 'apiKeys', path),
    ...checkNames(tenant, 'bots', path),
    ...checkNames(tenant, 'connectors', path),
    ...checkNames(tenant, 'integrations', path),
    ...members(member(tenant, 'bots')).flatMap(([name, bot]) =>
      at(bot, 'connector', [...path, 'bots', name]),
    ),
    ...members(member(tenant, 'bots')).flatMap(([name, bot]) =>
      checkOwnIntegrations(tenant, name, bot, [...path, 'bots', name]),
    ),
    ...members(member(tenant, 'integrations')).flatMap(([name, integration]) => {
      const where = [...path, 'integrations', name];
      return [
        ...at(integration, 'bot', where),
        ...at(integration, 'connector', where),
        ...members(member(integration, 'requestedTargets')).flatMap(([kind, name]) =>
          checkName(name, 'connector', names.connector, [...where, 'requestedTargets', kind]),
        ),
        ...items(member(integration, 'furtherRungs')).flatMap((rung, index) =>
          at(rung, 'connector', [...where, 'furtherRungs', index]),
        ),
        ...checkCustomData(integration, where),
      ];
    }),
  ];
}

function checkName(
  name: unknown,
  kind: string,
  known: readonly string[],
  path: FaultPath,
): readonly PathFault[] {
  if (typeof name !== 'string' || known.includes(name)) return [];
  const meant = nearest(name, known);
  const list = known.map((each) => `\`${each}\``).join(', ');
  const remedy = meant
    ? `Did you mean \`${meant}\`?`
    : known.length > 0
      ? `Use one of ${list}, or add it under \`${kind}s\`.`
      : `Add it under \`${kind}s\` of this tenant.`;
  return [{ path, message: `names a ${kind} that this tenant does not have`, remedy }];
}

/**
 * Options of a bot that name integrations, on platforms that have such: each is there and is the bot's own. By another
 * bot's, the outcome would be told to that bot.
 */
function checkOwnIntegrations(
  tenant: unknown,
  botName: string,
  bot: unknown,
  where: FaultPath,
): readonly PathFault[] {
  const integrations = members(member(tenant, 'integrations'));
  const options = member(bot, 'options');
  const single = ['integration', 'onError'].map((option) => [[option], member(options, option)] as const);
  const listed = ['integrations', 'integrationByModule'].flatMap((option) =>
    members(member(options, option)).map(([key, name]) => [[option, key], name] as const),
  );
  return [...single, ...listed].flatMap(([option, name]) => {
    if (typeof name !== 'string') return [];
    const [, named] = integrations.find(([each]) => each === name) ?? [];
    if (member(named, 'bot') === botName) return [];
    const own = integrations.flatMap(([each, of]) => (member(of, 'bot') === botName ? [`\`${each}\``] : []));
    return [
      {
        path: [...where, 'options', ...option],
        message:
          named === undefined
            ? 'names an integration that this tenant does not have'
            : 'names an integration of another bot',
        remedy:
          own.length > 0
            ? `Use one of ${own.join(', ')}.`
            : `Add one under \`integrations\` with \`bot: ${botName}\`.`,
      },
    ];
  });
}

function checkCustomData(integration: unknown, where: FaultPath): readonly PathFault[] {
  const variable = member(integration, 'responseDataVariableName');
  if (typeof variable !== 'string') return [];
  const root = `api_${variable}`;
  return members(member(integration, 'customDataFields'))
    .filter(([, value]) => typeof value === 'string' && !readsOnly(value, root))
    .map(([name]) => ({
      path: [...where, 'customDataFields', name],
      message: 'has a malformed place in the result',
      remedy: `Write \`{$.${root}.path}\`: the result of this integration is under \`${root}\`.`,
    }));
}

/** Each `{$.` opens a place under `root`, and nothing else does. */
function readsOnly(value: string, root: string): boolean {
  return value
    .split('{$.')
    .slice(1)
    .every((rest) => {
      const end = rest.indexOf('}');
      const place = end < 0 ? '' : rest.slice(0, end);
      return place === root || place.startsWith(`${root}.`) || place.startsWith(`${root}[`);
    });
}

function member(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function members(value: unknown): readonly [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
