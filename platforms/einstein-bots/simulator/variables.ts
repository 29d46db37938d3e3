// Variables on the wire: each is checked by its type, and answers carry those that the request asked for.
import { z } from 'zod';

/** A variable of a bot or of a session. */
export interface Variable {
  readonly name: string;
  readonly type: VariableType;
  readonly value: unknown;
}

const ID = /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;
const DATE_TIME =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$/;
const MONEY = /^[A-Z]{3} -?\d+(\.\d+)?$/;

const VALUES = {
  boolean: z.boolean(),
  date: z.iso.date(),
  dateTime: z.string().regex(DATE_TIME),
  money: z.string().regex(MONEY),
  number: z.number(),
  text: z.string(),
  object: z.lazy(() => variablesSchema),
  ref: z.string().regex(ID),
  list: z.array(z.lazy(() => itemSchema)),
} as const satisfies Record<string, z.ZodType>;

/** Types of variables. */
export type VariableType = keyof typeof VALUES;

/** The types' names. */
export const VARIABLE_TYPES = Object.keys(VALUES) as [VariableType, ...VariableType[]];

/** A variable: nothing else in it, and a value of its type or null. */
export const variableSchema: z.ZodType<Variable> = z.lazy(() =>
  z.union(
    VARIABLE_TYPES.map((type) =>
      z.strictObject({ name: z.string().min(1), type: z.literal(type), value: VALUES[type].nullable() }),
    ),
  ),
);

const variablesSchema: z.ZodType<Variable[]> = z.array(variableSchema);

const itemSchema: z.ZodType<Omit<Variable, 'name'>> = z.lazy(() =>
  z.union(
    VARIABLE_TYPES.map((type) => z.strictObject({ type: z.literal(type), value: VALUES[type].nullable() })),
  ),
);

/** `responseOptions.variables` of a request. */
export interface VariableOptions {
  readonly include: boolean;
  readonly onlyChanged: boolean;
  readonly filter?: readonly string[] | null | undefined;
}

/** What an answer carries: null where nothing was asked for. */
export function answered(
  options: VariableOptions | undefined,
  before: readonly Variable[],
  now: readonly Variable[],
): readonly Variable[] | null {
  if (!options?.include) return null;
  const { onlyChanged, filter } = options;
  return now
    .filter(
      (variable) =>
        !onlyChanged ||
        !isSame(
          variable,
          before.find(({ name }) => name === variable.name),
        ),
    )
    .filter(({ name }) => !filter || filter.length === 0 || filter.includes(name));
}

/** What the user wrote as a value of the type; undefined: it is none. */
export function readAs(type: VariableType, text: string): unknown {
  const written = text.trim();
  const value = type === 'number' ? Number(written) : type === 'boolean' ? yesOrNo(written) : written;
  return VALUES[type].safeParse(value).success && written !== '' ? value : undefined;
}

function yesOrNo(text: string): boolean | undefined {
  if (/^(yes|true)$/i.test(text)) return true;
  return /^(no|false)$/i.test(text) ? false : undefined;
}

function isSame(one: Variable, other: Variable | undefined): boolean {
  return JSON.stringify(one.value) === JSON.stringify(other?.value);
}
