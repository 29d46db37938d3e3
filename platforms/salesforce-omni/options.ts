// What a connector says about Salesforce Omni-Channel, read once, with every fault reported at once. The same
// schemas serve the configuration check and the start.
import { z } from 'zod';
import type { ConnectorConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import { fault, limitsOf, schemaFaults, type ConnectorLimits } from '../connector-options';
import type { OptionFault } from '../platform';
import { isId } from '../salesforce/ids';
import type { LoginConnector } from '../salesforce/login';
import { checkLogin, loginOptions, readLogin } from '../salesforce/login-options';

const FIELD = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;
/** What the desk fills in by itself. */
const OWN_FIELDS: readonly string[] = ['OwnerId', 'Subject', 'Description', 'Status', 'Origin'];

const name = z.string().regex(FIELD, 'is not an id or developer name');
const seconds = z.number().int().min(0).max(86_400);

/** Variables of flows are named as fields are. */
const variable = z.string().regex(FIELD, 'is not the name of a variable');

/** What a flow can be given, each under the name of one of its variables. */
const flowInputsSchema = z.strictObject({
  conversation: variable.optional(),
  transfer: variable.optional(),
  intent: variable.optional(),
  userMessage: variable.optional(),
  summary: variable.optional(),
});

const FLOW_INPUTS: z.output<typeof flowInputsSchema> = {
  conversation: 'Baton_Conversation_Id',
  transfer: 'Baton_Transfer_Id',
  intent: 'Baton_Intent',
  userMessage: 'Baton_User_Message',
  summary: 'Baton_Summary',
};

const optionsSchema = z.strictObject({
  ...loginOptions,
  apiVersion: z
    .string()
    .regex(/^\d{2,3}\.0$/, 'is not a version such as `61.0`')
    .default('61.0'),
  /** Field of Case: text of 70 characters or more, external id, unique. */
  externalIdField: z.string().regex(FIELD, 'is not the name of a field').default('Baton_Transfer__c'),
  /** Needed for skills by records, and for agents. */
  serviceChannel: name.or(z.string().refine(isId)).optional(),
  skillsRouting: z.enum(['records', 'action']).default('records'),
  /** Needed for skills by the action. */
  routingConfiguration: name.or(z.string().refine(isId)).optional(),
  routingModel: z.enum(['MostAvailable', 'LeastActive']).default('MostAvailable'),
  routingPriority: z.number().int().min(0).max(1_000_000).default(1),
  capacityWeight: z.number().positive().max(1_000).default(1),
  /** 0: an offer stands until the agent answers. */
  pushTimeoutSeconds: seconds.default(30),
  /** Absent: whoever has the skill. */
  skillLevel: z.number().min(0).max(99.99).optional(),
  subject: z.string().min(1).max(255).default('Conversation handed over by the bot'),
  origin: z.string().min(1).max(255).default('Chat'),
  status: z.string().min(1).max(255).default('New'),
  withdrawnStatus: z.string().min(1).max(255).default('Closed'),
  onWithdraw: z.enum(['close', 'delete']).default('close'),
  /** Further fields of every Case. */
  caseFields: z.record(z.string().regex(FIELD), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** What is not named is not given: a flow refuses what it has no variable for. */
  flowInputs: flowInputsSchema.default(FLOW_INPUTS),
  /** Variables in which a flow tells how it went, and which Case it made. */
  flowOutputs: z
    .strictObject({
      outcome: variable.default('Baton_Outcome'),
      case: variable.default('Baton_Case_Id'),
    })
    .prefault({}),
  pollIntervalMs: z.number().int().min(100).max(60_000).default(5_000),
});

/** A connector, read. */
export type OmniConnector = z.output<typeof optionsSchema> & ConnectorLimits & LoginConnector;

/** Every fault of a connector. */
export function checkConnector(connector: ConnectorConfiguration): readonly OptionFault[] {
  return [...checkOptions(connector.options), ...checkLogin(connector)];
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` when the connector has faults; the configuration check finds them first. */
export function readConnector(connector: ConnectorConfiguration): OmniConnector {
  const [first] = checkConnector(connector);
  if (first) throw new BatonError('ESC_PLAN_MISCONFIGURED', `${first.path.join('.')}: ${first.message}`);
  const options = optionsSchema.parse(connector.options);
  return { ...options, ...limitsOf(connector), ...readLogin(connector, options) };
}

function checkOptions(options: ConnectorConfiguration['options']): OptionFault[] {
  const remedy = 'See platforms/salesforce-omni/README.md for the options.';
  const checked = optionsSchema.safeParse(options);
  if (!checked.success) return schemaFaults(checked.error, 'options', remedy);
  const { skillsRouting, routingConfiguration, caseFields, externalIdField } = checked.data;
  const faults = Object.keys(caseFields)
    .filter((field) => [...OWN_FIELDS, externalIdField].includes(field))
    .map((field) =>
      fault(['options', 'caseFields', field], 'is filled by Baton', 'Use the option of its own, or none.'),
    );
  if (skillsRouting === 'action' && routingConfiguration === undefined)
    faults.push(
      fault(
        ['options', 'routingConfiguration'],
        'is needed for `skillsRouting: action`',
        'Name the routing configuration, or route by records.',
      ),
    );
  return faults;
}
