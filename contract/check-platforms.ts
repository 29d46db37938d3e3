// What only platforms know about a configuration. contract/ does not import them: whoever loads the file hands
// their checks in. Bots and connectors are checked one by one, so that a fault in one hides none in another.
import type { z } from 'zod';
import type { BotConfiguration, ConnectorConfiguration } from '../domain/configuration';
import { templateVariables } from '../domain/template';
import { botSchema } from './bot';
import { connectorSchema } from './connector';
import type { FaultPath, PathFault } from './fault';
import type { ResolveReference } from './secret';

/** A fault that a platform found; the path is inside the bot or connector. */
export interface PlatformFault {
  readonly path: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

/** What a platform says of a target id. `unknown_platform` is a fault of its own, found by `checkPlatform`. */
export type TargetForm = 'valid' | 'invalid' | 'no_desk' | 'unknown_platform';

/** The checks of all platforms, by name. */
export interface PlatformChecks {
  /** Faults of a bot or connector, among them an unknown platform (at `platform`). */
  checkPlatform(
    kind: 'bot' | 'connector',
    platform: string,
    value: BotConfiguration | ConnectorConfiguration,
  ): readonly PlatformFault[];
  /** Whether an id has the vendor's form. Absent: ids are not looked at. */
  targetForm?(platform: string, kind: string, id: string): TargetForm;
  /** Whether a desk's platform can take over conversations of a bot's. Absent: any can. */
  canTakeOver?(bot: string, desk: string): boolean;
}

/** Faults that stop the start, and warnings that do not. */
export interface PlatformFindings {
  readonly faults: readonly PathFault[];
  readonly warnings: readonly PathFault[];
}

/** Runs the platforms' checks over every bot and connector that can be read by itself. */
export function checkPlatforms(
  file: unknown,
  resolve: ResolveReference,
  checks: PlatformChecks,
): PlatformFindings {
  const schemas = { bot: botSchema(resolve), connector: connectorSchema(resolve) };
  const findings = tenantsOf(file).map(([tenant, sections]) => {
    const path = ['tenants', tenant];
    return {
      faults: [
        ...checkEach('bot', sections['bots'], [...path, 'bots'], schemas.bot, checks),
        ...checkEach('connector', sections['connectors'], [...path, 'connectors'], schemas.connector, checks),
        ...checkDesks(sections, path, checks),
      ],
      warnings: checkIds(sections, path, checks),
    };
  });
  return {
    faults: findings.flatMap(({ faults }) => faults),
    warnings: findings.flatMap(({ warnings }) => warnings),
  };
}

function checkEach(
  kind: 'bot' | 'connector',
  section: unknown,
  path: FaultPath,
  schema: z.ZodType<BotConfiguration | ConnectorConfiguration, unknown>,
  checks: PlatformChecks,
): readonly PathFault[] {
  return Object.entries(asObject(section)).flatMap(([name, raw]) => {
    const read = schema.safeParse(raw);
    if (!read.success) return [];
    const faults = checks.checkPlatform(kind, read.data.platform, read.data);
    return faults.map((fault) => ({ ...fault, path: [...path, name, ...fault.path] }));
  });
}

/** One id of the file, on the platform that it is for. */
interface IdUse {
  readonly path: FaultPath;
  readonly platform: string;
  readonly kind: string;
  readonly id: string;
}

/** Integrations and rungs must name connectors that have a desk, and one that can take over what their bot has. */
function checkDesks(sections: Sections, path: FaultPath, checks: PlatformChecks): readonly PathFault[] {
  const integrations = Object.entries(asObject(sections['integrations']));
  return integrations.flatMap(([name, raw]) => {
    const integration = asObject(raw);
    const bot = platformOf(sections, 'bots', integration['bot']);
    return connectorsOf(integration).flatMap(({ at, connector }) => {
      const desk = platformOf(sections, 'connectors', connector);
      const fault = desk === undefined ? undefined : deskFault(checks, bot, desk);
      return fault ? [{ path: [...path, 'integrations', name, ...at], ...fault }] : [];
    });
  });
}

/** Everything of an integration that names a connector. */
function connectorsOf(integration: Sections): readonly { at: FaultPath; connector: unknown }[] {
  return [
    { at: ['connector'], connector: integration['connector'] },
    ...asList(integration['furtherRungs']).map((rung, index) => ({
      at: ['furtherRungs', index, 'connector'],
      connector: asObject(rung)['connector'],
    })),
    ...Object.entries(asObject(integration['requestedTargets'])).map(([kind, connector]) => ({
      at: ['requestedTargets', kind],
      connector,
    })),
  ];
}

function deskFault(
  { targetForm, canTakeOver }: PlatformChecks,
  bot: string | undefined,
  desk: string,
): Omit<PathFault, 'path'> | undefined {
  if (targetForm?.(desk, 'skill', '') === 'no_desk')
    return {
      message: 'names a connector whose platform has no human agents',
      remedy: 'Name a connector of a platform with a desk.',
    };
  if (bot === undefined || (canTakeOver?.(bot, desk) ?? true)) return undefined;
  return {
    message: `names a connector that can take over only conversations on ${desk}, and the bot's are on ${bot}`,
    remedy: 'Name a connector of another platform: README.md has a table of what goes with what.',
  };
}

/** Ids are evaluated when the escalation is attempted; one that is already seen to be of the wrong form is worth a word. */
function checkIds(sections: Sections, path: FaultPath, checks: PlatformChecks): readonly PathFault[] {
  return idsOf(sections)
    .filter(({ id }) => templateVariables(id).length === 0)
    .filter(({ platform, kind, id }) => checks.targetForm?.(platform, kind, id) === 'invalid')
    .map((use) => ({
      path: [...path, ...use.path],
      message: `is not an id of a ${use.kind} as ${use.platform} makes them`,
      remedy: 'Copy the id, not the name. As it stands, this target will never be tried.',
    }));
}

function idsOf(sections: Sections): readonly IdUse[] {
  const uses: IdUse[] = [];
  const add = (path: FaultPath, connector: unknown, kind: unknown, id: unknown): void => {
    const platform = platformOf(sections, 'connectors', connector);
    if (
      platform !== undefined &&
      typeof kind === 'string' &&
      (typeof id === 'string' || typeof id === 'number')
    )
      uses.push({ path, platform, kind, id: String(id) });
  };
  for (const [name, raw] of Object.entries(asObject(sections['connectors'])))
    add(['connectors', name, 'fallbackSkillId'], name, 'skill', asObject(raw)['fallbackSkillId']);
  for (const [name, raw] of Object.entries(asObject(sections['integrations']))) {
    const integration = asObject(raw);
    const path = ['integrations', name];
    add([...path, 'agentSkillId'], integration['connector'], 'skill', integration['agentSkillId']);
    add([...path, 'agentId'], integration['connector'], 'agent', integration['agentId']);
    for (const [index, item] of asList(integration['furtherRungs']).entries()) {
      const target = asObject(asObject(item)['target']);
      const at = [...path, 'furtherRungs', index, 'target'];
      add([...at, 'id'], asObject(item)['connector'], target['kind'], target['id']);
      add([...at, 'agentId'], asObject(item)['connector'], 'agent', target['agentId']);
    }
  }
  return uses;
}

type Sections = Readonly<Record<string, unknown>>;

function tenantsOf(file: unknown): readonly (readonly [string, Sections])[] {
  return Object.entries(asObject(asObject(file)['tenants'])).map(([name, raw]) => [name, asObject(raw)]);
}

function platformOf(sections: Sections, section: 'bots' | 'connectors', name: unknown): string | undefined {
  const all = asObject(sections[section]);
  if (typeof name !== 'string' || !Object.hasOwn(all, name)) return undefined;
  const { platform } = asObject(all[name]);
  return typeof platform === 'string' ? platform : undefined;
}

function asObject(value: unknown): Sections {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
