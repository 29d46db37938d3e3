// The simulated org as plain data: its settings, places to be routed to, end users, tokens and conversations.
import { z } from 'zod';

/** How the org behaves. */
export const settingsSchema = z.strictObject({
  orgId: z.string().default('00D5e000001AbCdEAK'),
  deployment: z.string().default('Baton_Chat'),
  /** The routing attribute that the org's flow routes by. */
  routeBy: z.string().default('Skill'),
  /** Names of attributes that the channel knows; others are dropped without a word. Null: all are known. */
  attributes: z.array(z.string()).nullable().default(null),
  /** Public keys of verified users, PEM by key id. */
  keys: z.record(z.string(), z.string()).default({}),
  tokenLifeMs: z.number().int().positive().default(21_600_000),
  /** Payloads of the stream and of the list: JSON in a string, or an object. */
  streamPayload: z.enum(['string', 'object']).default('string'),
  listPayload: z.enum(['string', 'object']).default('object'),
  /** Whether a stream begins with what came after Last-Event-Id. */
  replays: z.boolean().default(true),
  /** Whether a message or conversation with a known id has no second effect. */
  dedupes: z.boolean().default(true),
  pingMs: z.number().int().positive().default(20_000),
  /** Messages of the end user, for each conversation. */
  perMinute: z.number().int().positive().default(22),
  /** Intervals of business hours, epoch milliseconds. */
  hours: z.array(z.strictObject({ startTime: z.number(), endTime: z.number() })).default([]),
});

/** How the org behaves. */
export type Settings = z.output<typeof settingsSchema>;

/** What becomes of a conversation that the flow sends here. */
export const placeSchema = z.strictObject({
  name: z.string().min(1),
  behaviour: z.enum(['accepting', 'silent', 'unroutable']).default('silent'),
  agent: z.string().default('Ann'),
  afterMs: z.number().int().min(0).default(5),
});

/** A skill or queue of the flow. */
export type Place = z.output<typeof placeSchema>;

/** Who wrote or did something. */
export interface Sender {
  readonly role: 'EndUser' | 'Agent' | 'Chatbot' | 'System';
  readonly subject: string;
}

/** An entry, as the vendor's `conversationEntry` but for the payload, which is an object here. */
export interface StoredEntry {
  readonly identifier: string;
  readonly entryType: string;
  readonly entryPayload: Readonly<Record<string, unknown>>;
  readonly senderDisplayName: string;
  readonly sender: Sender;
  readonly transcriptedTimestamp: number;
}

/** A conversation. */
export interface Conversation {
  readonly id: string;
  readonly subject: string;
  attributes: Record<string, string>;
  /** How often it was created and so routed. */
  creates: number;
  sessions: number;
  /** `lapsed`: the session is gone and nobody was told. */
  status: 'waiting' | 'active' | 'ended' | 'lapsed' | 'closed';
  agents: { readonly subject: string; readonly name: string }[];
  entries: StoredEntry[];
  /** Times of the end user's messages. */
  inbound: number[];
  /** Ids of entries that the end user's side acknowledged. */
  delivered: string[];
  read: string[];
  isUserTyping: boolean;
}

/** An event of a subject's stream. */
export interface StoredEvent {
  readonly id: number;
  readonly name: string;
  readonly conversation: string;
  readonly entry: StoredEntry | undefined;
}

/** The org. */
export interface World {
  readonly version: 1;
  settings: Settings;
  places: Record<string, Place>;
  /** By token. */
  tokens: Record<string, { readonly subject: string; readonly expiresAt: number }>;
  conversations: Record<string, Conversation>;
  /** By subject. */
  events: Record<string, StoredEvent[]>;
  lastEvent: number;
  lastTime: number;
}

/** What a simulator starts with. */
export interface WorldSpec {
  readonly settings?: z.input<typeof settingsSchema>;
  readonly places?: readonly z.input<typeof placeSchema>[];
}

/** One skill whose agent accepts soon, one whose agents wait to be told. */
export const DEFAULT_WORLD: WorldSpec = {
  places: [
    { name: 'Service', behaviour: 'accepting', afterMs: 500 },
    { name: 'Silent', behaviour: 'silent' },
  ],
};

/** @throws ZodError when the spec has faults */
export function createWorld(spec: WorldSpec): World {
  const places = (spec.places ?? []).map((place) => placeSchema.parse(place));
  return {
    version: 1,
    settings: settingsSchema.parse(spec.settings ?? {}),
    places: Object.fromEntries(places.map((place) => [place.name, place])),
    tokens: {},
    conversations: {},
    events: {},
    lastEvent: 2_147_867_834,
    lastTime: 0,
  };
}
