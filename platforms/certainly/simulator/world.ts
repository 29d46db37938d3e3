// The simulated bot as plain data: its modules and how they are connected, its users, and how the platform behaves.
import { z } from 'zod';

/** How the platform behaves where its pages say nothing, or say that it can be set. */
export const settingsSchema = z.strictObject({
  deploymentId: z.string().min(1).default('dep-1'),
  botId: z.string().min(1).default('bot-1'),
  /** What the handover endpoints want as bearer token; null: nothing. */
  token: z.string().nullable().default(null),
  /** Of the claim webhook and of the message webhook; null: not configured. */
  claimUrl: z.string().nullable().default(null),
  messagesUrl: z.string().nullable().default(null),
  /** `Authorization` header of both. */
  authorization: z.string().nullable().default(null),
  /** How long a webhook's answer is waited for (Webhook Builder, default). */
  webhookTimeoutMs: z.number().int().positive().default(5_000),
  /** How often each message is told, under the same id. */
  deliveries: z.number().int().min(1).max(5).default(1),
  /** Members of the message webhook's body; `bare` has neither id nor time. */
  messageShape: z.enum(['flat', 'nested', 'bare']).default('flat'),
  /** Whether the bot waits with its answer until the user's line is told, or works meanwhile. */
  botAnswers: z.enum(['afterTelling', 'meanwhile']).default('meanwhile'),
  /** Whether agents are heard in normal mode. */
  agentInNormalMode: z.enum(['shown', 'refused']).default('shown'),
  /** Sent as `customVariables` of every claim. */
  customVariables: z.record(z.string(), z.json()).default({}),
});

/** How the platform behaves. */
export type Settings = z.output<typeof settingsSchema>;

/** A place in the conversation. `*` in a connection takes whatever no other takes. */
export const moduleSchema = z.strictObject({
  id: z.string().min(1),
  says: z.array(z.string()).default([]),
  /** It has the claim webhook. */
  claims: z.boolean().default(false),
  /** Where to go when the webhook was not answered with 2xx in time. */
  onFailure: z.string().optional(),
  connections: z
    .array(
      z.union([
        z.strictObject({ text: z.string(), to: z.string() }),
        z.strictObject({ claimEnd: z.string(), to: z.string() }),
      ]),
    )
    .default([]),
});

/** A place in the conversation. */
export type Module = z.output<typeof moduleSchema>;

/** One line, as the platform knows it: users cannot tell `bot` from `agent`. */
export interface Line {
  readonly id: string;
  readonly from: 'user' | 'bot' | 'agent';
  readonly text: string;
  /** Link of an attachment. */
  readonly link?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A user and their conversation. */
export interface User {
  readonly id: string;
  readonly sessionId: string;
  mode: 'normal' | 'listen';
  /** Everything about them is answered with 404. */
  isForgotten: boolean;
  moduleId: string;
  /** Sockets that were ever opened. */
  connects: number;
  readonly lines: Line[];
  handovers: number;
  /** `ClaimEnd` of each takeover; null: none. */
  readonly takeovers: (string | null)[];
  /** Every change of mode that was asked for, in order; epoch milliseconds. */
  readonly changes: { readonly at: number; readonly to: User['mode'] }[];
}

/** A webhook that was sent. */
export interface SentWebhook {
  readonly kind: 'claim' | 'message';
  readonly userId: string;
  readonly interlocutor?: Line['from'];
  /** `timeout`: not answered in the time that Certainly waits. */
  readonly outcome: number | 'timeout' | 'unreachable';
  /** The answer, if it was JSON. */
  readonly answer?: unknown;
}

/** The bot. */
export interface World {
  settings: Settings;
  readonly modules: Map<string, Module>;
  readonly users: Map<string, User>;
  readonly webhooks: SentWebhook[];
}

/** What a simulator starts with. */
export interface WorldSpec {
  readonly settings?: z.input<typeof settingsSchema>;
  readonly modules?: readonly z.input<typeof moduleSchema>[];
}

/** The module in which a conversation begins. */
export const START = 'start';

/** A shop's bot that claims a human when it reads that word, and has something to say to each ending. */
export const DEFAULT_WORLD: WorldSpec = {
  modules: [
    { id: START, says: ['Hello, I am the shop bot.'], connections: [{ text: 'human', to: 'claim' }] },
    {
      id: 'claim',
      says: ['I am asking a colleague.'],
      claims: true,
      onFailure: 'nobody',
      connections: [
        { claimEnd: 'success', to: 'rating' },
        { claimEnd: '*', to: 'nobody' },
      ],
    },
    {
      id: 'rating',
      says: ['How was my colleague?'],
      connections: [
        { text: 'human', to: 'claim' },
        { text: '*', to: 'thanks' },
      ],
    },
    { id: 'thanks', says: ['Thank you.'], connections: [{ text: 'human', to: 'claim' }] },
    { id: 'nobody', says: ['Nobody is free.'], connections: [{ text: 'human', to: 'claim' }] },
  ],
};

/** @throws ZodError when the spec has faults */
export function createWorld(spec: WorldSpec): World {
  const modules = (spec.modules ?? DEFAULT_WORLD.modules ?? []).map((each) => moduleSchema.parse(each));
  return {
    settings: settingsSchema.parse(spec.settings ?? {}),
    modules: new Map(modules.map((each) => [each.id, each])),
    users: new Map(),
    webhooks: [],
  };
}
