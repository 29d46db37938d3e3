// What a connector says about Live Agent, read once, with every fault reported at once.
import { z } from 'zod';
import type { ConnectorConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import { templateFault } from '../../domain/template';
import { fault, limitsOf, schemaFaults, textOrSecret, type ConnectorLimits } from '../connector-options';
import { checkUrl } from '../http';
import type { OptionFault } from '../platform';
import { readSealer } from '../sealing';
import type { Sealer } from '../sealing';
import { prechatSchema } from './chat-request';
import { isIdOf } from './ids';

const README = 'See platforms/salesforce-live-agent/README.md for the options.';
const SEALING_REMEDY =
  'Set it to `id:key`, the key base64 of 32 random bytes; several with commas during a rotation.';
const PATH = /^\/chat\/rest\/?$/;

const optionsSchema = z.strictObject({
  /** `https://<pod>.salesforceliveagent.com/chat/rest`. */
  baseUrl: z.string().min(1),
  deploymentId: z.string().refine((id) => isIdOf('deployment', id), 'is not the id of a chat deployment'),
  apiVersion: z.number().int().min(34).max(99).default(48),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?$/, 'is not a language such as `en-US`')
    .default('en-US'),
  /** A template: what the agent's console calls the user. */
  visitorName: z.string().min(1).max(200).default('Visitor'),
  /** First line of the messages that tell the agent what was said before. */
  contextHeading: z.string().min(1).max(200).default('Before you joined:'),
  prechat: prechatSchema.prefault({}),
});

const credentialsSchema = z.strictObject({ sealingKeys: textOrSecret });

/** A connector, read. */
export interface LiveAgentConnector extends z.output<typeof optionsSchema>, ConnectorLimits {
  readonly organizationId: string;
  readonly sealer: Sealer;
}

/** Every fault of a connector. */
export function checkConnector(connector: ConnectorConfiguration): readonly OptionFault[] {
  return [
    ...(isIdOf('org', connector.account)
      ? []
      : [fault(['account'], 'must be the id of the org', 'Copy it from Setup, Company Information: 00D….')]),
    ...checkOptions(connector),
    ...(sealerOf(connector)
      ? []
      : [fault(['credentials', 'sealingKeys'], 'is not a list of keys, or not alone', SEALING_REMEDY)]),
  ];
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` when the connector has faults; the configuration check finds them first. */
export function readConnector(connector: ConnectorConfiguration): LiveAgentConnector {
  const [first] = checkConnector(connector);
  const sealer = sealerOf(connector);
  if (first || !sealer)
    throw new BatonError('ESC_PLAN_MISCONFIGURED', `${first?.path.join('.')}: ${first?.message}`);
  return {
    ...optionsSchema.parse(connector.options),
    organizationId: connector.account,
    sealer,
    ...limitsOf(connector),
  };
}

function sealerOf({ credentials }: ConnectorConfiguration): Sealer | undefined {
  const checked = credentialsSchema.safeParse(credentials);
  return checked.success ? readSealer(checked.data.sealingKeys) : undefined;
}

function checkOptions(connector: ConnectorConfiguration): OptionFault[] {
  const checked = optionsSchema.safeParse(connector.options);
  if (!checked.success) return schemaFaults(checked.error, 'options', README);
  const { baseUrl, prechat, visitorName } = checked.data;
  return [
    ...checkBaseUrl(baseUrl, connector),
    ...checkTemplate(['options', 'visitorName'], visitorName),
    ...prechat.details.flatMap(({ value }, index) =>
      checkTemplate(['options', 'prechat', 'details', String(index), 'value'], value),
    ),
    ...checkLabels(prechat),
  ];
}

function checkBaseUrl(baseUrl: string, connector: ConnectorConfiguration): OptionFault[] {
  const path = ['options', 'baseUrl'];
  try {
    const { pathname, search } = checkUrl(baseUrl, connector);
    if (PATH.test(pathname) && search === '') return [];
    return [
      fault(path, 'does not end in `/chat/rest`', 'Copy the Chat API endpoint from Setup, Chat Settings.'),
    ];
  } catch (error) {
    return [fault(path, (error as Error).message, README)];
  }
}

function checkTemplate(path: readonly string[], template: string): OptionFault[] {
  return templateFault(template) === undefined
    ? []
    : [fault(path, 'has a `{$` that does not open a variable', 'Write `{$botContext.name}`.')];
}

/** Records are filled from details by label. */
function checkLabels({ details, entities }: z.output<typeof prechatSchema>): OptionFault[] {
  const labels = details.map(({ label }) => label);
  const path = ['options', 'prechat'];
  const twice = labels.filter((label, index) => labels.indexOf(label) !== index);
  const unknown = entities
    .flatMap(({ entityFieldsMaps }) => entityFieldsMaps.map(({ label }) => label))
    .filter((label) => !labels.includes(label));
  return [
    ...twice.map((label) => fault(path, `has two details with the label "${label}"`, 'Give each its own.')),
    ...unknown.map((label) => fault(path, `has no detail with the label "${label}"`, 'Add it to `details`.')),
  ];
}
