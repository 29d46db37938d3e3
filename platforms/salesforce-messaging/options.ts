// What a connector says about Messaging for In-App and Web, read once, with every fault reported at once.
import { z } from 'zod';
import type { ConnectorConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import {
  fault,
  isRsaKey,
  limitsOf,
  pemOrSecret,
  schemaFaults,
  textOrSecret,
  type ConnectorLimits,
} from '../connector-options';
import { checkUrl } from '../http';
import type { OptionFault } from '../platform';
import { readSealer } from '../sealing';
import type { Sealer } from '../sealing';
import { templateFaults } from './context';

const ORG = /^00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?$/;
const API_NAME = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;
const README = 'See platforms/salesforce-messaging/README.md for the options.';
const duration = (most: number) => z.number().int().min(1).max(most);

const optionsSchema = z.strictObject({
  /** The deployment's URL, `https://<my domain>.my.salesforce-scrt.com`. */
  scrtUrl: z.string().min(1),
  /** Developer name of the Embedded Service deployment, of type Custom Client. */
  deployment: z.string().regex(API_NAME, 'is not a developer name'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(?:_[A-Za-z]{2,4})?$/, 'is not a language such as `en_US`')
    .default('en_US'),
  /** Name to template. Names are case-sensitive; Salesforce drops those it does not know without a word. */
  routingAttributes: z
    .record(z.string().regex(API_NAME, 'is not the name of a parameter'), z.string())
    .default({}),
  /** First line of the messages that tell the agent what was said before. */
  contextHeading: z.string().min(1).max(200).default('Before you joined:'),
  /** Whether the agent sees that their messages were shown. */
  readReceipts: z.boolean().default(false),
  /** What stands for a message of a kind that cannot be shown. */
  unsupportedText: z
    .string()
    .min(1)
    .max(500)
    .default('(The agent sent something that cannot be shown here.)'),
  /** An agent who leaves may be handing over to another: this long nothing is said. */
  agentGraceMs: duration(120_000).default(10_000),
  /** A stream that is silent for so long is dead. */
  heartbeatTimeoutMs: duration(600_000).default(90_000),
  /** First wait before the stream is opened again; grows by half each time, up to 30 s. */
  reconnectMs: duration(30_000).default(1_000),
  /** Asks for the list of entries at every message of the agent, so that none can come after a later one. */
  checkOrder: z.boolean().default(true),
  /** How often the stream is held against the list of entries although nothing broke. */
  reconcileMs: duration(3_600_000).default(120_000),
});

const credentialsSchema = z.union([
  z.strictObject({
    issuer: textOrSecret,
    keyId: textOrSecret,
    privateKey: pemOrSecret,
  }),
  z.strictObject({ sealingKeys: textOrSecret }),
]);

/** How Salesforce knows the user: by a JWT that Baton signs, or as a guest with a token that only one chat has. */
export type Identity =
  | {
      readonly kind: 'verified';
      readonly issuer: string;
      readonly keyId: string;
      readonly privateKey: string;
    }
  | { readonly kind: 'guest'; readonly sealer: Sealer };

/** A connector, read. */
export interface MessagingConnector extends z.output<typeof optionsSchema>, ConnectorLimits {
  readonly org: string;
  readonly identity: Identity;
}

/** Every fault of a connector. */
export function checkConnector(connector: ConnectorConfiguration): readonly OptionFault[] {
  return [
    ...(ORG.test(connector.account)
      ? []
      : [fault(['account'], 'must be the id of the org', 'Copy it from Setup, Company Information: 00D….')]),
    ...checkOptions(connector),
    ...checkCredentials(connector.credentials),
  ];
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` when the connector has faults; the configuration check finds them first. */
export function readConnector(connector: ConnectorConfiguration): MessagingConnector {
  const [first] = checkConnector(connector);
  if (first) throw new BatonError('ESC_PLAN_MISCONFIGURED', `${first.path.join('.')}: ${first.message}`);
  const options = optionsSchema.parse(connector.options);
  return {
    ...options,
    scrtUrl: options.scrtUrl.replace(/\/+$/, ''),
    org: connector.account,
    identity: identityOf(credentialsSchema.parse(connector.credentials)),
    ...limitsOf(connector),
  };
}

function identityOf(credentials: z.output<typeof credentialsSchema>): Identity {
  if ('privateKey' in credentials) return { kind: 'verified', ...credentials };
  const sealer = readSealer(credentials.sealingKeys);
  if (!sealer) throw new BatonError('ESC_PLAN_MISCONFIGURED', 'credentials.sealingKeys');
  return { kind: 'guest', sealer };
}

function checkOptions(connector: ConnectorConfiguration): OptionFault[] {
  const checked = optionsSchema.safeParse(connector.options);
  if (!checked.success) return schemaFaults(checked.error, 'options', README);
  const faults = Object.entries(checked.data.routingAttributes).flatMap(([name, template]) =>
    templateFaults(template).map((placeholder) =>
      fault(['options', 'routingAttributes', name], `has no value for {${placeholder}}`, README),
    ),
  );
  try {
    const { pathname, search } = checkUrl(checked.data.scrtUrl, connector);
    if (pathname !== '/' || search !== '')
      faults.push(fault(['options', 'scrtUrl'], 'has more than a host', README));
  } catch (error) {
    faults.push(fault(['options', 'scrtUrl'], (error as Error).message, README));
  }
  return faults;
}

function checkCredentials(credentials: ConnectorConfiguration['credentials']): OptionFault[] {
  const checked = credentialsSchema.safeParse(credentials);
  if (!checked.success)
    return [
      fault(
        ['credentials'],
        'are neither those of verified users nor of guests',
        'Give `issuer`, `keyId` and `privateKey` (RSA, PEM) for verified users, or only `sealingKeys` for guests.',
      ),
    ];
  if ('sealingKeys' in checked.data)
    return readSealer(checked.data.sealingKeys)
      ? []
      : [
          fault(
            ['credentials', 'sealingKeys'],
            'is not a list of keys',
            'Set it to `id:key`, the key base64 of 32 random bytes; several with commas during a rotation.',
          ),
        ];
  if (isRsaKey(checked.data.privateKey)) return [];
  return [
    fault(
      ['credentials', 'privateKey'],
      'is not an RSA private key in PEM',
      'See the README for how to make one.',
    ),
  ];
}
