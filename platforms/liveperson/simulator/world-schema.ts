// The shape in which a world is described: accounts with their skills and users. One schema serves the start
// option, the control API and the state file, and fills in the defaults.
import { z } from 'zod';

/** Agent states; OCCUPIED takes transfers only (LivePerson UMS wire notes). */
export const availabilitySchema = z.enum(['ONLINE', 'AWAY', 'BACK_SOON', 'OCCUPIED', 'OFFLINE']);

/** What a scripted agent does with a ring. `never` lets it expire. */
export const behaviourSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('accept'), afterMs: z.number().int().min(0).default(0) }),
  z.strictObject({ kind: z.literal('reject'), afterMs: z.number().int().min(0).default(0) }),
  z.strictObject({ kind: z.literal('never') }),
]);

/** Ids of accounts, skills and users are numbers written as strings. */
export const numericId = z.string().regex(/^\d+$/, 'must be digits');

/** A skill. Members follow the vendor's Skills API. */
export const skillSchema = z.strictObject({
  id: numericId,
  name: z.string().min(1),
  description: z.string().default(''),
  deleted: z.boolean().default(false),
  canTransfer: z.boolean().default(true),
  /** `null`: to every skill. */
  skillTransferList: z.array(numericId).nullable().default(null),
  fallbackSkill: numericId.nullable().default(null),
  fallbackWhenAllAgentsAreAway: z.boolean().default(true),
  /** How long a suggested agent may take before the conversation goes to the skill's queue. */
  transferToAgentMaxWaitInSeconds: z.number().min(0).default(120),
  maxWaitTime: z.number().int().default(120),
  onShift: z.boolean().default(true),
});

/** A user: a human agent (scripted) or a bot (driven by its own socket). */
export const userSchema = z.strictObject({
  userId: numericId,
  pid: z.uuid().optional(),
  loginName: z.string().min(1),
  nickname: z.string().optional(),
  kind: z.enum(['human', 'bot']).default('human'),
  isEnabled: z.boolean().default(true),
  skillIds: z.array(numericId).default([]),
  maxAsyncChats: z.number().int().min(0).default(100),
  availability: availabilitySchema.optional(),
  /** A scripted user who is logged in without a socket. Humans are by default, bots are not. */
  connected: z.boolean().optional(),
  behaviour: behaviourSchema.default({ kind: 'never' }),
  /** What he does when suggested by name; without it, the same as with any ring. */
  suggestedBehaviour: behaviourSchema.optional(),
  /** May subscribe to all conversations of the account. */
  seesAllConversations: z.boolean().default(true),
  /** May join as MANAGER and remove others. */
  manages: z.boolean().default(false),
  credentials: z
    .strictObject({
      password: z.string().optional(),
      appKey: z.string().optional(),
      secret: z.string().optional(),
      accessToken: z.string().optional(),
      accessTokenSecret: z.string().optional(),
    })
    .default({}),
});

/** What holds for a whole account. */
export const settingsSchema = z.strictObject({
  bearerTtlMs: z.number().int().min(1).default(3_600_000),
  ringExpirationMs: z.number().int().min(1).default(72_000),
  /** More logins than `max` within `windowMs` are answered 429. */
  loginLimit: z
    .strictObject({
      max: z.number().int().min(0).default(200),
      windowMs: z.number().int().min(1).default(5_000),
      retryAfter: z.boolean().default(true),
    })
    .default({ max: 200, windowMs: 5_000, retryAfter: true }),
  /** Error bodies on the socket: the vendor sends both forms. */
  errorBodies: z.enum(['string', 'object']).default('string'),
  /** Ids in `participantsDetails`: the vendor sends both forms. */
  participantIds: z.enum(['old', 'pid']).default('old'),
  /** The Users API writes ids and booleans as strings in places. */
  stringlyUsers: z.boolean().default(true),
  /** Closing the main dialog opens a survey and leaves the conversation open. */
  postSurvey: z.boolean().default(false),
});

/** One account. */
export const accountSchema = z.strictObject({
  id: numericId,
  settings: settingsSchema.prefault({}),
  skills: z.array(skillSchema).default([]),
  users: z.array(userSchema).default([]),
});

/** A whole world. */
export const worldSchema = z.strictObject({ accounts: z.array(accountSchema).min(1) });

/** A world as a test or a demo writes it. */
export type WorldSpec = z.input<typeof worldSchema>;
/** An account as a test or a demo writes it. */
export type AccountSpec = z.input<typeof accountSchema>;
/** See {@link availabilitySchema}. */
export type Availability = z.output<typeof availabilitySchema>;
/** See {@link behaviourSchema}. */
export type Behaviour = z.output<typeof behaviourSchema>;
/** See {@link skillSchema}. */
export type Skill = z.output<typeof skillSchema>;
/** See {@link settingsSchema}. */
export type AccountSettings = z.output<typeof settingsSchema>;
