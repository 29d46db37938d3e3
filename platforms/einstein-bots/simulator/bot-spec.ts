// Bots as data: what an admin sets up in the org. A dialog is a list of steps; one that ends leaves the bot waiting for
// whatever the user writes next.
import { z } from 'zod';
import { variableSchema } from './variables';

const name = z.string().min(1);
const delayMs = z.number().int().min(0).optional();
/** The step is skipped unless the variable has this value; null: is empty. `not` turns it round. */
const when = z
  .strictObject({ variable: name, equals: z.json().default(null), not: z.boolean().default(false) })
  .optional();

/** One step of a dialog. Texts may name variables as `{!name}`, and so may values of targets. */
export const stepSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('say'), text: z.string(), delayMs, when }),
  /** Asks, with choices perhaps, and keeps the answer in a variable that the bot has. */
  z.strictObject({
    kind: z.literal('ask'),
    text: z.string(),
    into: name,
    choices: z.array(name).min(1).optional(),
    widget: z.enum(['buttons', 'menu']).default('buttons'),
    delayMs,
    when,
  }),
  /** Offers dialogs to go to. */
  z.strictObject({
    kind: z.literal('menu'),
    text: z.string().optional(),
    choices: z.array(z.strictObject({ label: name, dialog: name })).min(1),
    widget: z.enum(['buttons', 'menu']).default('menu'),
    delayMs,
    when,
  }),
  z.strictObject({ kind: z.literal('set'), variable: name, value: z.json(), when }),
  /** Asks the client for a transfer and waits for its outcome. Types of targets are not checked, as admins err. */
  z.strictObject({
    kind: z.literal('escalate'),
    targets: z.array(z.strictObject({ type: z.string(), value: z.string() })),
    delayMs,
    when,
  }),
  z.strictObject({ kind: z.literal('goTo'), dialog: name, when }),
  z.strictObject({ kind: z.literal('end'), reason: z.enum(['Action', 'Error']).default('Action'), when }),
]);

/** See {@link stepSchema}. */
export type Step = z.output<typeof stepSchema>;

/** A bot. */
export const botSchema = z
  .strictObject({
    /** 18 characters, beginning with `0Xx`. */
    id: z.string().regex(/^0Xx[A-Za-z0-9]{15}$/),
    name,
    version: z.string().default('0X95e00000000bQCAQ'),
    /** A bot without an active version cannot be talked to: 422. */
    isActive: z.boolean().default(true),
    /** As `X-Bot-Mode` names it. */
    mode: z.string().default('default'),
    /** What the bot knows, with the values that a session begins with. */
    variables: z.array(variableSchema).default([]),
    dialogs: z.record(name, z.array(stepSchema)),
    /** Dialog that a session begins with. */
    welcome: name.default('welcome'),
    /** Dialog after a failed transfer. Null: none is set up, the session ends. */
    noAgent: name.nullable().default('noAgent'),
    /** Dialog for what the bot does not understand. */
    confused: name.nullable().default(null),
    /** What words lead to which dialog, wherever the bot waits for anything. */
    intents: z
      .array(
        z.strictObject({
          label: name,
          /** One of them within what was written is enough, in any case of letters. */
          words: z.array(name).min(1),
          dialog: name,
          confidence: z.number().min(0).max(1).default(0.92),
        }),
      )
      .default([]),
    /** Delay of what the bot says where a step has no other. */
    delayMs: z.number().int().min(0).default(1_200),
  })
  .check((context) => {
    for (const dialog of unknownDialogs(context.value))
      context.issues.push({
        code: 'custom',
        input: dialog,
        path: ['dialogs'],
        message: `the bot has no dialog ${dialog}`,
      });
  });

/** A bot as the simulator keeps it. */
export type Bot = z.output<typeof botSchema>;
/** A bot as it is set up. */
export type BotSpec = z.input<typeof botSchema>;

interface Named {
  readonly dialogs: Readonly<Record<string, readonly Step[]>>;
  readonly welcome: string;
  readonly noAgent: string | null;
  readonly confused: string | null;
  readonly intents: readonly { readonly dialog: string }[];
}

function unknownDialogs({ dialogs, welcome, noAgent, confused, intents }: Named): readonly string[] {
  const steps = Object.values(dialogs).flat();
  const named = [
    welcome,
    noAgent,
    confused,
    ...intents.map(({ dialog }) => dialog),
    ...steps.flatMap((step) => (step.kind === 'goTo' ? [step.dialog] : [])),
    ...steps.flatMap((step) => (step.kind === 'menu' ? step.choices.map(({ dialog }) => dialog) : [])),
  ];
  return named.filter((dialog) => dialog !== null && !Object.hasOwn(dialogs, dialog)) as string[];
}
