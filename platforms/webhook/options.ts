// The options of a generic connector and of a generic bot: a URL and secrets. Checked when the configuration is,
// and read again where they are used.
import type { BotConfiguration, ConnectorConfiguration, Secret } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import { checkUrl } from '../http';
import type { EgressPolicy } from '../http';
import type { OptionFault } from '../platform';
import type { Endpoint } from './send-signed';
import { isSecret } from './signing';

type Values = Readonly<Record<string, unknown>>;

const SECRET_REMEDY =
  'Set it to `${env:NAME}` or `${file:PATH}` with `whsec_` and the base64 of 24 to 64 random bytes, e.g. echo whsec_$(head -c 32 /dev/urandom | base64 -w0).';

/** Faults of a connector: `options.url`, `credentials.secret`, and `credentials.previousSecret` in a rotation. */
export function checkConnector(connector: ConnectorConfiguration): readonly OptionFault[] {
  return [
    ...checkNames('options', connector.options, ['url']),
    ...checkNames('credentials', connector.credentials, ['secret', 'previousSecret']),
    ...checkUrlOption(connector.options, connector),
    ...checkSecrets('credentials', connector.credentials),
  ];
}

/** The options by which a bot side reaches its users: see {@link checkUserSide}. */
export const USER_SIDE_OPTIONS: readonly string[] = ['url', 'secret', 'previousSecret'];

/** Faults of a bot: `options.url`, `options.secret`, and `options.previousSecret` in a rotation. */
export function checkBot(bot: BotConfiguration): readonly OptionFault[] {
  return [...checkNames('options', bot.options, USER_SIDE_OPTIONS), ...checkUserSide(bot)];
}

/** As {@link checkBot}, for a bot that has other options besides. */
export function checkUserSide(bot: BotConfiguration): readonly OptionFault[] {
  return [...checkUrlOption(bot.options, bot), ...checkSecrets('options', bot.options)];
}

/** Faults of where any bot's notices go, whatever its platform, if they go to a webhook. */
export function checkNotices({ notices, ...reach }: BotConfiguration): readonly OptionFault[] {
  if (notices.kind !== 'webhook') return [];
  const values = { ...notices };
  return [...checkUrlOption(values, reach), ...checkSecrets('notices', values)].map((fault) => ({
    ...fault,
    path: ['notices', 'webhook', ...fault.path.slice(1)],
  }));
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for a connector that {@link checkConnector} finds fault with. */
export function connectorEndpoint(connector: ConnectorConfiguration): Endpoint {
  refuseFaults(checkConnector(connector));
  return { url: String(connector.options.url), secrets: secretsOf(connector.credentials) };
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for a bot that {@link checkBot} finds fault with. */
export function botEndpoint(bot: BotConfiguration): Endpoint {
  refuseFaults(checkBot(bot));
  return userSideEndpoint(bot);
}

/** Where the users of a bot are reached, whatever its platform. @throws as {@link botEndpoint} */
export function userSideEndpoint(bot: BotConfiguration): Endpoint {
  refuseFaults(checkUserSide(bot));
  return { url: String(bot.options.url), secrets: secretsOf(bot.options) };
}

function refuseFaults([fault]: readonly OptionFault[]): void {
  if (fault) throw new BatonError('ESC_PLAN_MISCONFIGURED', `${fault.path.join('.')}: ${fault.message}`);
}

function checkNames(group: string, values: Values, known: readonly string[]): OptionFault[] {
  return Object.keys(values)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: [group, name],
      message: 'unknown to the webhook platform',
      remedy: `Remove it. Known here: ${known.join(', ')}.`,
    }));
}

function checkUrlOption({ url }: Values, { allowPrivateNetwork, privateHosts }: EgressPolicy): OptionFault[] {
  const path = ['options', 'url'];
  const remedy = 'Set it to the https URL that takes signed POST requests.';
  if (typeof url !== 'string' || url === '') return [{ path, message: 'the URL is missing', remedy }];
  try {
    checkUrl(url, { allowPrivateNetwork, privateHosts });
    return [];
  } catch (error) {
    return [{ path, message: (error as Error).message, remedy }];
  }
}

function checkSecrets(group: string, values: Values): OptionFault[] {
  const faults: OptionFault[] = [];
  const path = (name: string): string[] => [group, name];
  if (reveal(values.secret) === undefined)
    faults.push({ path: path('secret'), message: 'the secret is missing', remedy: SECRET_REMEDY });
  for (const name of ['secret', 'previousSecret']) {
    const secret = reveal(values[name]);
    if (secret !== undefined && !isSecret(secret))
      faults.push({ path: path(name), message: 'not a webhook secret', remedy: SECRET_REMEDY });
  }
  return faults;
}

function secretsOf(values: Values): string[] {
  return [reveal(values.secret), reveal(values.previousSecret)].filter((secret) => secret !== undefined);
}

function reveal(value: unknown): string | undefined {
  if (isSecretReference(value)) return value.reveal();
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isSecretReference(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && 'reveal' in value;
}
