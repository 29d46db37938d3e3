// The control API as types and schemas: what a test or a demo may ask of the simulated world. One list serves
// the server, the typed client and the README.
import { z } from 'zod';
import type { Fault } from './faults';
import { faultSchema } from './faults';
import type { Account, Conversation, JoinRecord, TransferRecord, User } from './world';
import type { settingsSchema, skillSchema, userSchema } from './world-schema';
import { accountSchema, numericId } from './world-schema';

/** The account may be left out when there is only one. */
const account = z.string().optional();
const conversationId = z.string();
/** User id, `acct.userId`, pid or login name. */
const user = z.string();
const inConversation = z.strictObject({ conversationId });

/** Input of every operation. */
export const CONTROL_INPUTS = {
  createAccount: accountSchema,
  // Loose here: the merged value is checked in full, and a partial schema would fill in defaults.
  setSettings: z.looseObject({ account }),
  setSkill: z.looseObject({ account, id: numericId }),
  setUser: z.looseObject({ account, userId: z.string() }),
  users: z.strictObject({ account }),
  createConversation: z.strictObject({
    account,
    /** The bot (or agent) who has it; without one it waits in the skill's queue. */
    assignedTo: user.optional(),
    skillId: z.string().optional(),
    consumerId: z.string().optional(),
    consumerName: z.string().optional(),
    /** First words of the consumer. */
    message: z.string().optional(),
  }),
  consumerMessage: inConversation.extend({ text: z.string() }),
  consumerCloses: inConversation,
  agentMessage: inConversation.extend({ user, text: z.string() }),
  agentLeaves: inConversation.extend({ user }),
  agentCloses: inConversation.extend({ user }),
  /** `force`: joins although his ring has ended; `afterMs`: later, answered at once. */
  agentJoins: inConversation.extend({
    user,
    force: z.boolean().default(false),
    afterMs: z.number().int().min(0).optional(),
  }),
  conversation: inConversation,
  conversations: z.strictObject({ account, state: z.enum(['OPEN', 'CLOSE']).optional() }),
  addFault: faultSchema,
  faults: z.strictObject({}),
  clearFaults: z.strictObject({ id: z.string().optional() }),
  /** Ends bearers; open sockets are closed with the code, or stay when `null`. */
  revokeTokens: z.strictObject({
    account,
    user: user.optional(),
    closeCode: z.number().int().nullable().default(4401),
  }),
  closeSockets: z.strictObject({ account, user: user.optional(), code: z.number().int().default(1006) }),
  sockets: z.strictObject({ account }),
  counters: z.strictObject({}),
  resetCounters: z.strictObject({}),
} as const;

/** Name of an operation; on the wire in kebab case. */
export type ControlOperation = keyof typeof CONTROL_INPUTS;

/** An agent in a conversation, as the control API shows him. */
export interface ParticipantView {
  readonly userId: string;
  readonly loginName: string;
  readonly kind: User['kind'];
  readonly role: string;
  readonly state: 'ACTIVE' | 'SUGGESTED';
}

/** One message that the consumer sees. */
export interface TranscriptLine {
  readonly from: 'consumer' | 'bot' | 'human';
  readonly userId?: string;
  readonly text: string;
  readonly sequence: number;
  readonly at: number;
  /** From the ExternalId metadata. */
  readonly externalId?: string;
}

/** A conversation, as the control API shows it. */
export interface ConversationView {
  readonly conversationId: string;
  readonly account: string;
  readonly state: Conversation['state'];
  readonly skillId: string;
  /** The user who has it now. */
  readonly assignedTo?: ParticipantView;
  readonly participants: readonly ParticipantView[];
  /** What the consumer sees: audience ALL only. */
  readonly transcript: readonly TranscriptLine[];
  /** Transfers that took effect, in order. */
  readonly transfers: readonly TransferRecord[];
  /** Everybody who was ever ACTIVE, in order. */
  readonly joined: readonly (JoinRecord & Pick<ParticipantView, 'loginName' | 'kind'>)[];
  /** User ids that are being rung. */
  readonly ringing: readonly string[];
  readonly closedBy?: string;
}

/** Output of every operation. */
export interface ControlOutputs {
  createAccount: { readonly account: string };
  setSettings: Account['settings'];
  setSkill: Account['skills'][string];
  setUser: User;
  users: { readonly users: readonly User[] };
  createConversation: { readonly conversationId: string };
  consumerMessage: { readonly sequence: number };
  consumerCloses: ConversationView;
  agentMessage: { readonly sequence: number };
  agentLeaves: ConversationView;
  agentCloses: ConversationView;
  agentJoins: { readonly joined: boolean; readonly scheduled: boolean };
  conversation: ConversationView;
  conversations: { readonly conversations: readonly ConversationView[] };
  addFault: Fault;
  faults: { readonly faults: readonly Fault[] };
  clearFaults: Record<string, never>;
  revokeTokens: { readonly revoked: number };
  closeSockets: { readonly closed: number };
  sockets: {
    readonly sockets: readonly { readonly userId: string; readonly conversationSubscriptions: number }[];
  };
  counters: Record<string, number>;
  resetCounters: Record<string, never>;
}

/** What an operation takes. */
export type ControlInput<K extends ControlOperation> = K extends keyof PatchInputs
  ? PatchInputs[K]
  : z.input<(typeof CONTROL_INPUTS)[K]>;

/** Changes of what exists: members left out stay as they are. */
interface PatchInputs {
  setSettings: { account?: string } & Partial<z.input<typeof settingsSchema>>;
  setSkill: { account?: string; id: string } & Partial<z.input<typeof skillSchema>>;
  setUser: { account?: string; userId: string } & Partial<z.input<typeof userSchema>>;
}

/** The control API, typed; the same over HTTP from any process. */
export type LivePersonControl = {
  readonly [K in ControlOperation]: (
    ...input: Record<never, never> extends ControlInput<K> ? [ControlInput<K>?] : [ControlInput<K>]
  ) => Promise<ControlOutputs[K]>;
};

/** Name of the operation in the path: `createConversation` is `create-conversation`. */
export function controlPath(operation: string): string {
  return `/_control/${operation.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
