// The simulated runtime as plain data: its settings, the organisations with their bots, and the sessions.
import { z } from 'zod';
import { botSchema } from './bot-spec';
import type { Variable } from './variables';
import type { Waiting } from './dialog';

/** How the runtime behaves. */
export const settingsSchema = z.strictObject({
  /** What `GET /status` says. */
  status: z.enum(['UP', 'DOWN']).default('UP'),
  /** What `GET /versions` lists; a version that it does not list has no paths. */
  versions: z
    .array(
      z.strictObject({
        versionNumber: z.string().regex(/^\d+\.\d+\.\d+$/),
        status: z.enum(['ACTIVE', 'DEPRECATED']),
      }),
    )
    .default([
      { versionNumber: '5.0.0', status: 'DEPRECATED' },
      { versionNumber: '5.1.0', status: 'ACTIVE' },
      { versionNumber: '5.2.0', status: 'ACTIVE' },
      { versionNumber: '5.3.0', status: 'ACTIVE' },
    ]),
  /**
   * A message whose sequence number was processed before: `drop` gives the answer that was given then, `refuse` is 400.
   * The vendor does not say. Another message under the same number, or a lower number, is 400 in any case.
   */
  repeats: z.enum(['drop', 'refuse']).default('drop'),
  /** An `X-Runtime-CRC` that the session never gave: 400, or only noted. */
  wrongCrc: z.enum(['refuse', 'note']).default('refuse'),
  /** A variable that the bot does not have, other than `$Context`'s. The vendor does not say. */
  unknownVariables: z.enum(['ignore', 'refuse']).default('ignore'),
  tokenLifeMs: z.number().int().positive().default(7_200_000),
});

/** See {@link settingsSchema}. */
export type Settings = z.output<typeof settingsSchema>;

/** A connected app as it is set up. */
export const appSchema = z.strictObject({
  /** The consumer key, `iss` of a JWT. */
  clientId: z.string().min(1),
  /** For client credentials. */
  clientSecret: z.string().optional(),
  /** The certificate's key in PEM. Without one the simulator makes a pair when its `credentials` are asked for. */
  publicKey: z.string().optional(),
  /** Of a pair that the simulator made. */
  privateKey: z.string().optional(),
  /** The only user whom the app is approved for, `sub` of a JWT. */
  runAs: z.string().min(1),
  scopes: z.array(z.string()).default(['chatbot_api', 'api', 'refresh_token', 'offline_access']),
});

/** An organisation with its connected apps and bots. */
export const organisationSchema = z.strictObject({
  /** 18 characters. */
  id: z.string().regex(/^00D[A-Za-z0-9]{15}$/),
  name: z.string().min(1),
  apps: z.array(appSchema).default([]),
  bots: z.array(botSchema).default([]),
});

/** A connected app. */
export type App = z.output<typeof appSchema>;
/** An organisation as the simulator keeps it. */
export type Organisation = z.output<typeof organisationSchema>;
/** An organisation as it is set up. */
export type OrganisationSpec = z.input<typeof organisationSchema>;

/** How a session ended: by `DELETE`, by the bot itself, or by the runtime. */
export interface SessionEnding {
  readonly by: 'client' | 'bot' | 'runtime';
  /** `X-Session-End-Reason`, `sessionEnded`'s reason, `Expiration`, or `Invalid` for an id that is no more. */
  readonly reason: string;
}

/** A session. */
export interface Session {
  readonly id: string;
  readonly orgId: string;
  readonly botId: string;
  readonly externalSessionKey: string;
  readonly tz: string | null;
  readonly endpoint: string;
  readonly referrers: readonly { readonly type: string; readonly value: string }[];
  /** What the client passed when it began. */
  readonly passed: readonly Variable[];
  variables: Variable[];
  /** The step that comes next. */
  at: { dialog: string; step: number };
  waiting: Waiting;
  ended: SessionEnding | null;
  lastSequence: number | null;
  /** By sequence number: what was processed and what was answered. */
  processed: Record<string, { readonly message: string; readonly answer: object }>;
  /** `X-Runtime-CRC` of every answer. */
  crcs: string[];
  /** What was said, in order; `bot` with the type of what is not text. */
  readonly said: { readonly from: 'user' | 'bot' | 'client'; readonly text: string }[];
}

/** The runtime. */
export interface World {
  readonly version: 1;
  settings: Settings;
  organisations: Organisation[];
  sessions: Record<string, Session>;
}

/** What a simulator starts with. */
export interface WorldSpec {
  readonly settings?: z.input<typeof settingsSchema>;
  readonly organisations: readonly OrganisationSpec[];
}

/** @throws ZodError when the spec has faults */
export function createWorld({ settings = {}, organisations }: WorldSpec): World {
  return {
    version: 1,
    settings: settingsSchema.parse(settings),
    organisations: organisations.map((each) => organisationSchema.parse(each)),
    sessions: {},
  };
}
