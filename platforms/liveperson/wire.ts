// The JSON of LivePerson's services as far as Baton reads it. Lenient on purpose: unknown members pass, members
// that the vendor sometimes leaves out are optional, and ids are strings whether they came as numbers or not.
import { z } from 'zod';

const id = z.union([z.string(), z.number()]).transform(String);
const timestamp = z.number();
/** The Users API writes booleans as strings in places (LivePerson administration wire notes). */
const looseBoolean = z.union([z.boolean(), z.stringbool()]);

/** Answer of the domain lookup, for all services or (shape unverified) for one. */
export const domainsSchema = z.union([
  z.object({ baseURIs: z.array(z.object({ service: z.string(), baseURI: z.string() })) }),
  z.object({ service: z.string(), baseURI: z.string() }).transform((one) => ({ baseURIs: [one] })),
]);

/** Answer of login. Without `config.userId` the login has failed (LivePerson UMS wire notes). */
export const loginSchema = z.object({
  bearer: z.string().min(1),
  csrf: z.string().optional(),
  config: z.object({ userId: id, userPid: z.string().optional() }),
});

/** An error in a body, also in one with status 200. */
export const errorBodySchema = z.object({
  error: z.object({
    internalCode: z.union([z.number(), z.string()]).optional(),
    message: z.string().optional(),
  }),
});

/** Any frame that the service sends. `body` is read by whoever asked. */
export const frameSchema = z.union([
  z.object({ kind: z.literal('resp'), reqId: z.string(), code: z.number(), body: z.unknown() }),
  z.object({ kind: z.literal('notification'), type: z.string(), body: z.unknown() }),
]);

/** One frame. */
export type Frame = z.output<typeof frameSchema>;

/** Answer of both subscriptions. */
export const subscriptionSchema = z.object({ subscriptionId: id });

const participantSchema = z.object({
  id: z.string(),
  role: z.string(),
  /** Only `ACTIVE` is there; a suggested agent has not accepted. */
  state: z.string().optional(),
});

const dialogSchema = z.object({
  dialogId: z.string(),
  dialogType: z.string().optional(),
  state: z.string().optional(),
  closedBy: z.string().optional(),
  metaDataLastUpdateTs: timestamp.optional(),
  participantsDetails: z.array(participantSchema).optional(),
});

/** What a change says about a conversation. */
export const conversationDetailsSchema = z.object({
  skillId: id.optional(),
  state: z.string().optional(),
  stage: z.string().optional(),
  closeReason: z.string().nullish(),
  metaDataLastUpdateTs: timestamp.optional(),
  participants: z.record(z.string(), z.array(z.string())).optional(),
  participantsPId: z.record(z.string(), z.array(z.string())).optional(),
  dialogs: z.array(dialogSchema).optional(),
});

/** See {@link conversationDetailsSchema}. */
export type ConversationDetails = z.output<typeof conversationDetailsSchema>;

const changeSchema = z.object({
  type: z.string(),
  result: z.object({
    convId: z.string(),
    lastUpdateTime: timestamp.optional(),
    conversationDetails: conversationDetailsSchema.optional(),
  }),
});

/** Body of `.ams.aam.ExConversationChangeNotification`. A change that does not fit is left out, not the others. */
export const conversationChangesSchema = z.object({
  subscriptionId: id,
  changes: z.array(z.unknown()).transform((changes) =>
    changes.flatMap((change) => {
      const parsed = changeSchema.safeParse(change);
      return parsed.success ? [parsed.data] : [];
    }),
  ),
});

/** One change of a subscription. */
export type ConversationChange = z.output<typeof changeSchema>;

/** Body of a QueryMessages answer: only what tells whose message it is. */
export const messagesSchema = z.array(
  z.object({
    sequence: z.number().optional(),
    metadata: z.array(z.object({ type: z.string().optional(), id: z.unknown() })).nullish(),
  }),
);

/** The skills of an account. */
export const skillsSchema = z.array(z.object({ id, deleted: looseBoolean.optional() }));

/** The users of an account. */
export const usersSchema = z.array(
  z.object({ id, isEnabled: looseBoolean.optional(), skillIds: z.array(id).optional() }),
);

const count = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).optional();

/** Logged-in agents and their state. */
export const agentStatusSchema = z.object({
  agentStatusRecords: z.array(
    z.object({
      agentId: id,
      agentSkills: z.array(z.object({ skillId: id })).optional(),
      currentStatus: z.string().optional(),
      currentConnectionState: z.string().optional(),
      configuredMaxSlots: count,
      busySlots: count,
    }),
  ),
});

/** One of {@link agentStatusSchema}'s records. */
export type AgentStatus = z.output<typeof agentStatusSchema>['agentStatusRecords'][number];

/** Answer of a third-party bot's custom endpoint to an event. */
export const botAnswerSchema = z.object({
  response: z
    .array(
      z.object({
        type: z.string(),
        data: z.object({ message: z.unknown(), messageAudience: z.string().optional() }).partial().optional(),
      }),
    )
    .optional(),
});
