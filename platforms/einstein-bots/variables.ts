// A bot's variables as they travel: each a name, a type, and a value of that type or null (Einstein Bots API v5.3.0).
// Baton's own typed variables are the same, so that one bot's reach another as what they were.
import { z } from 'zod';
import type { TypedVariable } from '../../domain/bot-session';
import type { TransferContext } from '../../domain/plan';
import type { Variable } from '../../domain/request';
import type { SessionStart } from '../bot-sessions';

const text = z.string();
/** What an object or a list holds is for the bot to judge that gets it. */
const VALUES = {
  boolean: z.boolean(),
  date: text,
  dateTime: text,
  money: text,
  number: z.number(),
  text,
  object: z.array(z.unknown()),
  ref: text,
  list: z.array(z.unknown()),
} as const satisfies Record<TypedVariable['type'], z.ZodType>;

const variableOf = <T extends TypedVariable['type']>(type: T) =>
  z.object({ name: z.string().min(1), type: z.literal(type), value: VALUES[type].nullable() });

/** One variable. */
export const variableSchema = z.discriminatedUnion('type', [
  variableOf('boolean'),
  variableOf('date'),
  variableOf('dateTime'),
  variableOf('money'),
  variableOf('number'),
  variableOf('text'),
  variableOf('object'),
  variableOf('ref'),
  variableOf('list'),
]);

/** What a session begins with, besides what the caller gives it. */
export interface OwnVariables {
  readonly integrationName: string;
  /** Name of the variable for the intent; false: it is not passed on. */
  readonly intentVariable: string | false;
}

/**
 * Variables of a session's start: the client's own, the intent, and what came along. Of what another bot knows, its
 * own context stays with it: the receiver has one of its own.
 */
export function startVariables(
  { variables = [], intent, origin }: SessionStart,
  { integrationName, intentVariable }: OwnVariables,
): readonly TypedVariable[] {
  const own: TypedVariable[] = [
    { name: '$Context.IntegrationType', type: 'text', value: 'API' },
    { name: '$Context.IntegrationName', type: 'text', value: integrationName },
  ];
  if (intent !== undefined && intentVariable !== false)
    own.push({ name: intentVariable, type: 'text', value: intent });
  const names = own.map(({ name }) => name);
  const others = variables.filter(
    ({ name }) => !names.includes(name) && !(origin !== undefined && name.startsWith('$')),
  );
  return [...own, ...others];
}

/** The variables of a transfer: as typed, else by what they are in JavaScript. */
export function variablesOf({ typedVariables, variables = {} }: TransferContext): readonly TypedVariable[] {
  return typedVariables ?? Object.entries(variables).map(([name, value]) => ({ name, ...typed(value) }));
}

function typed(value: Variable): Pick<TypedVariable, 'type' | 'value'> {
  switch (typeof value) {
    case 'number':
      return { type: 'number', value };
    case 'boolean':
      return { type: 'boolean', value };
    default:
      return { type: 'text', value };
  }
}
