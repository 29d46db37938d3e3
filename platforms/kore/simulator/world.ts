// The simulated platform as plain data: its settings, its users with what they see, and the requests that it made.
import { z } from 'zod';

/** How the platform behaves. */
export const settingsSchema = z.strictObject({
  botId: z.string().default('st-b4a22e86-e95b-575c-b888-e106d083a251'),
  appId: z.string().default('cs-5f1e2d3c-0b7a-5c44-9d21-7f6e5d4c3b2a'),
  clientSecret: z.string().default('simulated-client-secret-0123456789='),
  /** Where events are posted: the address of the BotKit server, without `/sdk`. */
  callbackUrl: z.string().default(''),
  /** How the platform shows who it is. */
  authentication: z.enum(['token', 'apikey']).default('token'),
  algorithm: z.enum(['HS256', 'HS512']).default('HS256'),
  /** Of payloads: with `channelInfos` in `channel`, or without. */
  channel: z.enum(['nested', 'flat']).default('nested'),
  /** Every event is posted twice. */
  duplicates: z.boolean().default(false),
  /** How long the URLs of a request work, unless it is extended. */
  requestLifeMs: z.number().int().positive().default(300_000),
  /** Without a message for so long, the platform forgets that an agent has the conversation. */
  resetAfterMs: z.number().int().positive().default(900_000),
  /** Answer to a call whose request is not known (any more). */
  expiredStatus: z.number().int().min(400).max(499).default(404),
  /** What starts the dialog with the agent transfer node: a word in what the user writes. */
  transferWord: z.string().min(1).default('human'),
});

/** How the platform behaves. */
export type Settings = z.output<typeof settingsSchema>;

/** A line on the user's screen. `agentName`: shown by the live agent template. */
export interface ScreenLine {
  readonly id: string;
  readonly from: 'user' | 'bot';
  readonly text: string;
  readonly agentName?: string;
  /** The user's line reached nobody's dialog: the bot was silent, because it took an agent to be there. */
  unanswered?: boolean;
  /** Epoch milliseconds of the simulated clock. */
  readonly at: number;
}

/** A user of the bot. */
export interface User {
  readonly id: string;
  /** An agent has the conversation, as far as the platform knows. */
  agentTransfer: boolean;
  lastActivity: number;
  readonly screen: ScreenLine[];
  /** What the agent transfer node hands over with the conversation. */
  entities: Record<string, unknown>;
}

/** A request of the platform: an event, whose URLs work until it expires. */
export interface PlatformRequest {
  readonly id: string;
  readonly userId: string;
  readonly event: string;
  /** What the user's message or the bot's says. */
  readonly text: string;
  expiresAt: number;
}

/** A call back that came. */
export interface ReceivedCall {
  readonly operation: string;
  readonly requestId: string;
  readonly userId: string;
  readonly status: number;
  readonly payloadClass?: string;
  readonly message?: string;
  /** Epoch milliseconds of the simulated clock. */
  readonly at: number;
}

/** An event that was posted, and how it was answered; status 0: not at all. */
export interface PostedEvent {
  readonly event: string;
  readonly requestId: string;
  readonly userId: string;
  readonly agentTransfer: boolean;
  readonly status: number;
  readonly supportsMessageAck?: string;
  readonly body: string;
}

/** The platform. */
export interface World {
  readonly version: 1;
  settings: Settings;
  users: Record<string, User>;
  requests: Record<string, PlatformRequest>;
  calls: ReceivedCall[];
  events: PostedEvent[];
  /** Calls whose token did not hold. */
  refused: number;
  /** How far the simulated clock is ahead. */
  aheadMs: number;
  lastId: number;
}

/** What a simulator starts with. */
export type WorldSpec = z.input<typeof settingsSchema>;

/** @throws ZodError when the settings have faults */
export function createWorld(spec: WorldSpec = {}): World {
  return {
    version: 1,
    settings: settingsSchema.parse(spec),
    users: {},
    requests: {},
    calls: [],
    events: [],
    refused: 0,
    aheadMs: 0,
    lastId: 0,
  };
}

/** Now, on the simulated clock. */
export function now({ aheadMs }: World): number {
  return Date.now() + aheadMs;
}

/** The user of this id, made if there is none. */
export function userOf(world: World, id: string): User {
  const made = { id, agentTransfer: false, lastActivity: now(world), screen: [], entities: {} };
  return (world.users[id] ??= made);
}

/** An id that no other has. */
export function nextId(world: World, prefix: string): string {
  world.lastId += 1;
  return `${prefix}${world.lastId.toString().padStart(8, '0')}`;
}

/** Whether an agent has the user's conversation; the platform forgets it after a while without a message. */
export function isWithAgent(world: World, user: User): boolean {
  if (now(world) - user.lastActivity >= world.settings.resetAfterMs) user.agentTransfer = false;
  return user.agentTransfer;
}

/** Puts a line on the user's screen. */
export function showLine(world: World, user: User, line: Omit<ScreenLine, 'id' | 'at'>): ScreenLine {
  const shown = { id: nextId(world, 'ms-'), at: now(world), ...line };
  user.screen.push(shown);
  user.lastActivity = shown.at;
  return shown;
}
