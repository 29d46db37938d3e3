// What a connector says about an org's Einstein bots, read once, with every fault reported at once.
import { z } from 'zod';
import type { ConnectorConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import { fault, limitsOf, schemaFaults, type ConnectorLimits } from '../connector-options';
import { checkUrl } from '../http';
import type { OptionFault } from '../platform';
import type { LoginConnector } from '../salesforce/login';
import { checkLogin, loginOptions, readLogin } from '../salesforce/login-options';

/** `$Context.IntegrationName` has at most that many characters (Einstein Bots SDK). */
const MAX_NAME = 128;
const VARIABLE = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;

const optionsSchema = z.strictObject({
  ...loginOptions,
  /** "Runtime Base URL" of the bot's connected app. */
  runtimeUrl: z.string(),
  /** "ForceConfig Endpoint" of the bot's connected app. @default the instance that the login names */
  endpoint: z.string().optional(),
  integrationName: z.string().min(1).max(MAX_NAME).default('Baton'),
  /** Variable of a receiving bot that gets the intent; false: it gets none. */
  intentVariable: z
    .union([z.literal(false), z.string().regex(VARIABLE, 'is not the API name of a variable')])
    .default('Baton_Intent'),
  /** IANA name of the users' time zone. */
  timeZone: z.string().min(1).max(64).optional(),
});

/** A connector, read. */
export type EinsteinConnector = z.output<typeof optionsSchema> & ConnectorLimits & LoginConnector;

/** Every fault of a connector. */
export function checkConnector(connector: ConnectorConfiguration): readonly OptionFault[] {
  const checked = optionsSchema.safeParse(connector.options);
  const remedy = 'See platforms/einstein-bots/README.md for the options.';
  return [
    ...(checked.success ? [] : schemaFaults(checked.error, 'options', remedy)),
    ...checkHost(connector, 'runtimeUrl', 'Copy the Runtime Base URL from the bot’s connected app.'),
    ...checkHost(connector, 'endpoint', 'Copy the ForceConfig Endpoint from the bot’s connected app.'),
    ...checkLogin(connector),
  ];
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` when the connector has faults; the configuration check finds them first. */
export function readConnector(connector: ConnectorConfiguration): EinsteinConnector {
  const [first] = checkConnector(connector);
  if (first) throw new BatonError('ESC_PLAN_MISCONFIGURED', `${first.path.join('.')}: ${first.message}`);
  const options = optionsSchema.parse(connector.options);
  return {
    ...options,
    runtimeUrl: options.runtimeUrl.replace(/\/+$/, ''),
    ...limitsOf(connector),
    ...readLogin(connector, options),
  };
}

function checkHost(
  connector: ConnectorConfiguration,
  name: 'runtimeUrl' | 'endpoint',
  remedy: string,
): OptionFault[] {
  const value = connector.options[name];
  if (typeof value !== 'string') return [];
  try {
    const url = checkUrl(value, connector);
    return url.pathname === '/' && url.search === ''
      ? []
      : [fault(['options', name], 'has more than a host', remedy)];
  } catch (error) {
    return [fault(['options', name], (error as Error).message, remedy)];
  }
}
