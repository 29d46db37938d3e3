// What the simulated vendor keeps: accounts, users, conversations. Plain JSON values, so that the state file is
// the world itself. Changed only through conversation-state.ts, routing.ts and the control operations.
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type {
  AccountSettings,
  AccountSpec,
  Availability,
  Skill,
  WorldSpec,
  userSchema,
} from './world-schema';
import { accountSchema, worldSchema } from './world-schema';

/** A user with everything filled in. */
export type User = Omit<
  z.output<typeof userSchema>,
  'pid' | 'nickname' | 'availability' | 'connected' | 'suggestedBehaviour'
> & {
  pid: string;
  nickname: string;
  availability: Availability;
  connected: boolean;
  suggestedBehaviour?: z.output<typeof userSchema>['suggestedBehaviour'];
};

/** Roles of UMS. */
export type Role = 'CONSUMER' | 'ASSIGNED_AGENT' | 'MANAGER' | 'READER' | 'CONTROLLER';

/** An agent in a conversation. SUGGESTED: named by a transfer, not there yet. */
export interface Participant {
  userId: string;
  role: Role;
  state: 'ACTIVE' | 'SUGGESTED';
}

/** One offer of a conversation to one agent. */
export interface Ring {
  ringId: string;
  userId: string;
  skillId: string;
  ringState: 'WAITING' | 'ACCEPTED' | 'REJECTED' | 'EXPIRED' | 'CANCELLED';
  /** Epoch ms. */
  expiresAt: number;
  /** Offered because he was suggested by name. */
  suggested: boolean;
}

/** A published event with its sequence. */
export interface StoredMessage {
  sequence: number;
  dialogId: string;
  /** `undefined`: the consumer. */
  userId?: string;
  role: Role;
  audience: 'ALL' | 'AGENTS_AND_MANAGERS';
  serverTimestamp: number;
  event: Record<string, unknown> & { type: string };
  metadata: Record<string, unknown>[];
}

/** A dialog; the main one has the conversation's id. */
export interface Dialog {
  dialogId: string;
  dialogType: 'MAIN' | 'POST_SURVEY';
  state: 'OPEN' | 'CLOSE';
  creationTs: number;
  endTs?: number;
  closedBy?: ClosedBy;
}

/** Who closed a dialog. */
export type ClosedBy = 'AGENT' | 'CONSUMER';

/** One transfer that took effect. */
export interface TransferRecord {
  kind: 'skill' | 'agent' | 'queue' | 'takeover' | 'suggestion_expired';
  at: number;
  /** User id of who asked; absent when the service did it itself. */
  byUserId?: string;
  fromSkillId: string;
  toSkillId: string;
  suggestedUserId?: string;
}

/** An agent who became ACTIVE. */
export interface JoinRecord {
  userId: string;
  role: Role;
  at: number;
}

/** A conversation with all that happened to it. */
export interface Conversation {
  id: string;
  accountId: string;
  consumerId: string;
  consumerName: string;
  state: 'OPEN' | 'CLOSE';
  skillId: string;
  startTs: number;
  endTs?: number;
  closedBy?: ClosedBy;
  /** Grows with every change, also within one millisecond. */
  metaDataLastUpdateTs: number;
  ttrType: 'URGENT' | 'NORMAL' | 'PRIORITIZED' | 'CUSTOM';
  nextSequence: number;
  participants: Participant[];
  dialogs: Dialog[];
  messages: StoredMessage[];
  rings: Ring[];
  /** Epoch ms at which the suggestion runs out. */
  suggestionExpiresAt?: number;
  transfers: TransferRecord[];
  joined: JoinRecord[];
}

/** An account with its conversations. */
export interface Account {
  id: string;
  settings: AccountSettings;
  skills: Record<string, Skill>;
  users: Record<string, User>;
  conversations: Record<string, Conversation>;
}

/** Everything. */
export interface World {
  version: 1;
  accounts: Record<string, Account>;
}

/** Fills in the parts of a user that depend on others. */
export function completeUser(parsed: z.output<typeof userSchema>): User {
  const human = parsed.kind === 'human';
  return {
    ...parsed,
    pid: parsed.pid ?? randomUUID(),
    nickname: parsed.nickname ?? parsed.loginName,
    availability: parsed.availability ?? (human ? 'ONLINE' : 'OFFLINE'),
    connected: parsed.connected ?? human,
  };
}

/** An account without conversations, from its description. */
export function createAccount(spec: AccountSpec): Account {
  const parsed = accountSchema.parse(spec);
  return {
    id: parsed.id,
    settings: parsed.settings,
    skills: Object.fromEntries(parsed.skills.map((skill) => [skill.id, skill])),
    users: Object.fromEntries(parsed.users.map((user) => [user.userId, completeUser(user)])),
    conversations: {},
  };
}

/** A world from its description. */
export function createWorld(spec: WorldSpec): World {
  const parsed = worldSchema.parse(spec);
  return {
    version: 1,
    accounts: Object.fromEntries(parsed.accounts.map((account) => [account.id, createAccount(account)])),
  };
}

/** The id used inside requests: `acct.userId`. */
export function oldId(account: Account, userId: string): string {
  return `${account.id}.${userId}`;
}

/** Finds a user by `acct.userId`, bare user id, pid or login name. */
export function findUser(account: Account, reference: string): User | undefined {
  const bare = reference.startsWith(`${account.id}.`) ? reference.slice(account.id.length + 1) : reference;
  return (
    account.users[bare] ??
    Object.values(account.users).find((user) => user.loginName === reference || user.pid === reference)
  );
}
