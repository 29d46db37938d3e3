// The simulated org as plain data: what is in the state file. Ids are compared by their first 15 characters, as the
// vendor's are.
import { z } from 'zod';

const id = z.string().min(15).max(18);

/** How the org behaves. */
export const settingsSchema = z.strictObject({
  organizationId: id.default('00DD0000000JVXs'),
  deploymentId: id.default('572D000000000J6'),
  /** How long a poll waits for something to tell. */
  pollMs: z.number().int().positive().default(30_000),
  /** `clientPollTimeout`, in seconds; a text as in the guide, or a number as servers send it. */
  clientPollTimeout: z.union([z.number(), z.string()]).default(40),
  /** A chat that nobody polls for so long is over. */
  sessionMs: z.number().int().positive().default(90_000),
  /** A second poll is no duplicate if the connection of the first ends within this time. */
  duplicateGraceMs: z.number().int().min(0).default(50),
  /** ChatMessages closer to each other are dropped, although answered 200. */
  minGapMs: z.number().int().min(0).default(0),
  /** How a POST is answered whose number was the last one taken: 200, or 409 with that number. */
  repeats: z.enum(['ok', 'conflict']).default('conflict'),
  /** ReconnectSession of a chat that was not moved: 405, as seen in the field, or done all the same. */
  unmoved: z.enum(['refused', 'reconnected']).default('refused'),
  /** `Visitor/*` sends everybody to this address (`https://<pod>/chat`). */
  newUrl: z.string().nullable().default(null),
});

/** How the org behaves. */
export type Settings = z.output<typeof settingsSchema>;

/** What an agent does with a chat that rings. */
export const behaviourSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('manual') }),
  z.strictObject({ kind: z.literal('accepts'), afterMs: z.number().int().min(0).default(0) }),
  z.strictObject({ kind: z.literal('declines'), afterMs: z.number().int().min(0).default(0) }),
]);

/** An agent. */
export const agentSchema = z.strictObject({
  id,
  name: z.string().min(1),
  isOnline: z.boolean().default(true),
  /** Chats at a time. */
  capacity: z.number().int().min(0).default(5),
  behaviour: behaviourSchema.prefault({ kind: 'manual' }),
});

/** An agent. */
export type Agent = z.output<typeof agentSchema>;

/** A chat button: a skill or queue of agents. */
export const buttonSchema = z.strictObject({
  id,
  name: z.string().default('Chat'),
  agents: z.array(id),
  /** Chats wait while its agents are busy; otherwise they fail. */
  hasQueue: z.boolean().default(true),
  /** Seconds, as told to visitors; -1: unknown. */
  estimatedWaitTime: z.number().int().default(-1),
});

/** A chat button. */
export type Button = z.output<typeof buttonSchema>;

/** A line of the transcript as the agent's console shows it. */
export interface Line {
  readonly type: 'Agent' | 'Chasitor' | 'OperatorTransferred';
  readonly name: string;
  readonly content: string;
  readonly timestamp: number;
  readonly sequence: number;
}

/** Something to tell the visitor, kept until acknowledged. */
export interface Pending {
  readonly number: number;
  readonly offset: number;
  readonly type: string;
  readonly message: unknown;
}

/** `session`: not yet a chat. `unattended`: the agent dropped out. `gone`: the session is no longer valid. */
export type ChatState =
  'session' | 'queued' | 'ringing' | 'established' | 'unattended' | 'failed' | 'ended' | 'gone';

/** A session and its chat. */
export interface Chat {
  readonly id: string;
  readonly key: string;
  affinity: string;
  /** To another server, and not yet gone on with there. */
  isMoved: boolean;
  /** After ReconnectSession, until ChasitorResyncState. */
  needsResync: boolean;
  /** Number of the last POST taken. */
  taken: number;
  state: ChatState;
  /** Body of ChasitorInit. */
  request?: Record<string, unknown>;
  buttonId?: string;
  /** The chat is for this agent only. */
  onlyAgentId?: string;
  agentId?: string;
  declinedBy: string[];
  position: number;
  pending: Pending[];
  lastNumber: number;
  lastMessageAt: number;
  transcript: Line[];
  /** The agents' texts whose delivery the visitor acknowledged. */
  visitorRead: string[];
  isVisitorTyping: boolean;
  endedBy?: string;
}

/** The org. */
export interface World {
  readonly version: 1;
  settings: Settings;
  agents: Record<string, Agent>;
  buttons: Record<string, Button>;
  /** By session key. */
  chats: Record<string, Chat>;
  offset: number;
}

/** What a simulator starts with. */
export interface WorldSpec {
  readonly settings?: z.input<typeof settingsSchema>;
  readonly agents?: readonly z.input<typeof agentSchema>[];
  readonly buttons?: readonly z.input<typeof buttonSchema>[];
}

/** One button with an agent who accepts at once, and one whose agent never answers. */
export const DEFAULT_WORLD: WorldSpec = {
  agents: [
    { id: '005D00000000A01', name: 'Ann', behaviour: { kind: 'accepts', afterMs: 500 } },
    { id: '005D00000000A02', name: 'Ben' },
  ],
  buttons: [
    { id: '573D000000000OC', name: 'Service', agents: ['005D00000000A01'] },
    { id: '573D000000000OD', name: 'Silent', agents: ['005D00000000A02'] },
  ],
};

/** The form in which ids are compared. */
export function short(anId: string): string {
  return anId.slice(0, 15);
}

/** @throws ZodError when the spec has faults */
export function createWorld(spec: WorldSpec): World {
  const agents = (spec.agents ?? []).map((agent) => agentSchema.parse(agent));
  const buttons = (spec.buttons ?? []).map((button) => buttonSchema.parse(button));
  return {
    version: 1,
    settings: settingsSchema.parse(spec.settings ?? {}),
    agents: Object.fromEntries(agents.map((agent) => [short(agent.id), agent])),
    buttons: Object.fromEntries(buttons.map((button) => [short(button.id), button])),
    chats: {},
    offset: 1_000,
  };
}
